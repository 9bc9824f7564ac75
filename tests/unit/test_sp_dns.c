/* SPDX-License-Identifier: MIT
 * tests/unit/test_sp_dns.c -- DNS messages: questions, answers, names with pointers, and what is
 * wrong with some. */
#include "unit.h"

#include <stdio.h>

#include "../../transport/sp_dns.h"

/* Head of an answer with 1 question and `n` answers, and the question for e.x. */
#define HEAD(n)        "\x12\x34\x81\x80\0\1\0" n "\0\0\0\0"
#define EX             "\1e\1x\0"                  /* e.x at octet 12 */
#define ASKED(n, type) HEAD(n) EX "\0" type "\0\1" /* 21 octets: answers start at 21 */
#define OWNER          "\xc0\x0c"
/* A record of the name that was asked, its type and the octets of its data. */
#define RECORD(type, octets) OWNER "\0" type "\0\1\0\0\0\x3c\0" octets

#define A     "\1"
#define AAAA  "\x1c"
#define CNAME "\5"
#define SRV   "\x21"
#define NAPTR "\x23"

static const struct question_row {
    const char *name;
    int         type;
    enum sp_err err;
    const char *octets;
    size_t      len;
} questions[] = {
    { "e.x", SP_DNS_NAPTR, SP_OK, "\x12\x34\1\0\0\1\0\0\0\0\0\0" EX "\0\x23\0\1", 21 },
    { "e.x.", SP_DNS_AAAA, SP_OK, "\x12\x34\1\0\0\1\0\0\0\0\0\0" EX "\0\x1c\0\1", 21 },
    { "", SP_DNS_A, SP_OK, "\x12\x34\1\0\0\1\0\0\0\0\0\0\0\0\1\0\1", 17 },
    { ".e", SP_DNS_A, SP_SYNTAX, "", 0 },
    { "e..x", SP_DNS_A, SP_SYNTAX, "", 0 },
    { "e..", SP_DNS_A, SP_SYNTAX, "", 0 },
    { "a.123456789012345678901234567890123456789012345678901234567890123", SP_DNS_A, SP_OK, NULL,
      83 },
    { "a.1234567890123456789012345678901234567890123456789012345678901234", SP_DNS_A, SP_SYNTAX, "",
      0 },
};

START_TEST(question_is_written)
{
    const struct question_row *row = &questions[_i];
    struct sp_buf              to = sp_buf(unit_room(SP_DNS_QUESTION), SP_DNS_QUESTION);

    sp_put_dns_question(&to, 0x1234, unit_text(row->name), (enum sp_dns_type)row->type);
    unit_err(to.err, row->err);
    if (row->octets == NULL)
        ck_assert_uint_eq(to.len, row->len);
    else
        unit_eq_slice(sp_written(&to), sp_slice(row->octets, row->len));
}
END_TEST

/* 253 characters are a name, 254 are none. */
START_TEST(longest_name)
{
    struct sp_buf to = sp_buf(unit_room(SP_DNS_QUESTION), SP_DNS_QUESTION);
    char          name[254];

    memset(name, 'a', sizeof name);
    for (size_t i = 49; i < sizeof name; i += 50)
        name[i] = '.';
    sp_put_dns_question(&to, 1, sp_slice(name, (size_t)(253 + _i)), SP_DNS_A);
    unit_err(to.err, _i == 0 ? SP_OK : SP_SYNTAX);
    if (_i == 0)
        ck_assert_uint_eq(to.len, SP_DNS_QUESTION);
}
END_TEST

#define BLOB(text) text, sizeof(text) - 1

