/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_frame.c -- streams into frames, at every split: RFC 4975 7.1, 9. */
#include "../../msrp/msrp_frame.h"

#include <dirent.h>
#include <stdio.h>

#include "unit.h"

/* What a stream came to: its events as text. Body octets of one frame are joined; lengths keep
 * binary ones apart. */
struct account {
    char   text[16384];
    size_t len;
    size_t body; /* octets of the body under way */
};

static void say(struct account *to, const char *format, struct sp_slice octets, size_t number)
{
    int wrote = snprintf(to->text + to->len, sizeof to->text - to->len, format, SP_ARG(octets),
                         (unsigned long)number);

    ck_assert_int_ge(wrote, 0);
    ck_assert_uint_lt(to->len + (size_t)wrote, sizeof to->text);
    to->len += (size_t)wrote;
}

static void feed(struct msrp_frame *frame, struct sp_slice octets, struct account *to)
{
    struct sp_slice       input = unit_octets(octets.at, octets.len);
    struct sp_slice       none = { 0 };
    enum msrp_frame_event event;

    while ((event = msrp_frame_next(frame, &input)) != MSRP_FRAME_NONE) {
        switch (event) {
        case MSRP_FRAME_HEAD: say(to, "<%.*s|%lu", frame->octets, frame->has_body); break;
        case MSRP_FRAME_BODY:
            ck_assert_uint_gt(frame->octets.len, 0);
            ck_assert_uint_lt(to->len + frame->octets.len, sizeof to->text);
            memcpy(to->text + to->len, frame->octets.at, frame->octets.len);
            to->len += frame->octets.len;
            to->body += frame->octets.len;
            break;
        case MSRP_FRAME_END:
            say(to, "%.*s|%lu>", sp_slice(&frame->flag, 1), to->body);
            to->body = 0;
            break;
        case MSRP_FRAME_BROKEN:
            say(to, "!%.*s%lu", sp_str(sp_err_name(frame->err)), frame->where.octet);
            return;
        case MSRP_FRAME_NONE: break;
        }
    }
    ck_assert_uint_eq(input.len, 0);
    (void)none;
}

/* Feed `stream` cut at two places. */
static void account_of(struct sp_slice stream, size_t a, size_t b, struct account *to)
{
    char              room[2048];
    struct msrp_frame frame;

    to->len = to->body = 0;
    msrp_frame_init(&frame, room, sizeof room);
    if (a > 0)
        feed(&frame, sp_head(stream, a), to);
    if (frame.state != MSRP_FRAMING_BROKEN && b > a)
        feed(&frame, sp_head(sp_from(stream, a), b - a), to);
    if (frame.state != MSRP_FRAMING_BROKEN && b < stream.len)
        feed(&frame, sp_from(stream, b), to);
}

#define HEAD(id)  "MSRP " id " SEND\r\nTo-Path: msrp://a:1/s;tcp\r\nFrom-Path: msrp://b:1/t;tcp\r\n"
#define SHOWN(id) "<" HEAD(id)

