/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_sock.c -- addresses there and back, errors, what sockets are born with. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../transport/sp_sock.h"
#include "unit.h"

static const char *const addresses[] = { "127.0.0.1", "255.1.2.3", "::1", "2001:db8::ff" };

START_TEST(an_address_survives)
{
    struct sockaddr_storage name;
    struct sp_addr          addr, back;

    unit_err(sp_addr_parse(unit_text(addresses[_i]), &addr), SP_OK);
    addr.port = 50601;
    ck_assert_uint_gt(sp_sock_name(&addr, &name), 0);
    back = sp_sock_addr(&name);
    ck_assert(sp_addr_eq(&addr, &back));
}
END_TEST

START_TEST(no_address)
{
    struct sockaddr_storage name;
    struct sp_addr          addr = { 0 };

    ck_assert_uint_eq(sp_sock_name(&addr, &name), 0);
    ck_assert_uint_eq(sp_sock_addr(&name).family, SP_NO_ADDRESS);
    ck_assert_uint_eq(sp_sock_local(-1).family, SP_NO_ADDRESS);
    ck_assert_uint_eq(sp_sock_remote(-1).family, SP_NO_ADDRESS);
}
END_TEST

static const struct {
    int         number;
    enum sp_err err;
} errors[] = {
    { ECONNREFUSED, SP_REFUSED },  { ECONNRESET, SP_CLOSED },      { EPIPE, SP_CLOSED },
    { ETIMEDOUT, SP_TIMEOUT },     { EMFILE, SP_LIMIT },           { ENOBUFS, SP_LIMIT },
    { ENETUNREACH, SP_TRANSPORT }, { EHOSTUNREACH, SP_TRANSPORT },
};

START_TEST(errors_have_words_of_ours)
{
    unit_err(sp_sock_err(errors[_i].number), errors[_i].err);
}
END_TEST

START_TEST(sockets_never_block_and_do_not_outlive_an_exec)
{
    int fd = sp_sock_open(_i & 1 ? SP_TCP : SP_UDP, _i & 2 ? SP_IPV6 : SP_IPV4);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    close(fd);
}
END_TEST

START_TEST(towards_loopback_is_loopback)
{
    struct sp_addr remote, local;

    unit_err(sp_addr_parse(unit_text(_i ? "::1" : "127.0.0.1"), &remote), SP_OK);
    remote.port = 9;
    local = sp_sock_towards(&remote);
    ck_assert(sp_addr_eq_host(&local, &remote));
    ck_assert_uint_eq(local.port, 0);
}
END_TEST

Suite *test_sp_sock_suite(void)
{
    Suite *suite = suite_create("sp_sock");
    TCase *tcase = unit_tcase(suite, "sock");

    unit_loop(tcase, an_address_survives, addresses);
    tcase_add_test(tcase, no_address);
    unit_loop(tcase, errors_have_words_of_ours, errors);
    tcase_add_loop_test(tcase, sockets_never_block_and_do_not_outlive_an_exec, 0, 4);
    tcase_add_loop_test(tcase, towards_loopback_is_loopback, 0, 2);
    return suite;
}
