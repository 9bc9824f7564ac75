/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_check.c -- the verdict on whole messages: each of RFC 4475 and RFC 5118, as a
 * user agent answers it and as lint counts it. */
#include "../../parser/sip_check.h"
#include "../../parser/sip_write.h"
#include "unit.h"

#include <stdio.h>

#define ROOM     60
#define FINDINGS 30

static struct sip_check check_octets(struct sp_slice octets, struct sip_msg *msg, bool all)
{
    struct sip_check check = { .all = all, .ua = true, .given = octets, .room = FINDINGS };

    check.findings = unit_room(FINDINGS * sizeof(struct sip_finding));
    sip_msg_init(msg, unit_room(ROOM * sizeof(struct sip_field)), ROOM);
    check.err = sip_msg_parse(octets, msg, &check.where);
    sip_check(msg, &check);
    return check;
}

/* answer: 0 handled (the user agent may have an answer of its own: 416, 420, 501, ...), else sent
 * back, or a response dropped. Each of those is among the outcomes that the RFC accepts
 * (tests/corpus, 00-EXPECTATIONS.tsv). */
static const struct row {
    const char *file;
    uint16_t    answer;
    uint32_t    errors; /* as lint finds them */
    const char *clause; /* of the answer */
} rows[] = {
    { "rfc4475/wsinv.dat", 0, 0, "" },                         /* 3.1.1.1, valid */
    { "rfc4475/intmeth.dat", 0, 0, "" },                       /* 3.1.1.2, valid */
    { "rfc4475/esc01.dat", 0, 0, "" },                         /* 3.1.1.3, valid */
    { "rfc4475/escnull.dat", 0, 0, "" },                       /* 3.1.1.4, valid */
    { "rfc4475/esc02.dat", 0, 0, "" },                         /* 3.1.1.5, valid */
    { "rfc4475/lwsdisp.dat", 0, 0, "" },                       /* 3.1.1.6, accept (spec bug) */
    { "rfc4475/longreq.dat", 0, 0, "" },                       /* 3.1.1.7, valid */
    { "rfc4475/dblreq.dat", 0, 0, "" },                        /* 3.1.1.8, valid */
    { "rfc4475/semiuri.dat", 0, 0, "" },                       /* 3.1.1.9, valid */
    { "rfc4475/transports.dat", 0, 0, "" },                    /* 3.1.1.10, valid */
    { "rfc4475/mpart01.dat", 0, 1, "" },                       /* 3.1.1.11, valid */
    { "rfc4475/unreason.dat", 0, 0, "" },                      /* 3.1.1.12, valid */
    { "rfc4475/noreason.dat", 0, 0, "" },                      /* 3.1.1.13, valid */
    { "rfc4475/badinv01.dat", 400, 2, "RFC 3261 20.42" },      /* 3.1.2.1, invalid */
    { "rfc4475/clerr.dat", 400, 1, "RFC 3261 18.3" },          /* 3.1.2.2, invalid */
    { "rfc4475/ncl.dat", 400, 1, "RFC 3261 20.14" },           /* 3.1.2.3, invalid */
    { "rfc4475/scalar02.dat", 400, 3, "RFC 3261 20.16" },      /* 3.1.2.4, invalid */
    { "rfc4475/scalarlg.dat", 400, 4, "RFC 3261 20.16" },      /* 3.1.2.5, invalid */
    { "rfc4475/quotbal.dat", 400, 1, "RFC 3261 20.39" },       /* 3.1.2.6, invalid */
    { "rfc4475/ltgtruri.dat", 400, 1, "RFC 3261 7.1" },        /* 3.1.2.7, invalid */
    { "rfc4475/lwsruri.dat", 400, 1, "RFC 3261 7.1" },         /* 3.1.2.8, invalid */
    { "rfc4475/lwsstart.dat", 400, 1, "RFC 3261 7.1" },        /* 3.1.2.9, invalid */
    { "rfc4475/trws.dat", 400, 1, "RFC 3261 7.1" },            /* 3.1.2.10, invalid */
    { "rfc4475/escruri.dat", 0, 1, "" },                       /* 3.1.2.11, invalid */
    { "rfc4475/baddate.dat", 0, 1, "" },                       /* 3.1.2.12, invalid */
    { "rfc4475/regbadct.dat", 400, 1, "RFC 3261 20.10" },      /* 3.1.2.13, invalid */
    { "rfc4475/badaspec.dat", 400, 1, "RFC 3261 20.39" },      /* 3.1.2.14, invalid */
    { "rfc4475/baddn.dat", 400, 3, "RFC 3261 7" },             /* 3.1.2.15, invalid */
    { "rfc4475/badvers.dat", 505, 1, "RFC 3261 7.1" },         /* 3.1.2.16, invalid version */
    { "rfc4475/mismatch01.dat", 400, 1, "RFC 3261 8.1.1.5" },  /* 3.1.2.17, invalid */
    { "rfc4475/mismatch02.dat", 400, 1, "RFC 3261 8.1.1.5" },  /* 3.1.2.18, invalid */
    { "rfc4475/bigcode.dat", 400, 1, "RFC 3261 7.2" },         /* 3.1.2.19, invalid */
    { "rfc4475/badbranch.dat", 400, 1, "RFC 3261 8.1.1.7" },   /* 3.2.1, transaction */
    { "rfc4475/insuf.dat", 400, 5, "RFC 3261 8.1.1.2" },       /* 3.3.1, semantic */
    { "rfc4475/unkscm.dat", 0, 0, "" },                        /* 3.3.2, semantic, parses */
    { "rfc4475/novelsc.dat", 0, 0, "" },                       /* 3.3.3, semantic, parses */
    { "rfc4475/unksm2.dat", 0, 1, "" },                        /* 3.3.4, semantic, parses */
    { "rfc4475/bext01.dat", 0, 0, "" },                        /* 3.3.5, semantic */
    { "rfc4475/invut.dat", 0, 0, "" },                         /* 3.3.6, semantic, parses */
    { "rfc4475/regaut01.dat", 0, 0, "" },                      /* 3.3.7, semantic, parses */
    { "rfc4475/multi01.dat", 400, 6, "RFC 3261 7.3.1" },       /* 3.3.8, semantic */
    { "rfc4475/mcl01.dat", 400, 1, "RFC 3261 7.3.1" },         /* 3.3.9, semantic framing */
    { "rfc4475/bcast.dat", 400, 1, "RFC 3261 8.1.3.3" },       /* 3.3.10, semantic, parses */
    { "rfc4475/zeromf.dat", 0, 0, "" },                        /* 3.3.11, semantic */
    { "rfc4475/cparam01.dat", 0, 0, "" },                      /* 3.3.12, semantic */
    { "rfc4475/cparam02.dat", 0, 0, "" },                      /* 3.3.13, semantic */
    { "rfc4475/regescrt.dat", 0, 0, "" },                      /* 3.3.14, semantic */
    { "rfc4475/sdp01.dat", 0, 0, "" },                         /* 3.3.15, semantic */
    { "rfc4475/inv2543.dat", 0, 3, "" },                       /* 3.4.1, valid 2543 */
    { "rfc5118/ipv6-good.dat", 0, 0, "" },                     /* 4.1, valid */
    { "rfc5118/ipv6-bad.dat", 400, 1, "RFC 3261 7.1" },        /* 4.2, invalid */
    { "rfc5118/port-ambiguous.dat", 0, 0, "" },                /* 4.3, valid syntax */
    { "rfc5118/port-unambiguous.dat", 0, 0, "" },              /* 4.4, valid */
    { "rfc5118/via-received-param-with-delim.dat", 0, 0, "" }, /* 4.5, accept (robustness) */
    { "rfc5118/via-received-param-no-delim.dat", 0, 0, "" },   /* 4.5, valid */
    { "rfc5118/ipv6-in-sdp.dat", 0, 0, "" },                   /* 4.6, valid */
    { "rfc5118/mult-ip-in-header.dat", 0, 0, "" },             /* 4.7, valid */
    { "rfc5118/mult-ip-in-sdp.dat", 0, 0, "" },                /* 4.8, valid */
    { "rfc5118/ipv4-mapped-ipv6.dat", 0, 0, "" },              /* 4.9, valid */
    { "rfc5118/ipv6-bug-abnf-3-colons.dat", 0, 0, "" },        /* 4.10, accept (robustness) */
    { "rfc5118/ipv6-correct-abnf-2-colons.dat", 0, 0, "" },    /* 4.10, valid */
};

