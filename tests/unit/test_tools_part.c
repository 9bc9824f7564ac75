/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_part.c -- states of parts: their text, their files, and parts that go on.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/store.h"
#include "unit.h"

#define HEX  "000102030405060708090a0b0c0d0e0f10111213"
#define HEAD "sipush-part 1\noctets 100\nsha-1 " HEX "\nsafe "

static const struct {
    const char *text;
    enum sp_err err;
    size_t      at;
    uint64_t    safe;
    const char *boot;
} states[] = {
    { HEAD "40\nboot x-1\nend\n", SP_OK, 0, 40, "x-1" },
    { HEAD "100\nend\n", SP_OK, 0, 100, "" },
    { HEAD "0\nend\n", SP_OK, 0, 0, "" },
    { HEAD "101\nend\n", SP_RANGE, 77, 0, "" },
    { HEAD "\nend\n", SP_SYNTAX, 77, 0, "" },
    { HEAD "40\nboot \nend\n", SP_SYNTAX, 85, 0, "" },
    { HEAD "40\nboot x-1\nend", SP_SYNTAX, 92, 0, "" }, /* cut */
    { HEAD "40\nboot x-1", SP_SYNTAX, 88, 0, "" },
    { HEAD "4", SP_SYNTAX, 78, 0, "" },
    { HEAD "40\nend\nmore", SP_SYNTAX, 84, 0, "" },
    { "sipush-part 2\n", SP_SYNTAX, 12, 0, "" },
    { "sipush-part 1\noctets 100\nsha-1 00", SP_SYNTAX, 33, 0, "" },
    { "sipush-part 1\noctets 100\nsha-1 0g", SP_SYNTAX, 32, 0, "" },
    { "", SP_SYNTAX, 0, 0, "" },
};

START_TEST(states_are_read)
{
    struct part     part;
    struct sp_where where;
    char            room[256];
    struct sp_buf   again = sp_buf(room, sizeof room);

    unit_err_at(part_parse(unit_text(states[_i].text), &part, &where), where, states[_i].err,
                states[_i].at);
    if (states[_i].err != SP_OK)
        return;
    ck_assert_uint_eq(part.octets, 100);
    ck_assert_uint_eq(part.safe, states[_i].safe);
    ck_assert_uint_eq(part.sha1[19], 0x13);
    ck_assert_str_eq(part.boot, states[_i].boot);
    part_put(&again, &part);
    unit_eq(sp_written(&again), states[_i].text);
}
END_TEST

/* No beginning of a state is one. */
START_TEST(no_prefix_is_one)
{
    const char     *text = states[0].text;
    struct part     part;
    struct sp_where where;

    for (size_t len = 0; len < strlen(text); len++)
        unit_err(part_parse(unit_octets(text, len), &part, &where), SP_SYNTAX);
}
END_TEST

static char             place[] = "/tmp/sipush-part.aaaaaa";
static int              folder;
static struct part_list parts;
static const char       text[] = "hello wide world";
static uint8_t          sha1[SP_SHA1_OCTETS];

#define OCTETS (sizeof text - 1)

static void set_up(void)
{
    struct sp_sha1 sum;

    (void)snprintf(place, sizeof place, "/tmp/sipush-part.%06u", (unsigned)getpid() % 1000000);
    folder = store_folder(place);
    ck_assert_int_ge(folder, 0);
    sp_sha1_init(&sum);
    sp_sha1_add(&sum, sp_str(text));
    sp_sha1_end(&sum, sha1);
}