static const struct answer_row {
    int         type;
    const char *octets;
    size_t      len;
    enum sp_err err;
    size_t      at; /* of the error */
    const char *want;
} answers[] = {
    { SP_DNS_A, BLOB(ASKED("\1", A) RECORD(A, "\4") "\xc0\0\2\1"), SP_OK, 0, "192.0.2.1" },
    { SP_DNS_A, BLOB(ASKED("\2", A) RECORD(A, "\4") "\xc0\0\2\1" RECORD(A, "\4") "\xc0\0\2\2"),
      SP_OK, 0, "192.0.2.1 192.0.2.2" },
    { SP_DNS_AAAA,
      BLOB(ASKED("\1", AAAA) RECORD(AAAA, "\x10") "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), SP_OK,
      0, "2001:db8::1" },
    /* an alias: the records of the other name count, others do not */
    { SP_DNS_A,
      BLOB(ASKED("\3", A) RECORD(CNAME, "\4") "\1y\xc0\x0e"
                                              "\1z\xc0\x0e\0\1\0\1\0\0\0\0\0\4\xc0\0\2\3"
                                              "\1Y\xc0\x0e\0\1\0\1\0\0\0\0\0\4\xc0\0\2\4"),
      SP_OK, 0, "192.0.2.4" },
    { SP_DNS_A, BLOB(ASKED("\1", A) OWNER "\0\1\0\3\0\0\0\0\0\4\xc0\0\2\1"), SP_OK, 0, "" },
    { SP_DNS_A, BLOB(ASKED("\1", A) RECORD(SRV, "\0")), SP_OK, 0, "" }, /* not asked for */
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x0b") "\0\1\1\2\x13\xc4\2s1\xc0\x0c"), SP_OK,
      0, "1 258 5060 s1.e.x" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\7") "\0\1\0\2\0\3\0"), SP_OK, 0, "1 2 3 ." },
    { SP_DNS_NAPTR,
      BLOB(ASKED("\1", NAPTR) RECORD(NAPTR, "\x11") "\0\x0a\0\x14\1S\7sip+d2u\0\xc0\x0c"), SP_OK, 0,
      "10 20 s sip+d2u - e.x" },
    { SP_DNS_NAPTR, BLOB(ASKED("\1", NAPTR) RECORD(NAPTR, "\x0b") "\0\1\0\2\2su\0\1!\0"), SP_OK, 0,
      "1 2 ?  ! ." },
    /* 16 octets of services are none of ours */
    { SP_DNS_NAPTR,
      BLOB(ASKED("\1", NAPTR) RECORD(NAPTR, "\x18") "\0\1\0\2\0\x10"
                                                    "0123456789abcdef\0\0"),
      SP_OK, 0, "1 2 0  - ." },
    /* no such name; no records; cut short by the server */
    { SP_DNS_A, BLOB("\x12\x34\x81\x83\0\1\0\0\0\0\0\0" EX "\0\1\0\1"), SP_OK, 0, "" },
    { SP_DNS_A, BLOB(ASKED("\0", A)), SP_OK, 0, "" },
    { SP_DNS_A, BLOB("\x12\x34\x83\x80\0\1\0\5\0\0\0\0" EX "\0\1\0\1"), SP_OK, 0, "cut" },
    /* another answer */
    { SP_DNS_A, BLOB("\x12\x35\x81\x80\0\1\0\0\0\0\0\0" EX "\0\1\0\1"), SP_MISMATCH, 0, "" },
    { SP_DNS_A, BLOB("\x12\x34\1\0\0\1\0\0\0\0\0\0" EX "\0\1\0\1"), SP_MISMATCH, 0, "" },
    { SP_DNS_A, BLOB("\x12\x34\x81\x80\0\2\0\0\0\0\0\0" EX "\0\1\0\1"), SP_MISMATCH, 4, "" },
    { SP_DNS_A, BLOB("\x12\x34\x81\x80\0\0\0\0\0\0\0\0" EX "\0\1\0\1"), SP_MISMATCH, 4, "" },
    { SP_DNS_AAAA, BLOB(ASKED("\0", A)), SP_MISMATCH, 12, "" },
    { SP_DNS_A, BLOB(HEAD("\0") "\1f\1x\0\0\1\0\1"), SP_MISMATCH, 12, "" },
    { SP_DNS_A, BLOB(HEAD("\0") EX "\0\1\0\3"), SP_MISMATCH, 12, "" },
    { SP_DNS_A, BLOB("\x12\x34\x81\x82\0\1\0\0\0\0\0\0" EX "\0\1\0\1"), SP_REFUSED, 3, "" },
    /* lengths that do not fit */
    { SP_DNS_A, BLOB(ASKED("\1", A) RECORD(A, "\3") "\xc0\0\2"), SP_SYNTAX, 36, "" },
    { SP_DNS_A, BLOB(ASKED("\1", A) RECORD(A, "\5") "\xc0\0\2\1\0"), SP_SYNTAX, 37, "" },
    { SP_DNS_A, BLOB(ASKED("\1", A) RECORD(A, "\5") "\xc0\0\2\1"), SP_SYNTAX, 37, "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\6") "\0\1\0\2\0\3"), SP_SYNTAX, 39, "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x0a") "\0\1\0\2\0\3\3abc"), SP_SYNTAX, 43,
      "" },
    { SP_DNS_NAPTR, BLOB(ASKED("\1", NAPTR) RECORD(NAPTR, "\5") "\0\1\0\2\1"), SP_SYNTAX, 38, "" },
    /* names: a pointer to itself, forward, into the middle of nothing; labels of other kinds */
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x08") "\0\1\0\2\0\3\xc0\x27"), SP_SYNTAX, 39,
      "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x08") "\0\1\0\2\0\3\xff\xff"), SP_SYNTAX, 39,
      "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x08") "\0\1\0\2\0\3\xc0\x24"), SP_SYNTAX, 37,
      "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x07") "\0\1\0\2\0\3\x40"), SP_SYNTAX, 39,
      "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x09") "\0\1\0\2\0\3\1.\0"), SP_SYNTAX, 40,
      "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x09") "\0\1\0\2\0\3\1\n\0"), SP_SYNTAX, 40,
      "" },
    { SP_DNS_SRV, BLOB(ASKED("\1", SRV) RECORD(SRV, "\x09") "\0\1\0\2\0\3\1\xff\0"), SP_SYNTAX, 40,
      "" },
    { SP_DNS_A, BLOB(HEAD("\0") "\xc0\x0c\0\1\0\1"), SP_SYNTAX, 12, "" },
};

