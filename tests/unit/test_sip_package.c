/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_package.c -- event packages. RFC 6665 5, RFC 3856, RFC 3680. */
#include "ua_unit.h"
#include "unit.h"

#include "../../dialog/sip_package.h"

static const struct name_row {
    const char *type, *name;
    uint32_t    default_s;
} names[] = {
    { "presence", "presence", 3600 }, { "reg", "reg", 3761 }, { "Presence", "", 3600 },
    { "presence.winfo", "", 3600 },   { "x-mine", "", 3600 }, { "", "", 3600 },
};

START_TEST(found_by_name)
{
    const struct sip_package *package = sip_package_of(unit_text(names[_i].type));

    ck_assert_str_eq(package->name, names[_i].name);
    ck_assert_uint_eq(package->default_s, names[_i].default_s);
    ck_assert_uint_le(package->least_s, package->default_s);
}
END_TEST

static const struct list_row {
    const char *list, *type;
    bool        listed;
} lists[] = {
    { "presence", "presence", true }, { "reg, presence", "presence", true },
    { "reg,presence", "reg", true },  { "reg, presence", "Reg", false },
    { "reg", "re", false },           { "", "reg", false },
    { "reg, ", "", false },           { "presence.winfo", "presence", false },
};

START_TEST(listed_or_not)
{
    ck_assert(sip_package_listed(unit_text(lists[_i].list), unit_text(lists[_i].type)) ==
              lists[_i].listed);
}
END_TEST

static const struct body_row {
    const char *event, *accept, *type;
    bool        fits;
} bodies[] = {
    { "presence", "", "application/pidf+xml", true },
    { "presence", "", "application/pidf+xml;charset=\"UTF-8\"", true },
    { "presence", "", "text/plain", false },
    { "presence", "text/*", "text/plain", true },
    { "presence", "text/*", "application/pidf+xml", false },
    { "reg", "", "application/reginfo+xml", true },
    { "x", "", "any/thing", true },
    { "x", "", "", false },
    { "x", "", "no type", false },
};

START_TEST(bodies_fit)
{
    ck_assert(sip_package_accepts(sip_package_of(unit_text(bodies[_i].event)),
                                  unit_text(bodies[_i].accept),
                                  unit_text(bodies[_i].type)) == bodies[_i].fits);
}
END_TEST

/* Allow-Events where a dialog may begin (6665-4.4.4-2), and its method in Allow; PUBLISH too where
 * it is handed up: 3903-7-1, 3903-7-2 */
START_TEST(told_in_options)
{
    struct sip_ua_config one = ua_config;
    struct ua_world     *world;
    struct sp_slice      message;

    one.events = SP_LIT("presence, reg, x-mine");
    one.methods |= 1u << SIP_PUBLISH;
    world = ua_world(&one, NULL, true, 1);

    ua_put(world,
           "OPTIONS sip:agent@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKo\n"
           "Max-Forwards: 70\nFrom: <sip:b@h>;tag=b\nTo: <sip:a@h>\nCall-ID: c1\n"
           "CSeq: 1 OPTIONS\n\n");
    message = ua_expect(world, "SIP/2.0 200 ");
    unit_eq(ua_value(message, "Allow-Events"), "presence, reg, x-mine");
    ck_assert(ua_has(ua_value(message, "Allow"), "SUBSCRIBE"));
    ck_assert(ua_has(ua_value(message, "Allow"), "PUBLISH"));
}
END_TEST

Suite *test_sip_package_suite(void)
{
    Suite *suite = suite_create("sip_package");
    TCase *tcase = unit_tcase(suite, "package");

    unit_loop(tcase, found_by_name, names);
    unit_loop(tcase, listed_or_not, lists);
    unit_loop(tcase, bodies_fit, bodies);
    tcase_add_test(tcase, told_in_options);
    return suite;
}
