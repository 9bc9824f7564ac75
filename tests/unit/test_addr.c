/* SPDX-License-Identifier: MIT
 * tests/unit/test_addr.c -- IP addresses read (RFC 3986 3.2.2) and written (RFC 5952). */
#include "unit.h"

#include "../../base/addr.h"

static const struct row {
    const char *text, *written, *host; /* written NULL: SP_SYNTAX */
} rows[] = {
    { "0.0.0.0", "0.0.0.0", "0.0.0.0" },
    { "192.0.2.1", "192.0.2.1", "192.0.2.1" },
    { "255.255.255.255", "255.255.255.255", "255.255.255.255" },
    { "::", "::", "[::]" },
    { "[::]", "::", "[::]" },
    { "::1", "::1", "[::1]" },
    { "1::", "1::", "[1::]" },
    { "[2001:db8::1]", "2001:db8::1", "[2001:db8::1]" },
    { "2001:DB8:0:0:0:0:2:1", "2001:db8::2:1", "[2001:db8::2:1]" },
    { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]" }, /* 4.2.2 */
    { "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]" },
    { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "[2001:0:0:1::1]" },           /* the longest run */
    { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "[2001:db8::1:0:0:1]" }, /* the first of two */
    { "0001:0023:0456:7890:abcd:ef00:0:0",
      "1:23:456:7890:abcd:ef00::", "[1:23:456:7890:abcd:ef00::]" },
    { "::ffff:192.0.2.1", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]" },
    { "::ffff:c000:201", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]" },
    { "::192.0.2.1", "::c000:201", "[::c000:201]" },
    { "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201", "[1:2:3:4:5:6:c000:201]" },
    { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "[1:2:3:4:5:6:7:0]" },
    { "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "[0:2:3:4:5:6:7:8]" },
    { "", NULL, NULL },
    { "example.com", NULL, NULL },
    { "1.2.3", NULL, NULL },
    { "1.2.3.4.5", NULL, NULL },
    { "1.2.3.4.", NULL, NULL },
    { ".1.2.3.4", NULL, NULL },
    { "1..2.3", NULL, NULL },
    { "1.2.3.256", NULL, NULL },
    { "1.2.3.1000", NULL, NULL },
    { "1.2.3.04", NULL, NULL },
    { "00.0.0.0", NULL, NULL },
    { "1.2.3.4 ", NULL, NULL },
    { "1.2.3.-4", NULL, NULL },
    { "[1.2.3.4]", NULL, NULL },
    { ":", NULL, NULL },
    { ":::", NULL, NULL },
    { "1", NULL, NULL },
    { "1:2:3:4:5:6:7", NULL, NULL },
    { "1:2:3:4:5:6:7:8:9", NULL, NULL },
    { "1:2:3:4:5:6:7:8:", NULL, NULL },
    { ":1:2:3:4:5:6:7:8", NULL, NULL },
    { "1::2::3", NULL, NULL },
    { "1:2:3:4::5:6:7:8", NULL, NULL }, /* :: stands for one group at least */
    { "::1:2:3:4:5:6:7:8", NULL, NULL },
    { "1:2:3:4:5:6:7:8::", NULL, NULL },
    { "12345::", NULL, NULL },
    { "g::", NULL, NULL },
    { "1:2:3:4:5:6:7:1.2.3.4", NULL, NULL },
    { "1.2.3.4::", NULL, NULL },
    { "::1.2.3.4:5", NULL, NULL },
    { "1.2.3.4::5", NULL, NULL },
    { "::1.2.3", NULL, NULL },
    { "[::1", NULL, NULL },
    { "::1]", NULL, NULL },
    { "[]", NULL, NULL },
    { "[[::1]]", NULL, NULL },
    { "fe80::1%eth0", NULL, NULL },
    { "::1:", NULL, NULL },
    { "::1 ", NULL, NULL },
};

START_TEST(reads_and_writes)
{
    const struct row *row = &rows[_i];
    char              room[128];
    struct sp_addr    addr = { .family = 77, .port = 77 }, again;
    enum sp_err       err = sp_addr_parse(unit_text(row->text), &addr);
    struct sp_buf     buf = sp_buf(room, sizeof room);

    unit_err(err, row->written != NULL ? SP_OK : SP_SYNTAX);
    ck_assert_uint_eq(addr.port, 0);
    if (row->written == NULL) {
        ck_assert_int_eq(addr.family, SP_NO_ADDRESS);
        ck_assert(sp_addr_any(&addr));
        return;
    }
    sp_put_addr(&buf, &addr);
    unit_eq(sp_written(&buf), row->written);
    unit_err(sp_addr_parse(sp_written(&buf), &again), SP_OK);
    ck_assert(sp_addr_eq(&addr, &again));

    buf = sp_buf(room, sizeof room);
    sp_put_host(&buf, &addr);
    unit_eq(sp_written(&buf), row->host);
    unit_err(sp_addr_parse(sp_written(&buf), &again), SP_OK);
    ck_assert(sp_addr_eq(&addr, &again));
}
END_TEST

START_TEST(octets_in_network_order)
{
    static const uint8_t want[16] = { 0x20, 0x01, 0x0d, 0xb8, [12] = 1, 2, 3, 4 };
    struct sp_addr       addr;

    unit_err(sp_addr_parse(SP_LIT("2001:db8::1.2.3.4"), &addr), SP_OK);
    ck_assert_int_eq(addr.family, SP_IPV6);
    ck_assert_mem_eq(addr.octets, want, 16);
    unit_err(sp_addr_parse(SP_LIT("1.2.3.4"), &addr), SP_OK);
    ck_assert_int_eq(addr.family, SP_IPV4);
    ck_assert_mem_eq(addr.octets, want + 12, 4);
    ck_assert_mem_eq(addr.octets + 4, want + 4, 8); /* the rest is zero */
}
END_TEST

START_TEST(with_port)
{
    char           room[64];
    struct sp_buf  buf = sp_buf(room, sizeof room);
    struct sp_addr addr;

    unit_err(sp_addr_parse(SP_LIT("::1"), &addr), SP_OK);
    addr.port = 5060;
    sp_put_host_port(&buf, &addr);
    sp_put_char(&buf, ' ');
    unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &addr), SP_OK);
    addr.port = 65535;
    sp_put_host_port(&buf, &addr);
    unit_eq(sp_written(&buf), "[::1]:5060 192.0.2.1:65535");
}
END_TEST