/* Good and bad streams: what they come to. */
static const struct {
    const char *stream, *account;
} rows[] = {
    { "", "" },
    { "\r\n\r\n\n", "" }, /* blank lines between frames */
    { HEAD("abcd") "-------abcd$\r\n", SHOWN("abcd") "|0$|0>" },
    { HEAD("abcd") "-------abcd+\r\n", SHOWN("abcd") "|0+|0>" },
    { HEAD("abcd") "-------abcd#\r\n", SHOWN("abcd") "|0#|0>" },
    { HEAD("abcd") "\r\nxyz\r\n-------abcd$\r\n", SHOWN("abcd") "|1xyz$|3>" },
    { HEAD("abcd") "\r\n\r\n-------abcd$\r\n", SHOWN("abcd") "|1$|0>" }, /* an empty body */
    { HEAD("abcd") "\r\n-------abcd$\r\n", SHOWN("abcd") "|1$|0>" },     /* its CRLF left out */
    { HEAD("abcd") "\r\n\r\n\r\n-------abcd$\r\n", SHOWN("abcd") "|1\r\n$|2>" },
    { "\r\n" HEAD("abcd") "-------abcd$\r\n\r\n" HEAD("a.-%") "-------a.-%$\r\n",
      SHOWN("abcd") "|0$|0>" SHOWN("a.-%") "|0$|0>" },
    /* what looks like an end-line, and is none */
    { HEAD("abcd") "\r\nx\r\n-------abce$\r\n\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\r\n-------abce$\r\n$|17>" },
    { HEAD("abcd") "\r\nx-------abcd$\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x-------abcd$$|13>" }, /* no CRLF before */
    { HEAD("abcd") "\r\nx\n-------abcd$\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\n-------abcd$$|14>" },
    { HEAD("abcd") "\r\nx\r\n--------abcd$\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\r\n--------abcd$$|16>" }, /* eight hyphens */
    { HEAD("abcd") "\r\nx\r\n------abcd$\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\r\n------abcd$$|14>" }, /* six */
    { HEAD("abcd") "\r\nx\r\n-------abcdx\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\r\n-------abcdx$|15>" }, /* another letter after our id */
    { HEAD("abcd") "\r\nx\r\n-------abcd$x\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\r\n-------abcd$x$|16>" },
    { HEAD("abcd") "\r\nx\r\n-------abcd$\rx\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\r\n-------abcd$\rx$|17>" },
    { HEAD("abcd") "\r\nx\r\n-------abcd$\r\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1x\r\n-------abcd$\r$|16>" }, /* the CR begins the true one */
    { HEAD("abcd") "\r\n\r\n-------abcd$\r\r\n-------abcd+\r\n",
      SHOWN("abcd") "|1\r\n-------abcd$\r+|15>" },
    { HEAD("abcd") "\r\n-------abc\r\n-------abcd#\r\n", SHOWN("abcd") "|1-------abc#|10>" },
    { HEAD("abcd") "\r\n\r\r\n\r\n\r\n-------abcd$\r\n", SHOWN("abcd") "|1\r\r\n\r\n$|5>" },
    { HEAD("abcd") "\r\n---------------------------\r\n-------abcd$\r\n",
      SHOWN("abcd") "|1---------------------------$|27>" },
    { HEAD("a---------b") "\r\n\r\n-------a--\r\n-------a---------b$\r\n",
      SHOWN("a---------b") "|1\r\n-------a--$|12>" },
    { "MSRP abcd 200 OK\r\n-------abcd$\r\n", "<MSRP abcd 200 OK\r\n|0$|0>" },
    { "MSRP 0123456789abcdefghijABCDEFGHIJ=+ SEND\r\n-------0123456789abcdefghijABCDEFGHIJ=+$\r\n",
      "<MSRP 0123456789abcdefghijABCDEFGHIJ=+ SEND\r\n|0$|0>" },
    /* no frame: the error and its octet */
    { "X", "!SYNTAX0" },
    { "GET / HTTP/1.1\r\n", "!SYNTAX0" },
    { "MSRp abcd SEND\r\n", "!SYNTAX3" },
    { "MSRP\r\n", "!SYNTAX4" },
    { "MSRP abc SEND\r\n", "!SYNTAX8" },  /* an id has 4 characters */
    { "MSRP -abc SEND\r\n", "!SYNTAX5" }, /* and begins with none of these */
    { "MSRP ab:cd SEND\r\n", "!SYNTAX7" },
    { "MSRP 0123456789abcdefghijABCDEFGHIJ=+x SEND\r\n", "!SYNTAX37" }, /* 33 */
    { "MSRP abcd\r\n", "!SYNTAX9" },
    { "MSRP abcd SEND\n", "!SYNTAX14" }, /* no CR */
    { HEAD("abcd") "A: b\n", "!SYNTAX76" },
    { HEAD("abcd") "-------abcd\r\n", "!MISMATCH72" },
    { HEAD("abcd") "-------abcd!\r\n", "!MISMATCH72" },
    { HEAD("abcd") "-------abcd$ \r\n", "!MISMATCH72" },
    { HEAD("abcd") "-------abce$\r\n", "!MISMATCH72" },
    { HEAD("abcd") "--------abcd$\r\n", "!MISMATCH72" },
    { HEAD("abcd") "\r\nx", SHOWN("abcd") "|1x" }, /* cut off: nothing ends */
    { HEAD("abcd") "\r\nx\r\n-------abcd", SHOWN("abcd") "|1x" },
    { HEAD("abcd") "-------abcd$\r", "" },
};

