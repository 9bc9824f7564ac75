/* SPDX-License-Identifier: MIT
 * tests/unit/test_torture_ua.c -- what a user agent answers to each request of RFC 4475 and RFC
 * 5118 that comes in a datagram: one of the outcomes that those RFCs accept (tests/corpus,
 * 00-EXPECTATIONS.tsv). */
#include "ua_unit.h"
#include "unit.h"

#include <stdio.h>

static const struct row {
    const char *file;
    const char *answer; /* the final response; "-": none, it is dropped; "!": the user is asked */
} rows[] = {
    { "rfc4475/wsinv.dat", "481" },            /* 3.1.1.1: a To tag, and no such dialog */
    { "rfc4475/intmeth.dat", "501" },          /* 3.1.1.2 */
    { "rfc4475/esc01.dat", "!" },              /* 3.1.1.3 */
    { "rfc4475/escnull.dat", "405" },          /* 3.1.1.4 */
    { "rfc4475/esc02.dat", "501" },            /* 3.1.1.5 */
    { "rfc4475/lwsdisp.dat", "200" },          /* 3.1.1.6 */
    { "rfc4475/longreq.dat", "!" },            /* 3.1.1.7 */
    { "rfc4475/dblreq.dat", "405" },           /* 3.1.1.8 */
    { "rfc4475/semiuri.dat", "200" },          /* 3.1.1.9 */
    { "rfc4475/transports.dat", "200" },       /* 3.1.1.10 */
    { "rfc4475/mpart01.dat", "415" },          /* 3.1.1.11 */
    { "rfc4475/unreason.dat", "-" },           /* 3.1.1.12 */
    { "rfc4475/noreason.dat", "-" },           /* 3.1.1.13 */
    { "rfc4475/badinv01.dat", "400" },         /* 3.1.2.1 */
    { "rfc4475/clerr.dat", "400" },            /* 3.1.2.2 */
    { "rfc4475/ncl.dat", "400" },              /* 3.1.2.3 */
    { "rfc4475/scalar02.dat", "400" },         /* 3.1.2.4 */
    { "rfc4475/scalarlg.dat", "-" },           /* 3.1.2.5 */
    { "rfc4475/quotbal.dat", "400" },          /* 3.1.2.6 */
    { "rfc4475/ltgtruri.dat", "400" },         /* 3.1.2.7 */
    { "rfc4475/lwsruri.dat", "400" },          /* 3.1.2.8 */
    { "rfc4475/lwsstart.dat", "400" },         /* 3.1.2.9 */
    { "rfc4475/trws.dat", "400" },             /* 3.1.2.10 */
    { "rfc4475/escruri.dat", "!" },            /* 3.1.2.11: headers are ignored */
    { "rfc4475/baddate.dat", "!" },            /* 3.1.2.12 */
    { "rfc4475/regbadct.dat", "400" },         /* 3.1.2.13 */
    { "rfc4475/badaspec.dat", "400" },         /* 3.1.2.14 */
    { "rfc4475/baddn.dat", "400" },            /* 3.1.2.15 */
    { "rfc4475/badvers.dat", "505" },          /* 3.1.2.16 */
    { "rfc4475/mismatch01.dat", "400" },       /* 3.1.2.17 */
    { "rfc4475/mismatch02.dat", "400" },       /* 3.1.2.18 */
    { "rfc4475/bigcode.dat", "-" },            /* 3.1.2.19 */
    { "rfc4475/badbranch.dat", "400" },        /* 3.2.1 */
    { "rfc4475/insuf.dat", "400" },            /* 3.3.1 */
    { "rfc4475/unkscm.dat", "416" },           /* 3.3.2 */
    { "rfc4475/novelsc.dat", "416" },          /* 3.3.3 */
    { "rfc4475/unksm2.dat", "405" },           /* 3.3.4 */
    { "rfc4475/bext01.dat", "420" },           /* 3.3.5 */
    { "rfc4475/invut.dat", "415" },            /* 3.3.6 */
    { "rfc4475/regaut01.dat", "405" },         /* 3.3.7 */
    { "rfc4475/multi01.dat", "400" },          /* 3.3.8 */
    { "rfc4475/mcl01.dat", "400" },            /* 3.3.9 */
    { "rfc4475/bcast.dat", "-" },              /* 3.3.10 */
    { "rfc4475/zeromf.dat", "200" },           /* 3.3.11 */
    { "rfc4475/cparam01.dat", "405" },         /* 3.3.12 */
    { "rfc4475/cparam02.dat", "405" },         /* 3.3.13 */
    { "rfc4475/regescrt.dat", "405" },         /* 3.3.14 */
    { "rfc4475/sdp01.dat", "406" },            /* 3.3.15 */
    { "rfc4475/inv2543.dat", "!" },            /* 3.4.1 */
    { "rfc5118/ipv6-good.dat", "405" },        /* 4.1 */
    { "rfc5118/ipv6-bad.dat", "400" },         /* 4.2 */
    { "rfc5118/port-ambiguous.dat", "405" },   /* 4.3 */
    { "rfc5118/port-unambiguous.dat", "405" }, /* 4.4 */
    { "rfc5118/via-received-param-with-delim.dat", "481" }, /* 4.5 */
    { "rfc5118/via-received-param-no-delim.dat", "200" },   /* 4.5 */
    { "rfc5118/ipv6-in-sdp.dat", "!" },                     /* 4.6 */
    { "rfc5118/mult-ip-in-header.dat", "481" },             /* 4.7 */
    { "rfc5118/mult-ip-in-sdp.dat", "!" },                  /* 4.8 */
    { "rfc5118/ipv4-mapped-ipv6.dat", "!" },                /* 4.9 */
    { "rfc5118/ipv6-bug-abnf-3-colons.dat", "200" },        /* 4.10 */
    { "rfc5118/ipv6-correct-abnf-2-colons.dat", "200" },    /* 4.10 */
};

START_TEST(torture)
{
    struct ua_world *world = ua_world(NULL, NULL, true, 1);
    struct sp_slice  octets = unit_file(rows[_i].file), got;
    char             answer[8] = "-";

    sip_ua_receive(world->ends[0].ua, world->now_us, &world->ends[0].flow, octets);
    ua_drain(&world->ends[0]);
    ua_run(world, 300);
    while ((got = ua_take(world)).len > 12)
        if (sp_starts(got, SP_LIT("SIP/2.0 ")) && got.at[8] != '1')
            snprintf(answer, sizeof answer, "%.3s", got.at + 8);
    if (strcmp(answer, "-") == 0 && world->ends[0].notes[0] != '\0')
        answer[0] = '!';
    ck_assert_msg(strcmp(rows[_i].answer, answer) == 0, "%s: %s", rows[_i].file, answer);
}
END_TEST

Suite *test_torture_ua_suite(void)
{
    Suite *suite = suite_create("torture_ua");
    TCase *tcase = unit_tcase(suite, "torture_ua");

    unit_loop(tcase, torture, rows);
    return suite;
}
