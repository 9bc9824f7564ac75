/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_cseq.c -- CSeq: what goes in, which error, at which octet, what comes out. */
#include "../../parser/sip_cseq.h"
#include "unit.h"

static const struct row {
    const char *value;
    enum sp_err err;
    size_t      at;
    uint32_t    number;
    const char *method;
} rows[] = {
    { "4711 INVITE", SP_OK, 0, 4711, "INVITE" }, /* RFC 3261 20.16 */
    { "4711\r\n\tINVITE", SP_OK, 0, 4711, "INVITE" },
    { "0009\r\n  INVITE", SP_OK, 0, 9, "INVITE" }, /* RFC 4475 3.1.1.1 */
    { "0 !%*_+`'~x", SP_OK, 0, 0, "!%*_+`'~x" },
    { "4294967295 BYE", SP_OK, 0, 4294967295, "BYE" },
    { "4294967296 BYE", SP_RANGE, 0, 0, "" }, /* RFC 4475 3.1.2.4 */
    { "36893488147419103232 REGISTER", SP_RANGE, 0, 0, "" },
    { "INVITE 4711", SP_SYNTAX, 0, 0, "" },
    { "4711INVITE", SP_SYNTAX, 4, 0, "" },
    { "4711 ", SP_SYNTAX, 5, 0, "" },
    { "4711\rINVITE", SP_SYNTAX, 4, 0, "" },
    { "4711\r\nINVITE", SP_SYNTAX, 4, 0, "" },
    { "4711 INVITE x", SP_SYNTAX, 11, 0, "" },
    { "4711 (", SP_SYNTAX, 5, 0, "" },
    { "", SP_SYNTAX, 0, 0, "" },
};

/* 3261-20.16-1 */
START_TEST(parse)
{
    const struct row *row = &rows[_i];
    struct sip_cseq   cseq, again;
    struct sp_where   where;
    struct sp_buf     out = sp_buf(unit_room(64), 64);

    unit_err_at(sip_cseq_parse(unit_text(row->value), &cseq, &where), where, row->err, row->at);
    if (row->err != SP_OK)
        return;
    ck_assert_uint_eq(cseq.number, row->number);
    unit_eq(cseq.method, row->method);
    sip_cseq_write(&out, &cseq);
    unit_err(sip_cseq_parse(sp_written(&out), &again, &where), SP_OK);
    ck_assert_uint_eq(again.number, row->number);
    unit_eq(again.method, row->method);
}
END_TEST

START_TEST(write)
{
    struct sip_cseq cseq = { 4711, SP_LIT("INVITE") };
    struct sp_buf   out = sp_buf(unit_room(11), 11), small = sp_buf(unit_room(10), 10);

    sip_cseq_write(&out, &cseq);
    unit_eq(sp_written(&out), "4711 INVITE");
    sip_cseq_write(&small, &cseq);
    unit_err(small.err, SP_ROOM);
    out = sp_buf(unit_room(40), 40);
    cseq.method = SP_LIT("INVITE\r\nX: y");
    sip_cseq_write(&out, &cseq);
    unit_err(out.err, SP_INJECTION);
}
END_TEST

Suite *test_sip_cseq_suite(void)
{
    Suite *suite = suite_create("sip_cseq");
    TCase *tcase = unit_tcase(suite, "sip_cseq");

    unit_loop(tcase, parse, rows);
    tcase_add_test(tcase, write);
    return suite;
}