START_TEST(torture)
{
    const struct row *row = &rows[_i];
    struct sp_slice   octets = unit_file(row->file);
    struct sip_msg    msg;
    struct sip_check  check = check_octets(octets, &msg, true), quick;

    ck_assert_msg(check.answer == row->answer && check.errors == row->errors &&
                      strcmp(check.reason.clause, row->clause) == 0,
                  "%s: %u, %u errors, %s", row->file, check.answer, check.errors,
                  check.reason.clause);
    for (uint32_t i = 0; i < check.count && i < FINDINGS; i++) { /* each points into the message */
        ck_assert_uint_gt(strlen(check.findings[i].clause), 0);
        ck_assert(check.findings[i].octets.at >= octets.at);
        ck_assert(check.findings[i].octets.at + check.findings[i].octets.len <=
                  octets.at + octets.len);
    }
    quick = check_octets(octets, &msg, false); /* what decides is the same without lint's rules */
    ck_assert_uint_eq(quick.answer, row->answer);
}
END_TEST

/* Written field by field and read again, a message is the same. */
START_TEST(round_trip)
{
    struct sp_slice octets = unit_file(rows[_i].file);
    struct sip_msg  msg, again;
    struct sp_where where;
    struct sp_buf   out = sp_buf(unit_room(octets.len + 500), octets.len + 500);

    sip_msg_init(&msg, unit_room(ROOM * sizeof(struct sip_field)), ROOM);
    sip_msg_init(&again, unit_room(ROOM * sizeof(struct sip_field)), ROOM);
    if (sip_msg_parse(octets, &msg, &where) != SP_OK)
        return;
    if (msg.request)
        sip_put_request_line(&out, msg.method_name, msg.request_uri);
    else
        sip_put_status_line(&out, msg.status, msg.reason);
    for (uint32_t i = 0; i < msg.field_count; i++)
        sip_put_copy(&out, &msg.fields[i]);
    sp_put(&out, SP_LIT("\r\n"));
    sp_put(&out, msg.body);
    unit_err(out.err, SP_OK);
    unit_err(sip_msg_parse(sp_written(&out), &again, &where), SP_OK);
    ck_assert_uint_eq(again.field_count, msg.field_count);
    ck_assert_int_eq(again.method, msg.method);
    ck_assert_uint_eq(again.status, msg.status);
    unit_eq_slice(again.body, msg.body);
    for (uint32_t i = 0; i < msg.field_count; i++) {
        ck_assert_int_eq(again.fields[i].id, msg.fields[i].id);
        unit_eq_slice(again.fields[i].name, msg.fields[i].name);
        unit_eq_slice(again.fields[i].value, msg.fields[i].value);
    }
}
END_TEST

