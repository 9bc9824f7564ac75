/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_text.c -- what peers sent, on its way to terminals and into JSON. */
#include <stdio.h>

#include "../../tools/json.h"
#include "../../tools/media.h"
#include "../../tools/term.h"
#include "../../tools/utf8.h"
#include "unit.h"

/* A stream into memory, and what was written. */
static char  *room;
static size_t octets;

static FILE *open_room(void)
{
    FILE *to = open_memstream(&room, &octets);

    ck_assert(to != NULL);
    return to;
}

static struct sp_slice written(FILE *to)
{
    ck_assert_int_eq(fclose(to), 0);
    unit_adopt(room);
    return sp_slice(room, octets);
}

/* Characters */

static const struct {
    struct sp_slice octets;
    size_t          len; /* 0: none */
    uint32_t        code;
} characters[] = {
    { { "a", 1 }, 1, 'a' },
    { { "\0", 1 }, 1, 0 },
    { { "\xC3\xBC", 2 }, 2, 0xfc },
    { { "\xE2\x82\xAC!", 4 }, 3, 0x20ac },
    { { "\xF0\x9F\x98\x80", 4 }, 4, 0x1f600 },
    { { "", 0 }, 0, 0 },
    { { "\x80", 1 }, 0, 0 },                 /* a middle */
    { { "\xC3", 1 }, 0, 0 },                 /* cut */
    { { "\xC3(", 2 }, 0, 0 },                /* no middle */
    { { "\xC0\xAF", 2 }, 0, 0 },             /* '/' overlong */
    { { "\xE0\x80\xAF", 3 }, 0, 0 },         /* and again */
    { { "\xED\xA0\x80", 3 }, 0, 0 },         /* a surrogate */
    { { "\xF4\x90\x80\x80", 4 }, 0, 0 },     /* past U+10FFFF */
    { { "\xF8\x88\x80\x80\x80", 5 }, 0, 0 }, /* five octets */
};

START_TEST(characters_of_utf8)
{
    struct sp_slice in = unit_octets(characters[_i].octets.at, characters[_i].octets.len);
    uint32_t        code = 0;

    ck_assert_uint_eq(utf8_next(in, &code), characters[_i].len);
    if (characters[_i].len > 0)
        ck_assert_uint_eq(code, characters[_i].code);
}
END_TEST

START_TEST(controls)
{
    static const uint32_t yes[] = {
        0, 0x1b, 0x1f, 0x7f, 0x80, 0x9f, 0x2028, 0x202e, 0x2066, 0xfeff
    };
    static const uint32_t no[] = { ' ', '~', 0xa0, 0xfc, 0x2026, 0x20ac, 0x1f600 };

    for (size_t i = 0; i < UNIT_ROWS(yes); i++)
        ck_assert(utf8_is_control(yes[i]));
    for (size_t i = 0; i < UNIT_ROWS(no); i++)
        ck_assert(!utf8_is_control(no[i]));
}
END_TEST

/* A terminal */

static const struct {
    struct sp_slice in;
    const char     *out;
} shown[] = {
    { { "plain", 5 }, "plain" },
    { { "a\0b", 3 }, "a\\x00b" },
    { { "\033[31mred", 8 }, "\\x1B[31mred" },
    { { "two\nlines\r\n", 11 }, "two\\x0Alines\\x0D\\x0A" },
    { { "back\\slash", 10 }, "back\\x5Cslash" },
    { { "\xC3\xBC", 2 }, "\xC3\xBC" },
    { { "\xC2\x9B"
        "31m",
        5 },
      "\\xC2\\x9B31m" },                                         /* CSI in one character */
    { { "exe.\xE2\x80\xAEtxt", 10 }, "exe.\\xE2\\x80\\xAEtxt" }, /* turned round */
    { { "\xFF\xFE", 2 }, "\\xFF\\xFE" },
    { { "", 0 }, "" },
};

START_TEST(control_characters_never_reach_a_terminal)
{
    FILE *to = open_room();

    term_put(to, unit_octets(shown[_i].in.at, shown[_i].in.len));
    unit_eq(written(to), shown[_i].out);
}
END_TEST

START_TEST(lines_stay_lines)
{
    FILE *to = open_room();

    term_put_lines(to, unit_text("a: 1\r\nb\r: 2\r\n\r\nlast\033"), "> ");
    unit_eq(written(to), "> a: 1\n> b\\x0D: 2\n> \n> last\\x1B\n");
}
END_TEST

START_TEST(no_colour_where_there_is_no_terminal)
{
    FILE *to = open_room();

    term_word(to, TERM_GOOD, "delivered");
    unit_eq(written(to), "delivered");
}
END_TEST