START_TEST(frames)
{
    struct sp_slice stream = sp_str(rows[_i].stream);
    struct account  whole;

    account_of(stream, 0, stream.len, &whole);
    unit_eq(sp_slice(whole.text, whole.len), rows[_i].account);
}
END_TEST

/* Law: every split of a stream gives the same events. */
START_TEST(splits)
{
    struct sp_slice stream = sp_str(rows[_i].stream);
    struct account  cut;

    for (size_t a = 0; a <= stream.len; a++)
        for (size_t b = a; b <= stream.len; b++) {
            account_of(stream, a, b, &cut);
            unit_eq(sp_slice(cut.text, cut.len), rows[_i].account);
        }
}
END_TEST

/* Octet by octet. */
START_TEST(octets_one_by_one)
{
    struct sp_slice   stream = sp_str(rows[_i].stream);
    struct account    one = { .len = 0 };
    struct msrp_frame frame;
    char              room[2048];

    msrp_frame_init(&frame, room, sizeof room);
    for (size_t i = 0; i < stream.len && frame.state != MSRP_FRAMING_BROKEN; i++)
        feed(&frame, sp_slice(stream.at + i, 1), &one);
    unit_eq(sp_slice(one.text, one.len), rows[_i].account);
}
END_TEST

/* Ten chunks, among them binary and empty ones, cut at every octet and at every pair of
 * octets 1..24 apart. */
static struct sp_slice ten_chunks(void)
{
    static char stream[8192];
    size_t      len = 0;

    for (int i = 0; i < 10; i++) {
        static const char tricky[] = "\r\n-------chunk\r\n\r\n-------\r\r\n------\0-----";
        char              body[64];
        size_t            octets = (size_t)i * 5 % sizeof tricky;

        memcpy(body, tricky, octets);
        len += (size_t)snprintf(stream + len, sizeof stream - len,
                                "MSRP chunk%d SEND\r\nTo-Path: msrp://a:1/s;tcp\r\n"
                                "From-Path: msrp://b:1/t;tcp\r\nMessage-ID: m%d\r\n%s",
                                i, i, i == 7 ? "" : "Content-Type: a/b\r\n\r\n");
        if (i != 7) {
            memcpy(stream + len, body, octets);
            len += octets;
            len += (size_t)snprintf(stream + len, sizeof stream - len, "\r\n");
        }
        len += (size_t)snprintf(stream + len, sizeof stream - len, "-------chunk%d%c\r\n", i,
                                "$+#"[i % 3]);
    }
    return sp_slice(stream, len);
}

START_TEST(ten_chunks_at_every_split)
{
    struct sp_slice stream = ten_chunks();
    struct account  whole, cut;

    account_of(stream, 0, stream.len, &whole);
    ck_assert_uint_gt(whole.len, 1000);
    for (size_t a = 0; a <= stream.len; a++)
        for (size_t b = a; b <= stream.len && b <= a + 24; b++) {
            account_of(stream, a, b, &cut);
            unit_eq_slice(sp_slice(cut.text, cut.len), sp_slice(whole.text, whole.len));
        }
}
END_TEST