/* What was found, as words. */
static struct sp_slice said(const struct sp_dns_answer *answer, bool addrs)
{
    struct sp_buf to = sp_buf(unit_room(512), 512);

    if (answer->truncated)
        return SP_LIT("cut");
    for (size_t i = 0; i < answer->count; i++) {
        const struct sp_record *record = &answer->records[i];
        char                    text[256];

        if (i > 0)
            sp_put_char(&to, ' ');
        if (addrs) {
            sp_put_addr(&to, &answer->addrs[i]);
            continue;
        }
        snprintf(text, sizeof text, "%u %u ", record->order, record->preference);
        sp_put_text(&to, text);
        if (record->port != 0)
            snprintf(text, sizeof text, "%u ", record->port);
        else
            snprintf(text, sizeof text, "%c %.*s %c ", record->flag != '\0' ? record->flag : '0',
                     record->service_octets, record->service, record->regexp ? '!' : '-');
        sp_put_text(&to, text);
        sp_put(&to,
               record->name_octets > 0 ? sp_slice(record->name, record->name_octets) : SP_LIT("."));
    }
    return sp_written(&to);
}

START_TEST(answer_is_read)
{
    const struct answer_row *row = &answers[_i];
    struct sp_dns_answer     answer;
    struct sp_where          where;
    enum sp_err err = sp_dns_parse(unit_octets(row->octets, row->len), 0x1234, SP_LIT("E.X."),
                                   (enum sp_dns_type)row->type, &answer, &where);

    unit_err_at(err, where, row->err, row->at);
    if (err == SP_OK)
        unit_eq(said(&answer, row->type == SP_DNS_A || row->type == SP_DNS_AAAA), row->want);
    else
        ck_assert_uint_eq(answer.count, 0);
}
END_TEST