static unsigned entries(void)
{
    DIR           *dir = opendir(place);
    struct dirent *entry;
    unsigned       count = 0;

    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void tear_down(void)
{
    DIR           *dir = opendir(place);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(folder, entry->d_name, 0);
    if (dir != NULL)
        closedir(dir);
    part_list_end(&parts);
    close(folder);
    rmdir(place);
}

/* A part that has the first `have` octets and was left. */
static void cut(size_t have)
{
    struct store_file file;

    unit_err(store_open(&file, folder, sp_str("f")), SP_OK);
    store_claim(&file, &parts, OCTETS, sha1);
    ck_assert_int_eq(file.stated, 1);
    unit_err(store_write(&file, 0, sp_slice(text, have)), SP_OK);
    store_leave(&file, &parts);
}

static enum sp_err resume(struct store_file *file)
{
    enum sp_err err = store_resume(file, folder, &parts, sp_str("f"), OCTETS, sha1);

    while (err == SP_OK && store_rehash(file, 3) == SP_PARTIAL)
        continue;
    return err;
}

/* Left anywhere, it goes on and becomes the file; also after the list was read from the folder. */
START_TEST(goes_on)
{
    struct store_file file;
    uint8_t           digest[SP_SHA1_OCTETS];
    size_t            have = (size_t)_i;

    cut(have);
    ck_assert_uint_eq(entries(), have > 0 ? 2 : 0); /* nothing is worth nothing */
    if (have % 2 == 0) {
        part_list_end(&parts);
        part_list_scan(&parts, folder);
    }
    if (have == 0) {
        unit_err(resume(&file), SP_MISSING);
        return;
    }
    unit_err(resume(&file), SP_OK);
    ck_assert_uint_eq(file.there, have);
    ck_assert_uint_eq(file.hashed, have);
    /* what comes again is what it was */
    unit_err(store_write(&file, have - 1, sp_slice(text + have - 1, OCTETS - have + 1)), SP_OK);
    unit_err(store_finish(&file, OCTETS, sha1, digest), SP_OK);
    ck_assert_str_eq(file.name, "f");
    ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* The machine stopped, or something was written out of order: what was synced counts. */
START_TEST(only_what_is_safe)
{
    struct store_file file;
    struct part       part;

    if (_i == 0) {
        cut(10);
        unit_err(part_load(folder, "f.part", &part), SP_OK);
        ck_assert_uint_eq(part.safe, 10);
        part.safe = 4;
        memcpy(part.boot, "another", 8);
        unit_err(part_save(folder, "f.part", &part, true), SP_OK);
    } else {
        unit_err(store_open(&file, folder, sp_str("f")), SP_OK);
        store_claim(&file, &parts, OCTETS, sha1);
        unit_err(store_write(&file, 0, sp_slice(text, 4)), SP_OK);
        unit_err(store_write(&file, 8, sp_slice(text + 8, 2)), SP_OK);
        store_leave(&file, &parts);
    }
    unit_err(resume(&file), SP_OK);
    ck_assert_uint_eq(file.there, 4);
    store_leave(&file, &parts);
}
END_TEST

/* Not for another file, not while it is written, not without its state, not twice. */
START_TEST(not_taken_up)
{
    struct store_file file, other;
    uint8_t           another[SP_SHA1_OCTETS] = { 1 };

    cut(5);
    unit_err(store_resume(&other, folder, &parts, sp_str("f"), OCTETS + 1, sha1), SP_MISSING);
    unit_err(store_resume(&other, folder, &parts, sp_str("f"), OCTETS, another), SP_MISSING);
    unit_err(resume(&file), SP_OK);
    unit_err(resume(&other), SP_MISSING);
    store_leave(&file, &parts);
    unit_err(resume(&file), SP_OK);
    store_drop(&file);
    ck_assert_uint_eq(entries(), 0);
    unit_err(resume(&file), SP_MISSING);

    cut(5);
    part_remove(folder, "f.part");
    unit_err(resume(&file), SP_MISSING);
    ck_assert_uint_eq(entries(), 1); /* it may be somebody's */

    cut(5); /* f~2.part */
    ck_assert_int_eq(unlinkat(folder, "f~2.part", 0), 0);
    unit_err(resume(&file), SP_MISSING);
    ck_assert_uint_eq(entries(), 1); /* a state without a part goes */
}
END_TEST

/* Ended between the link to its final name and the end of its part: it was handed over. */
START_TEST(linked_is_over)
{
    struct store_file file;

    cut(OCTETS);
    ck_assert_int_eq(linkat(folder, "f.part", folder, "f", 0), 0);
    unit_err(resume(&file), SP_MISSING);
    ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* A part that was altered is not taken for the file. */
START_TEST(altered)
{
    struct store_file file;
    uint8_t           digest[SP_SHA1_OCTETS];
    int               fd;

    cut(10);
    fd = openat(folder, "f.part", O_WRONLY);
    ck_assert_int_eq(pwrite(fd, "X", 1, 3), 1);
    close(fd);
    unit_err(resume(&file), SP_OK);
    unit_err(store_write(&file, 10, sp_slice(text + 10, OCTETS - 10)), SP_OK);
    unit_err(store_finish(&file, OCTETS, sha1, digest), SP_INTEGRITY);
    store_drop(&file);
    ck_assert_uint_eq(entries(), 0);
}
END_TEST

static void put(const char *name, const char *octets)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT, 0666);

    ck_assert_int_eq(write(fd, octets, strlen(octets)), (ssize_t)strlen(octets));
    close(fd);
}

/* It is here, under its name or a later one. */
START_TEST(here_already)
{
    struct store_file file;
    unsigned          n = 1;
    uint8_t           digest[SP_SHA1_OCTETS];

    unit_err(store_whole(&file, folder, sp_str("f"), OCTETS, &n), SP_MISSING);
    put("f", "short");
    put("f~2", "HELLO WIDE WORLD");
    put("f~3", text);
    n = 1;
    for (unsigned at = 2; at <= 3; at++) {
        unit_err(store_whole(&file, folder, sp_str("f"), OCTETS, &n), SP_OK);
        ck_assert_uint_eq(n, at + 1);
        while (store_rehash(&file, 5) == SP_PARTIAL)
            ck_assert_int_eq(store_is(&file, sha1), 0);
        ck_assert_int_eq(store_is(&file, sha1), at == 3);
        if (at == 2)
            store_drop(&file);
    }
    unit_err(store_write(&file, OCTETS - 1, sp_str("x")), SP_OK); /* nothing is written */
    unit_err(store_finish(&file, OCTETS, sha1, digest), SP_OK);
    store_drop(&file);
    ck_assert_uint_eq(entries(), 3);
}
END_TEST

Suite *test_tools_part_suite(void)
{
    Suite *suite = suite_create("tools_part");
    TCase *texts = tcase_create("texts"), *files = tcase_create("files");

    unit_loop(texts, states_are_read, states);
    tcase_add_test(texts, no_prefix_is_one);
    suite_add_tcase(suite, texts);
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_add_loop_test(files, goes_on, 0, OCTETS);
    tcase_add_loop_test(files, only_what_is_safe, 0, 2);
    tcase_add_test(files, not_taken_up);
    tcase_add_test(files, linked_is_over);
    tcase_add_test(files, altered);
    tcase_add_test(files, here_already);
    suite_add_tcase(suite, files);
    return suite;
}