/* No prefix of a message passes (one without Content-Length has no end of its own, 18.3). */
START_TEST(prefixes)
{
    struct sp_slice octets = unit_file(rows[_i].file);
    struct sip_msg  msg;
    struct sp_where where;

    sip_msg_init(&msg, unit_room(ROOM * sizeof(struct sip_field)), ROOM);
    if (rows[_i].answer != 0 || sip_msg_parse(octets, &msg, &where) != SP_OK ||
        sip_msg_find(&msg, SIP_FIELD_CONTENT_LENGTH) == NULL)
        return;
    for (size_t len = 0; len < msg.octets.len; len++) {
        struct sp_slice prefix = sp_head(octets, len);
        struct sip_msg  cut = msg;

        ck_assert_int_ne(sip_msg_parse(prefix, &cut, &where), SP_OK);
    }
}
END_TEST

#define GOOD                                                                                       \
    "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nTo: <sip:a@b>\r\n"                  \
    "From: <sip:c@d>;tag=1\r\nCall-ID: x\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n"

static const struct small {
    const char *text;
    uint16_t    answer;
    const char *clause;
    uint32_t    errors;
} smalls[] = {
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD "\r\n", 0, "", 0 },
    { "MESSAGE sip:a@b SIP/3.0\r\n" GOOD "\r\n", 505, "RFC 3261 7.1", 1 },
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD, 400, "RFC 3261 7", 1 },
    { "MESSAGE sip:a@b  SIP/2.0\r\n" GOOD "\r\n", 400, "RFC 3261 7.1", 1 },
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD "X\r\n\r\n", 400, "RFC 3261 7.3.1", 1 },
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD "Date: now\r\n\r\n", 0, "", 1 },
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD "Content-Length: 0\r\n\r\n", 0, "", 0 },
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD "Content-Length: 1\r\n\r\n", 400, "RFC 3261 7.3.1", 1 },
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD "Subject: a\r\ns: b\r\n\r\n", 0, "", 1 },
    { "MESSAGE sip:a@b SIP/2.0\r\n" GOOD "X-Y: a\x01\r\n\r\n", 0, "", 1 },
    { "MESSAGE sip:a@b SIP/2.0\r\n\r\n", 400, "RFC 3261 8.1.1.7", 6 },
    { "SIP/2.0 200 OK\r\n\r\n", 400, "RFC 3261 8.1.1.7", 5 },
    { "nonsense\r\n\r\n", 400, "RFC 3261 7.1", 1 },
    { "", 400, "RFC 3261 7.1", 1 },
};

