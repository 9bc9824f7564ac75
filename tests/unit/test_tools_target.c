/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_target.c -- where a request to a URI may go, before there is any socket. */
#include "net_unit.h"

#include "../../tools/target.h"

static const char zone[] = "lab NAPTR 1 1 s SIP+D2U \"\" _u.lab\n"
                           "_u.lab SRV 2 0 5070 six.lab\n"
                           "_u.lab SRV 1 0 5071 four.lab\n"
                           "_u.lab SRV 3 0 5072 other.lab\n"
                           "four.lab A 192.0.2.4\n"
                           "six.lab A 192.0.2.6\n"
                           "six.lab AAAA 2001:db8::6\n"
                           "other.lab AAAA 2001:db8::7\n";

static const struct row {
    const char *uri;
    enum sp_err err;
    const char *want;
} rows[] = {
    { "sip:alice@127.0.0.1", SP_OK, "127.0.0.1:5060" },
    { "sip:[::1]:5070;transport=tcp", SP_OK, "[::1]:5070" },
    { "sip:lab", SP_OK, "192.0.2.4:5071 [2001:db8::6]:5070" }, /* one of each family */
    { "sip:other.lab:9", SP_OK, "[2001:db8::7]:9" },
    { "sip:nobody.lab", SP_RESOLVE, "" },
    { "sips:four.lab", SP_UNSUPPORTED, "" },
    { "sip:four.lab;transport=tls", SP_UNSUPPORTED, "" },
    { "tel:+1-201", SP_UNSUPPORTED, "" },
    { "sip:", SP_SYNTAX, "" },
};

static bool at_once(void)
{
    return true;
}

START_TEST(where_a_target_is)
{
    const struct row *row = &rows[_i];
    struct net_side   side = net_side(4, 0, 0);
    struct sp_buf     to = sp_buf(unit_room(128), 128);
    struct sp_ident   ident = { .counter = 0 };
    struct sp_addr    addrs[2];
    size_t            count;

    sp_net_zone(side.net, sp_str(zone));
    unit_err(target_addresses(side.net, &ident, row->uri, addrs, &count, NULL), row->err);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            sp_put_char(&to, ' ');
        sp_put_host_port(&to, &addrs[i]);
    }
    unit_eq(sp_written(&to), row->want);
    sp_net_end(side.net);
}
END_TEST

START_TEST(nobody_waits)
{
    struct net_side side = net_side(4, 0, 0);
    struct sp_ident ident = { .counter = 0 };
    struct sp_addr  addrs[2];
    size_t          count;

    sp_net_zone(side.net, sp_str(zone));
    unit_err(target_addresses(side.net, &ident, "sip:lab", addrs, &count, at_once), SP_RESOLVE);
    ck_assert_uint_eq(count, 0);
    sp_net_end(side.net);
}
END_TEST

Suite *test_tools_target_suite(void)
{
    Suite *suite = suite_create("tools_target");
    TCase *tcase = unit_tcase(suite, "target");

    unit_loop(tcase, where_a_target_is, rows);
    tcase_add_test(tcase, nobody_waits);
    return suite;
}