/* No prefix of an answer is one, and where it ends is where it is wrong. */
START_TEST(prefixes_are_none)
{
    const struct answer_row *row = &answers[_i];
    struct sp_dns_answer     answer;
    struct sp_where          where;

    if (row->err != SP_OK)
        return;
    for (size_t len = 0; len < row->len; len++) {
        unit_err(sp_dns_parse(unit_octets(row->octets, len), 0x1234, SP_LIT("e.x"),
                              (enum sp_dns_type)row->type, &answer, &where),
                 SP_SYNTAX);
        ck_assert_uint_eq(where.octet, len);
    }
}
END_TEST

/* Pointers may follow each other as long as each leads back and the name does not get too long. */
START_TEST(chains_of_pointers)
{
    static const char    head[] = ASKED("\2", SRV);
    static const char    record[] = "\xc0\x0c\0\x21\0\1\0\0\0\0\0";
    char                 octets[2048];
    size_t               len = sizeof head - 1, at;
    unsigned             links = _i == 0 ? 126 : 127;
    struct sp_dns_answer answer;
    struct sp_where      where;

    /* A record that nobody asked for carries labels "a", each ending with a pointer to the one
     * before; the SRV after it points to the last. */
    memcpy(octets, head, len);
    memcpy(octets + len, "\0\0\x10\0\1\0\0\0\0", 9); /* TXT of the root */
    len += 9;
    octets[len++] = (char)(links * 4 >> 8);
    octets[len++] = (char)(links * 4);
    for (unsigned i = 0; i < links; i++) {
        at = i == 0 ? 14 : len - 4; /* x, or the link before */
        octets[len++] = 1;
        octets[len++] = 'a';
        octets[len++] = (char)(0xc0 | at >> 8);
        octets[len++] = (char)at;
    }
    at = len - 4;
    memcpy(octets + len, record, sizeof record - 1);
    len += sizeof record - 1;
    memcpy(octets + len, "\x08\0\1\0\2\0\3", 7);
    len += 7;
    octets[len++] = (char)(0xc0 | at >> 8);
    octets[len++] = (char)at;
    unit_err(
        sp_dns_parse(unit_octets(octets, len), 0x1234, SP_LIT("e.x"), SP_DNS_SRV, &answer, &where),
        _i == 0 ? SP_OK : SP_SYNTAX);
    if (_i == 0)
        ck_assert_uint_eq(answer.records[0].name_octets, 2 * links + 1);
    else
        ck_assert_str_eq(where.rule, "name");
}
END_TEST

/* More records than there is room for. */
START_TEST(many_records)
{
    static const char    head[] = ASKED("\x20", A);
    static const char    record[] = RECORD(A, "\4") "\xc0\0\2";
    char                 octets[1024];
    size_t               len = sizeof head - 1;
    struct sp_dns_answer answer;
    struct sp_where      where;

    memcpy(octets, head, len);
    for (char i = 0; i < 32; i++) {
        memcpy(octets + len, record, sizeof record - 1);
        len += sizeof record - 1;
        octets[len++] = i;
    }
    unit_err(
        sp_dns_parse(unit_octets(octets, len), 0x1234, SP_LIT("e.x"), SP_DNS_A, &answer, &where),
        SP_OK);
    ck_assert_uint_eq(answer.count, SP_DNS_ADDRS);
    ck_assert_uint_eq(answer.addrs[15].octets[3], 15);
}
END_TEST

Suite *test_sp_dns_suite(void)
{
    Suite *suite = suite_create("sp_dns");
    TCase *tcase = unit_tcase(suite, "dns");

    unit_loop(tcase, question_is_written, questions);
    tcase_add_loop_test(tcase, longest_name, 0, 2);
    unit_loop(tcase, answer_is_read, answers);
    unit_loop(tcase, prefixes_are_none, answers);
    tcase_add_loop_test(tcase, chains_of_pointers, 0, 2);
    tcase_add_test(tcase, many_records);
    return suite;
}
