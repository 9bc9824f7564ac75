/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_batch.c -- several datagrams in one call of the system (0), one by one (1),
 * and both over IPv6 (2, 3). */
#include <errno.h>
#include <unistd.h>

#include "../../transport/sp_batch.h"
#include "../../transport/sp_sock.h"
#include "net_unit.h"

#define CAPACITY 4

static char layout[2][8192], octets[2][CAPACITY * 65535];

static struct sp_batch batch_of(int i, int way)
{
    struct sp_arena arena = sp_arena(layout[i]);
    struct sp_batch batch;

    sp_batch_lay_out(&batch, &arena, CAPACITY);
    ck_assert_uint_le(arena.used, sizeof layout[i]);
    sp_batch_init(&batch, octets[i], i == 0 ? sizeof octets[i] : 100, way & 1);
    return batch;
}

static int bound(int way, struct sp_addr *addr)
{
    struct sockaddr_storage name;
    int                     fd = sp_sock_open(SP_UDP, way & 2 ? SP_IPV6 : SP_IPV4);

    *addr = net_loopback(way >> 1);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)(void *)&name, sp_sock_name(addr, &name)), 0);
    *addr = sp_sock_local(fd);
    return fd;
}

static void add(struct sp_batch *batch, const char *text, const struct sp_addr *to)
{
    struct sp_slice     parts[] = { sp_str(text), { NULL, 0 }, sp_str(".") };
    struct sp_datagram *datagram = sp_batch_add(batch, parts, 3);

    ck_assert_ptr_nonnull(datagram);
    datagram->header.msg_namelen = sp_sock_name(to, &datagram->name);
}

/* Write them all; how many calls it took, failed ones as well. */
static unsigned write_all(struct sp_batch *batch, int fd, int *number)
{
    unsigned calls = 0;

    for (uint32_t at = 0; at < batch->used; calls++) {
        uint32_t went = sp_batch_write(batch, fd, at);

        if (went == 0)
            *number = errno;
        at += went > 0 ? went : 1;
    }
    return calls;
}

START_TEST(out_and_in)
{
    struct sp_batch in = batch_of(0, _i), out = batch_of(1, _i);
    struct sp_addr  from, to;
    int             a = bound(_i, &from), b = bound(_i, &to), number = 0;

    add(&out, "one", &to);
    add(&out, "", &to);
    add(&out, "three", &to);
    ck_assert_uint_eq(write_all(&out, a, &number), _i & 1 ? 3 : 1);
    ck_assert_int_eq(number, 0);
    sp_batch_clear(&out);
    ck_assert_uint_eq(sp_batch_read(&in, b, 2, false), 2);
    unit_eq(sp_batch_octets(&in, 0), "one.");
    unit_eq(sp_batch_octets(&in, 1), ".");
    for (uint32_t i = 0; i < 2; i++) {
        struct sp_addr source = sp_sock_addr(&in.datagrams[i].name);

        ck_assert(sp_addr_eq(&source, &from));
    }
    ck_assert_uint_eq(sp_batch_read(&in, b, 100, true), 1); /* fewer than there could be */
    unit_eq(sp_batch_octets(&in, 0), "three.");
    ck_assert_uint_eq(sp_batch_read(&in, b, 100, false), 0);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    ck_assert_uint_eq(in.used, 0);
    close(a);
    close(b);
}
END_TEST

START_TEST(room_is_bounded)
{
    struct sp_batch in = batch_of(0, _i), out = batch_of(1, _i);
    struct sp_slice most = sp_slice(unit_room(101), 101);
    struct sp_addr  to;
    int             fd = bound(_i, &to), number = 0;

    ck_assert_ptr_null(sp_batch_add(&out, &most, 1));
    most.len = 100;
    ck_assert_ptr_nonnull(sp_batch_add(&out, &most, 1));
    ck_assert_ptr_null(sp_batch_add(&out, &(struct sp_slice){ "x", 1 }, 1));
    sp_batch_clear(&out);
    for (int i = 0; i < CAPACITY; i++)
        add(&out, "x", &to);
    ck_assert_ptr_null(sp_batch_add(&out, &(struct sp_slice){ "x", 1 }, 1));
    (void)write_all(&out, fd, &number);
    (void)write_all(&out, fd, &number);
    ck_assert_uint_eq(sp_batch_read(&in, fd, 100, false), CAPACITY);
    ck_assert_uint_eq(sp_batch_read(&in, fd, 100, false), CAPACITY);
    ck_assert_uint_eq(sp_batch_read(&in, fd, 100, false), 0);
    close(fd);
}
END_TEST

/* One in the middle fails: its error is told, those around it go. */
START_TEST(an_error_belongs_to_one)
{
    struct sp_batch in = batch_of(0, _i), out = batch_of(1, _i);
    struct sp_addr  to, other;
    int             fd = bound(_i, &to), number = 0;

    other = net_loopback(!(_i >> 1)); /* of the other family: it cannot be reached from here */
    other.port = to.port;
    add(&out, "before", &to);
    add(&out, "never", &other);
    add(&out, "behind", &to);
    (void)write_all(&out, fd, &number);
    ck_assert_int_ne(number, 0);
    ck_assert_uint_eq(sp_batch_read(&in, fd, 100, false), 2);
    unit_eq(sp_batch_octets(&in, 0), "before.");
    unit_eq(sp_batch_octets(&in, 1), "behind.");
    close(fd);
}
END_TEST

Suite *test_sp_batch_suite(void)
{
    Suite *suite = suite_create("sp_batch");
    TCase *tcase = unit_tcase(suite, "loopback");

    tcase_add_loop_test(tcase, out_and_in, 0, 4);
    tcase_add_loop_test(tcase, room_is_bounded, 0, 4);
    tcase_add_loop_test(tcase, an_error_belongs_to_one, 0, 4);
    return suite;
}