START_TEST(verdict)
{
    struct sip_msg   msg;
    struct sip_check check = check_octets(unit_text(smalls[_i].text), &msg, true);

    ck_assert_uint_eq(check.answer, smalls[_i].answer);
    ck_assert_str_eq(check.reason.clause, smalls[_i].clause);
    ck_assert_uint_eq(check.errors, smalls[_i].errors);
}
END_TEST

/* Too many fields for the room is our limit, told as such. */
START_TEST(no_room)
{
    struct sp_slice    octets = unit_text("MESSAGE sip:a@b SIP/2.0\r\n" GOOD "\r\n");
    struct sip_msg     msg;
    struct sip_finding one;
    struct sip_check   check = { .given = octets, .findings = &one, .room = 1 };

    sip_msg_init(&msg, unit_room(6 * sizeof(struct sip_field)), 6);
    check.err = sip_msg_parse(octets, &msg, &check.where);
    sip_check(&msg, &check);
    ck_assert_uint_eq(check.answer, 513);
    ck_assert_uint_eq(check.errors, 0);
}
END_TEST

/* The clauses are all there. */
START_TEST(clauses)
{
    for (int id = 0; id < SIP_FIELD_COUNT; id++)
        ck_assert(strncmp(sip_field_clause((enum sip_field_id)id), "RFC ", 4) == 0);
    ck_assert_str_eq(sip_field_clause(SIP_FIELD_CSEQ), "RFC 3261 20.16");
}
END_TEST

Suite *test_sip_check_suite(void)
{
    Suite *suite = suite_create("sip_check");
    TCase *tcase = unit_tcase(suite, "sip_check");

    unit_loop(tcase, torture, rows);
    unit_loop(tcase, round_trip, rows);
    unit_loop(tcase, prefixes, rows);
    unit_loop(tcase, verdict, smalls);
    tcase_add_test(tcase, no_room);
    tcase_add_test(tcase, clauses);
    return suite;
}