START_TEST(sizes_for_people)
{
    static const struct {
        uint64_t    value;
        const char *text;
    } rows[] = {
        { 0, "0 octets" },          { 1023, "1023 octets" }, { 1024, "1.0 KiB" },
        { 1536, "1.5 KiB" },        { 1048576, "1.0 MiB" },  { 1073741824, "1.0 GiB" },
        { UINT64_MAX, "16.0 EiB" },
    };
    char text[24];

    for (size_t i = 0; i < UNIT_ROWS(rows); i++)
        ck_assert_str_eq(term_size(text, sizeof text, rows[i].value), rows[i].text);
}
END_TEST

/* JSON */

START_TEST(an_object_a_line)
{
    FILE       *to = open_room();
    struct json json = json_begin(to, "result");

    json_text(&json, "text", unit_text("say \"hi\"\\"));
    json_text(&json, "none", sp_slice(NULL, 0));
    json_u64(&json, "most", UINT64_MAX);
    json_fixed(&json, "rate", 1234567.891, 1);
    json_bool(&json, "yes", true);
    json_null(&json, "null");
    json_array(&json, "files");
    json_open(&json);
    json_u64(&json, "a", 1);
    json_close(&json);
    json_open(&json);
    json_close(&json);
    json_array_end(&json);
    json_u64(&json, "exit", 0);
    json_end(&json);
    unit_eq(written(to), "{\"ev\":\"result\",\"v\":1,\"text\":\"say \\\"hi\\\"\\\\\",\"none\":null,"
                         "\"most\":18446744073709551615,\"rate\":1234567.9,\"yes\":true,"
                         "\"null\":null,\"files\":[{\"a\":1},{}],\"exit\":0}\n");
}
END_TEST

static const struct {
    struct sp_slice in;
    const char     *out;
} strings[] = {
    { { "a\0b", 3 }, "a\\u0000b" },
    { { "\r\n\t\033", 4 }, "\\r\\n\\t\\u001b" },
    { { "\x7f", 1 }, "\\u007f" },
    { { "\xC2\x85", 2 }, "\\u0085" },
    { { "\xE2\x80\xA8", 3 }, "\\u2028" },
    { { "\xC3\xBC", 2 }, "\xC3\xBC" },
    { { "\xFFx\xC3", 3 }, "\xEF\xBF\xBDx\xEF\xBF\xBD" },
    { { "</script>", 9 }, "</script>" },
};

START_TEST(any_octets_become_a_valid_string)
{
    FILE       *to = open_room();
    struct json json = { .to = to };
    char        want[64];

    json_text(&json, "k", unit_octets(strings[_i].in.at, strings[_i].in.len));
    (void)snprintf(want, sizeof want, "\"k\":\"%s\"", strings[_i].out);
    unit_eq(written(to), want);
}
END_TEST

/* Media types */

START_TEST(types_by_ending_and_back)
{
    ck_assert_str_eq(media_type(sp_str("a.txt")), "text/plain");
    ck_assert_str_eq(media_type(sp_str("A.JPEG")), "image/jpeg");
    ck_assert_str_eq(media_type(sp_str("archive.tar.gz")), "application/gzip");
    ck_assert_str_eq(media_type(sp_str(".txt")), "application/octet-stream");
    ck_assert_str_eq(media_type(sp_str("txt")), "application/octet-stream");
    ck_assert_str_eq(media_type(sp_str("")), "application/octet-stream");
    ck_assert_str_eq(media_ending(sp_str("text/plain;charset=utf-8")), ".txt");
    ck_assert_str_eq(media_ending(sp_str("IMAGE/JPEG ; q=1")), ".jpg");
    ck_assert_str_eq(media_ending(sp_str("x/y")), "");
}
END_TEST

Suite *test_tools_text_suite(void)
{
    Suite *suite = suite_create("tools_text");
    TCase *tcase = unit_tcase(suite, "text");

    unit_loop(tcase, characters_of_utf8, characters);
    tcase_add_test(tcase, controls);
    unit_loop(tcase, control_characters_never_reach_a_terminal, shown);
    tcase_add_test(tcase, lines_stay_lines);
    tcase_add_test(tcase, no_colour_where_there_is_no_terminal);
    tcase_add_test(tcase, sizes_for_people);
    tcase_add_test(tcase, an_object_a_line);
    unit_loop(tcase, any_octets_become_a_valid_string, strings);
    tcase_add_test(tcase, types_by_ending_and_back);
    return suite;
}
