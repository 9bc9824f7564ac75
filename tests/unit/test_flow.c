/* SPDX-License-Identifier: MIT
 * tests/unit/test_flow.c -- when two flows are one. */
#include "unit.h"

#include "../../base/flow.h"

START_TEST(equality)
{
    struct sp_flow udp = { .id = 3,
                           .transport = SP_UDP,
                           .remote = { .family = SP_IPV4, .port = 9 } };
    struct sp_flow tcp = { .id = 3,
                           .transport = SP_TCP,
                           .remote = { .family = SP_IPV4, .port = 9 } };
    struct sp_flow other;

    ck_assert(!sp_flow_stream(&udp) && sp_flow_stream(&tcp));
    ck_assert(sp_flow_eq(&udp, &udp) && sp_flow_eq(&tcp, &tcp));
    ck_assert(!sp_flow_eq(&udp, &tcp));
    other = udp;
    other.remote.port = 8; /* the same socket, somebody else */
    ck_assert(!sp_flow_eq(&udp, &other));
    other = tcp;
    other.remote.port = 8; /* a connection is its id */
    ck_assert(sp_flow_eq(&tcp, &other));
    other.id = 4;
    ck_assert(!sp_flow_eq(&tcp, &other));
}
END_TEST

Suite *test_flow_suite(void)
{
    Suite *suite = suite_create("flow");

    tcase_add_test(unit_tcase(suite, "flow"), equality);
    return suite;
}