START_TEST(equality)
{
    struct sp_addr a, b, mapped, any4, any6, none = { .family = SP_NO_ADDRESS };

    unit_err(sp_addr_parse(SP_LIT("192.0.2.1"), &a), SP_OK);
    unit_err(sp_addr_parse(SP_LIT("::ffff:192.0.2.1"), &mapped), SP_OK);
    unit_err(sp_addr_parse(SP_LIT("0.0.0.0"), &any4), SP_OK);
    unit_err(sp_addr_parse(SP_LIT("::"), &any6), SP_OK);
    b = a;
    ck_assert(sp_addr_eq(&a, &b) && sp_addr_eq_host(&a, &b));
    b.port = 1;
    ck_assert(!sp_addr_eq(&a, &b) && sp_addr_eq_host(&a, &b));
    b.octets[3] = 2;
    ck_assert(!sp_addr_eq_host(&a, &b));
    ck_assert(!sp_addr_eq_host(&a, &mapped));
    ck_assert(!sp_addr_eq_host(&any4, &any6));
    ck_assert(sp_addr_any(&any4) && sp_addr_any(&any6) && sp_addr_any(&none));
    ck_assert(!sp_addr_any(&a) && !sp_addr_any(&mapped));
}
END_TEST

Suite *test_addr_suite(void)
{
    Suite *suite = suite_create("addr");
    TCase *tcase = unit_tcase(suite, "addr");

    unit_loop(tcase, reads_and_writes, rows);
    tcase_add_test(tcase, octets_in_network_order);
    tcase_add_test(tcase, with_port);
    tcase_add_test(tcase, equality);
    return suite;
}
