/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_source.c -- files, references and parts, as they are sent. */
#include "../../tools/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../parser/sip_body.h"
#include "../../parser/sip_external.h"
#include "../../push/push_text.h"
#include "unit.h"

/* 5547-10-2: it is no more what its selectors say. */
START_TEST(a_file_that_changes_is_found_out)
{
    char          path[] = "/tmp/sipush-source-XXXXXX";
    int           fd = mkstemp(path);
    struct source source;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "0123456789", 10), 10);
    unit_err(source_open(&source, path, NULL, true), SP_OK);
    ck_assert(!source_changed(&source));
    ck_assert_int_eq(ftruncate(fd, _i), 0);
    ck_assert(source_changed(&source));
    source_close(&source);
    close(fd);
    unlink(path);
}
END_TEST

START_TEST(a_text_never_changes)
{
    struct source source;

    source_text(&source, "text", NULL);
    ck_assert(!source_changed(&source));
    source_close(&source);
}
END_TEST

/* Whatever a part holds, the walk over the whole hands it out again, octet for octet. */
START_TEST(parts_come_back)
{
    static char       large[100000];
    const char *const texts[] = { "", "--x\r\n\r\n--", "\r\n", "-", large };
    const char *const names[] = { "", "a b.txt", "\"q\"", "u\xC3\xBC.png", "n\ny" };
    struct source     parts[5], whole;
    struct sip_body   walk;
    struct sip_part   part;
    struct sp_where   where;
    char             *room = unit_room(200000);

    memset(large, 'x', sizeof large - 1);
    for (size_t i = 0; i < 5; i++) {
        source_text(&parts[i], texts[i], i % 2 == 0 ? "text/plain;charset=utf-8" : "image/png");
        parts[i].content.name = sp_str(names[i]);
    }
    unit_err(source_multipart(&whole, parts, 5), SP_OK);
    ck_assert(whole.content.has_sha1);
    ck_assert_uint_eq(whole.content.body.len, 0);
    unit_err(sip_body_begin(&walk, whole.content.type,
                            source_read(&whole, 0, room, (size_t)whole.content.octets), &where),
             SP_OK);
    for (size_t i = 0; i < 5; i++) {
        char          name_room[64];
        struct sp_buf name = sp_buf(name_room, sizeof name_room);

        ck_assert(sip_body_next(&walk, &part));
        unit_eq(part.body, texts[i]);
        unit_eq(sip_mime_value(part.head, "Content-Type"),
                i % 2 == 0 ? "text/plain;charset=utf-8" : "image/png");
        push_put_disposition_name(&name, sip_mime_value(part.head, "Content-Disposition"));
        unit_eq(sp_written(&name), names[i]);
    }
    ck_assert(!sip_body_next(&walk, &part));
    unit_err(walk.err, SP_OK);
    source_close(&whole);
}
END_TEST

static const char hash[] = "f7ff9e8b7bb2e09b70935a5d785e0cc5d9d0abf0"; /* of "Hello" */

/* Size, hash, type, name and a label of what is meant; another content has another label, the same
 * the same. 4483-5.4-1, 4483-5.6-1, 4483-5.6-2, 4483-5.6-3, 4483-5.7-1, 4483-5.8-1, 4483-5.9-1,
 * 4483-5.10-1, 4483-7-3, 4483-4-6 */
START_TEST(a_reference_tells)
{
    struct source         meant[3], reference;
    struct sip_media_type media;
    struct sip_external   external;
    struct sp_where       where;
    char                  ids[3][128];

    for (int i = 0; i < 3; i++) {
        struct sp_slice id;

        source_text(&meant[i], i < 2 ? "Hello" : "hello", "text/plain");
        meant[i].content.name = SP_LIT("h.txt");
        unit_err(
            source_reference(&reference, "http://a.example/h?x=1", &meant[i], NULL, 1024909200),
            SP_OK);
        unit_err(sip_media_type_parse(reference.content.type, &media, &where), SP_OK);
        unit_err(sip_external_parse(&media, reference.content.body, &external), SP_OK);
        unit_eq(external.url, "http://a.example/h?x=1");
        ck_assert_int_eq(external.expiration, 1024909200);
        ck_assert(external.has_size);
        ck_assert_uint_eq(external.size, 5);
        ck_assert_int_eq(sp_eq(external.hash, sp_str(hash)), i < 2);
        unit_eq(sip_mime_value(external.head, "Content-Type"), "text/plain");
        unit_eq(sip_mime_value(external.head, "Content-Disposition"),
                "attachment;filename=\"h.txt\"");
        unit_err(sip_content_id_parse(sip_mime_value(external.head, "Content-ID"), &id, &where),
                 SP_OK);
        ck_assert_uint_gt(sp_find(id, '@'), 16);
        snprintf(ids[i], sizeof ids[i], "%.*s", SP_ARG(id));
        source_close(&reference);
    }
    ck_assert_str_eq(ids[0], ids[1]);
    ck_assert_str_ne(ids[0], ids[2]);
}
END_TEST

/* Of what is not at hand nothing is made up. */
START_TEST(a_reference_that_knows_little)
{
    struct source         reference;
    struct sip_media_type media;
    struct sip_external   external;
    struct sp_where       where;

    unit_err(source_reference(&reference, "ftp://a.example/h.png", NULL, NULL, 1), SP_OK);
    unit_err(sip_media_type_parse(reference.content.type, &media, &where), SP_OK);
    unit_err(sip_external_parse(&media, reference.content.body, &external), SP_OK);
    ck_assert(!external.has_size);
    ck_assert_uint_eq(external.hash.len, 0);
    unit_eq(sip_mime_value(external.head, "Content-Type"), "image/png");
    unit_eq(sip_mime_value(external.head, "Content-Disposition"), "render");
    unit_eq(sip_mime_value(external.head, "Content-ID"), "");
    source_close(&reference);
    unit_err(source_reference(&reference, "http://a\r\nX: y", NULL, NULL, 1), SP_INJECTION);
    source_close(&reference);
}
END_TEST

Suite *test_tools_source_suite(void)
{
    Suite *suite = suite_create("tools_source");
    TCase *tcase = tcase_create("files");

    tcase_add_loop_test(tcase, a_file_that_changes_is_found_out, 0, 10);
    tcase_add_test(tcase, a_text_never_changes);
    tcase_add_test(tcase, parts_come_back);
    tcase_add_test(tcase, a_reference_tells);
    tcase_add_test(tcase, a_reference_that_knows_little);
    suite_add_tcase(suite, tcase);
    return suite;
}