/* The room of a head counts its lines and the one that ends it. */
START_TEST(a_head_that_outgrows_its_room)
{
    static const char head[] = HEAD("abcd") "\r\n";

    for (size_t room = 8; room < sizeof head + 2; room++) {
        struct msrp_frame frame;
        struct account    all = { .len = 0 };
        char              shown[32];

        msrp_frame_init(&frame, unit_room(room), room);
        feed(&frame, UNIT_LIT(HEAD("abcd") "\r\nx\r\n-------abcd$\r\n"), &all);
        snprintf(shown, sizeof shown, "!LIMIT%zu", room);
        if (room < sizeof head - 1)
            unit_eq(sp_slice(all.text, all.len), shown);
        else
            unit_eq(sp_slice(all.text, all.len), SHOWN("abcd") "|1x$|1>");
    }
}
END_TEST

/* The lines that came whole are shown, so that the peer can be answered; broken stays broken. */
START_TEST(broken_for_good)
{
    struct msrp_frame frame;
    struct sp_slice   input = UNIT_LIT(HEAD("abcd") "A: b\n" HEAD("abcd"));
    char              room[256];

    msrp_frame_init(&frame, room, sizeof room);
    ck_assert(!msrp_frame_within(&frame));
    unit_eq(msrp_frame_id(&frame), "");
    ck_assert_int_eq(msrp_frame_next(&frame, &input), MSRP_FRAME_BROKEN);
    unit_eq(frame.octets, HEAD("abcd"));
    unit_eq(msrp_frame_id(&frame), "abcd");
    ck_assert_str_eq(frame.where.rule, "CRLF");
    ck_assert(msrp_frame_within(&frame));
    ck_assert_int_eq(msrp_frame_next(&frame, &input), MSRP_FRAME_BROKEN);
}
END_TEST

/* The example frames of RFC 4975, 4976 and 5547 are each one frame. */
START_TEST(examples_of_the_rfcs)
{
    DIR           *dir = opendir("tests/corpus/msrp");
    struct dirent *entry;
    int            count = 0;

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        char              path[300], room[2048];
        struct msrp_frame frame;
        struct sp_slice   input;
        size_t            ends = 0;

        if (strstr(entry->d_name, ".msrp") == NULL)
            continue;
        snprintf(path, sizeof path, "msrp/%s", entry->d_name);
        input = unit_file(path);
        msrp_frame_init(&frame, room, sizeof room);
        for (;;) {
            enum msrp_frame_event event = msrp_frame_next(&frame, &input);

            ck_assert_msg(event != MSRP_FRAME_BROKEN, "%s: octet %zu, %s", path, frame.where.octet,
                          frame.where.rule);
            ends += event == MSRP_FRAME_END;
            if (event == MSRP_FRAME_NONE)
                break;
        }
        ck_assert_msg(ends == 1 && !msrp_frame_within(&frame), "%s", path);
        /* the id of the file's name */
        ck_assert_msg(strstr(entry->d_name, "-") != NULL &&
                          sp_find_slice(sp_str(entry->d_name), msrp_frame_id(&frame)) <
                              strlen(entry->d_name),
                      "%s", path);
        count++;
    }
    closedir(dir);
    ck_assert_int_eq(count, 58);
}
END_TEST

Suite *test_msrp_frame_suite(void)
{
    Suite *suite = suite_create("msrp_frame");
    TCase *tcase = unit_tcase(suite, "msrp_frame");

    unit_loop(tcase, frames, rows);
    unit_loop(tcase, splits, rows);
    unit_loop(tcase, octets_one_by_one, rows);
    tcase_add_test(tcase, ten_chunks_at_every_split);
    tcase_add_test(tcase, a_head_that_outgrows_its_room);
    tcase_add_test(tcase, broken_for_good);
    tcase_add_test(tcase, examples_of_the_rfcs);
    return suite;
}
