/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_limit.c -- limits by name. */
#include "../../tools/limit.h"
#include "unit.h"

static const struct row {
    const char *text;
    bool        taken;
} rows[] = {
    { "t1_ms=100", true },
    { "t2_ms=1", true },
    { "store_octets=4M", true },
    { "idle_ms=0", true }, /* never */
    { "sockets=1048575", true },
    { "sockets=1048576", false },
    { "datagrams=1024", true },
    { "datagrams=1025", false },
    { "transactions=0", false },
    { "transactions=1000000000", true },
    { "transactions=1000000001", false },
    { "transactions=", false },
    { "transactions", false },
    { "transactions=-1", false },
    { "transactions=1x", false },
    { "transaction=1", false },
    { "=1", false },
    { "", false },
};

START_TEST(rows_set_one_or_nothing)
{
    struct sp_limits     limits = sp_limits_default;
    struct sp_net_config net = sp_net_config_default;

    ck_assert_msg(limit_set(rows[_i].text, &limits, &net) == rows[_i].taken, "%s", rows[_i].text);
    ck_assert_int_eq(memcmp(&limits, &sp_limits_default, sizeof limits) != 0 ||
                         memcmp(&net, &sp_net_config_default, sizeof net) != 0,
                     rows[_i].taken);
}
END_TEST

/* Whoever adds a limit adds its row to tools/limit.c. */
START_TEST(every_limit_has_a_row)
{
    size_t               net = offsetof(struct sp_net_config, idle_ms) / sizeof(uint32_t) + 1;
    struct sp_limits     limits;
    struct sp_net_config config = sp_net_config_default;
    char                 text[64], line[128];
    FILE                *file = tmpfile();
    size_t               lines = 0;

    ck_assert_uint_eq(limit_count(), sizeof limits / sizeof(uint32_t) + net);
    memset(&limits, 0xff, sizeof limits);
    limit_list(file, &limits, &config);
    rewind(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "=\n")] = '\0';
        (void)snprintf(text, sizeof text, "%.40s=%s", line,
                       strcmp(line, "datagrams") == 0 ? "64" : "8192");
        ck_assert_msg(limit_set(text, &limits, &config), "%s", text);
        lines++;
    }
    fclose(file);
    ck_assert_uint_eq(lines, limit_count());
    for (size_t i = 0; i < sizeof limits / sizeof(uint32_t); i++)
        ck_assert_uint_eq(((const uint32_t *)(const void *)&limits)[i], 8192);
    ck_assert_uint_eq(config.queue_octets, 8192);
}
END_TEST

Suite *test_tools_limit_suite(void)
{
    Suite *suite = suite_create("tools_limit");
    TCase *tcase = unit_tcase(suite, "rows");

    tcase_add_loop_test(tcase, rows_set_one_or_nothing, 0, UNIT_ROWS(rows));
    tcase_add_test(tcase, every_limit_has_a_row);
    return suite;
}
