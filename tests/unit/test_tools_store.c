/* SPDX-License-Identifier: MIT
 * tests/unit/test_tools_store.c -- names of peers, and files that are whole or not there. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/source.h"
#include "../../tools/store.h"
#include "unit.h"

#define N244 244

#define OCTETS(text)                                                                               \
    {                                                                                              \
        "" text, sizeof(text) - 1                                                                  \
    }

/* Names */

static const struct {
    struct sp_slice peers;
    const char     *own;
} names[] = {
    { OCTETS("plain.txt"), "plain.txt" },
    { OCTETS("../../x"), "x" },
    { OCTETS("a/../../b"), "b" },
    { OCTETS("/etc/x"), "x" },
    { OCTETS("C:\\dir\\x"), "x" },
    { OCTETS("a\0b"), "ab" },
    { OCTETS("a\nb\r"), "ab" },
    { OCTETS("\0../x"), "x" },
    { OCTETS("\0.x"), "x" },
    { OCTETS("."), "unnamed" },
    { OCTETS(".."), "unnamed" },
    { OCTETS("..."), "unnamed" },
    { OCTETS(""), "unnamed" },
    { OCTETS("/"), "unnamed" },
    { OCTETS("a/"), "unnamed" },
    { OCTETS("\n"), "unnamed" },
    { OCTETS("\xFF\xFE"), "unnamed" },
    { OCTETS(" . x "), "x" },
    { OCTETS(".hidden"), "hidden" },
    { OCTETS("x.part"), "x.part" },
    { OCTETS("x.part.state"), "x.part.state_" },
    { OCTETS("-rf"), "-rf" },
    { OCTETS("\xC3\xBC \xE2\x82\xAC"), "\xC3\xBC \xE2\x82\xAC" },
    { OCTETS("a\xFF"
             "b\xC0\xAF"),
      "ab" },
    { OCTETS("exe.\xE2\x80\xAEtxt"), "exe.txt" },
    { OCTETS("\xC2\x9B"
             "31m"),
      "31m" },
};

/* 5547-10-7 */
START_TEST(names_are_made_safe)
{
    char name[STORE_NAME];

    store_name(unit_octets(names[_i].peers.at, names[_i].peers.len), name);
    ck_assert_str_eq(name, names[_i].own);
}
END_TEST

START_TEST(long_names_are_cut_and_keep_their_ending)
{
    char            name[STORE_NAME], *long_one = unit_room(4000);
    struct sp_slice all = sp_slice(long_one, 4000);

    memset(long_one, 'n', 4000);
    store_name(all, name);
    ck_assert_uint_eq(strlen(name), N244);
    memcpy(long_one + 3996, ".jpg", 4);
    store_name(all, name);
    ck_assert_uint_eq(strlen(name), N244);
    ck_assert_str_eq(name + N244 - 4, ".jpg");
    for (size_t i = 0; i + 1 < 3996; i += 2)
        memcpy(long_one + i, "\xC3\xBC", 2);
    store_name(all, name); /* no character is cut in two */
    ck_assert_str_eq(name + strlen(name) - 6, "\xC3\xBC.jpg");
    memset(long_one, '/', 4000);
    store_name(all, name);
    ck_assert_str_eq(name, "unnamed");
}
END_TEST

/* Files: a folder for each test, and where it lies. */

static char place[] = "/tmp/sipush-unit.aaaaaa";
static int  folder;

static void set_up(void)
{
    (void)snprintf(place, sizeof place, "/tmp/sipush-unit.%06u", (unsigned)getpid() % 1000000);
    folder = store_folder(place);
    ck_assert_int_ge(folder, 0);
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
    close(folder);
    rmdir(place);
}

static struct sp_slice content_of(const char *name)
{
    char   *room = unit_room(4096);
    int     fd = openat(folder, name, O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, room, 4096) : -1;

    ck_assert_msg(n >= 0, "%s is not there", name);
    close(fd);
    return sp_slice(room, (size_t)n);
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

static void sha1_of(const char *text, uint8_t digest[SP_SHA1_OCTETS])
{
    struct sp_sha1 sha;

    sp_sha1_init(&sha);
    sp_sha1_add(&sha, sp_str(text));
    sp_sha1_end(&sha, digest);
}

/* Pieces as "offset:text", in this order; all of them are `whole`. */
static const struct {
    const char *pieces[6];
    const char *whole;
} orders[] = {
    { { NULL }, "" },
    { { "0:hello world" }, "hello world" },
    { { "0:hello", "5: world" }, "hello world" },
    { { "5: world", "0:hello" }, "hello world" },
    { { "8:rld", "3:lo wo", "0:hel" }, "hello world" },
    { { "0:hello", "0:hello", "5: world", "5: world" }, "hello world" },
    { { "0:hello w", "3:lo world" }, "hello world" },        /* half again */
    { { "0:hello", "0:JELLO", "5: world" }, "hello world" }, /* hashed is written once */
    { { "5: wXXld", "0:hello", "5: world" }, "hello world" },
    { { "0:a", "3:d", "1:bc", "4:e" }, "abcde" },
};

START_TEST(any_order_makes_the_file)
{
    struct store_file file;
    uint8_t           want[SP_SHA1_OCTETS], digest[SP_SHA1_OCTETS];
    const char       *whole = orders[_i].whole;

    unit_err(store_open(&file, folder, sp_str("f")), SP_OK);
    ck_assert_str_eq(file.name, "f.part");
    for (size_t i = 0; i < 6 && orders[_i].pieces[i] != NULL; i++) {
        const char *piece = orders[_i].pieces[i];

        unit_err(store_write(&file, (uint64_t)(piece[0] - '0'), unit_text(piece + 2)), SP_OK);
    }
    sha1_of(whole, want);
    unit_err(store_finish(&file, strlen(whole), want, digest), SP_OK);
    ck_assert_mem_eq(digest, want, sizeof digest);
    ck_assert_str_eq(file.name, "f");
    unit_eq(content_of("f"), whole);
    ck_assert_uint_eq(entries(), 1);
}
END_TEST

/* 5547-8.2.2-5: the hash of all that came is compared with the one that was told. */
START_TEST(what_differs_is_not_kept)
{
    struct store_file file;
    uint8_t           want[SP_SHA1_OCTETS], digest[SP_SHA1_OCTETS];

    sha1_of("hello", want);
    unit_err(store_open(&file, folder, sp_str("f")), SP_OK);
    unit_err(store_write(&file, 0, sp_str("jello")), SP_OK);
    unit_err(store_finish(&file, 5, want, digest), SP_INTEGRITY);
    store_drop(&file);
    store_drop(&file); /* once more does nothing */
    ck_assert_uint_eq(entries(), 0);

    unit_err(store_open(&file, folder, sp_str("f")), SP_OK);
    unit_err(store_write(&file, 0, sp_str("hello")), SP_OK);
    unit_err(store_finish(&file, 6, NULL, digest), SP_INTEGRITY); /* too short */
    unit_err(store_finish(&file, 4, NULL, digest), SP_INTEGRITY); /* too long */
    unit_err(store_write(&file, 9, sp_str("x")), SP_OK);
    unit_err(store_finish(&file, 5, NULL, digest), SP_INTEGRITY); /* something lies behind */
    store_drop(&file);
    unit_err(store_write(&file, 0, sp_str("x")), SP_STORAGE);
    ck_assert_uint_eq(entries(), 0);
}
END_TEST

START_TEST(nothing_is_written_over)
{
    struct store_file first, second, third;
    uint8_t           digest[SP_SHA1_OCTETS];
    int               fd = openat(folder, "f", O_WRONLY | O_CREAT, 0600);

    ck_assert_int_eq(write(fd, "mine", 4), 4);
    close(fd);
    ck_assert_int_eq(symlinkat("/etc/passwd", folder, "f~2"), 0);
    ck_assert_int_eq(symlinkat("elsewhere", folder, "g.part"), 0);
    unit_err(store_open(&first, folder, sp_str("f")), SP_OK);
    unit_err(store_open(&second, folder, sp_str("../f")), SP_OK); /* at the same time */
    ck_assert_str_eq(second.name, "f~2.part");
    unit_err(store_write(&first, 0, sp_str("1")), SP_OK);
    unit_err(store_write(&second, 0, sp_str("2")), SP_OK);
    unit_err(store_finish(&second, 1, NULL, digest), SP_OK);
    unit_err(store_finish(&first, 1, NULL, digest), SP_OK);
    ck_assert_str_eq(second.name, "f~3");
    ck_assert_str_eq(first.name, "f~4");
    unit_eq(content_of("f"), "mine");
    unit_eq(content_of("f~3"), "2");
    unit_eq(content_of("f~4"), "1");
    unit_err(store_open(&third, folder, sp_str("g")), SP_OK);
    ck_assert_str_eq(third.name, "g~2.part"); /* not through the link */
    store_drop(&third);
    ck_assert_int_lt(faccessat(folder, "elsewhere", F_OK, 0), 0);
}
END_TEST

/* A process ended between making a part and the first that it wrote: the next one takes the part,
 * and nothing is left in the end. What has octets or a state, or a writer, is somebody's. */
START_TEST(an_empty_part_of_nobody_is_taken)
{
    static const struct {
        const char *name, *octets, *state;
        bool        taken;
    } parts[] = {
        { "a", "", NULL, true },
        { "b", "x", NULL, false },
        { "c", "", "a state", false },
    };
    struct store_file file, other;
    uint8_t           digest[SP_SHA1_OCTETS];

    for (size_t i = 0; i < UNIT_ROWS(parts); i++) {
        char part[32], state[40];
        int  fd;

        snprintf(part, sizeof part, "%s.part", parts[i].name);
        snprintf(state, sizeof state, "%s.state", part);
        fd = openat(folder, part, O_WRONLY | O_CREAT, 0600);
        ck_assert_int_eq(write(fd, parts[i].octets, strlen(parts[i].octets)),
                         (ssize_t)strlen(parts[i].octets));
        close(fd);
        if (parts[i].state != NULL) {
            fd = openat(folder, state, O_WRONLY | O_CREAT, 0600);
            close(fd);
        }
        unit_err(store_open(&file, folder, sp_str(parts[i].name)), SP_OK);
        ck_assert_int_eq(strcmp(file.name, part) == 0, parts[i].taken);
        unit_err(store_open(&other, folder, sp_str(parts[i].name)), SP_OK); /* it has a writer */
        ck_assert_str_ne(other.name, part);
        ck_assert_str_ne(other.name, file.name);
        store_drop(&other);
        unit_err(store_write(&file, 0, sp_str("now")), SP_OK);
        unit_err(store_finish(&file, 3, NULL, digest), SP_OK);
        unit_eq(content_of(parts[i].name), "now");
        ck_assert_int_eq(faccessat(folder, part, F_OK, 0) == 0, !parts[i].taken);
    }
}
END_TEST

START_TEST(the_longest_name_fits_with_its_suffixes)
{
    struct store_file first, second;
    uint8_t           digest[SP_SHA1_OCTETS];
    struct sp_slice   name = sp_slice(memset(unit_room(4000), 'n', 4000), 4000);

    unit_err(store_open(&first, folder, name), SP_OK);
    unit_err(store_open(&second, folder, name), SP_OK);
    unit_err(store_finish(&first, 0, NULL, digest), SP_OK);
    unit_err(store_finish(&second, 0, NULL, digest), SP_OK);
    ck_assert_uint_eq(entries(), 2);
}
END_TEST

START_TEST(a_folder_with_its_parents)
{
    char path[64];
    int  fd;

    (void)snprintf(path, sizeof path, "%s/a/b/c/", place);
    fd = store_folder(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert_int_eq(unlinkat(folder, "a/b/c", AT_REMOVEDIR), 0);
    ck_assert_int_eq(unlinkat(folder, "a/b", AT_REMOVEDIR), 0);
    ck_assert_int_eq(unlinkat(folder, "a", AT_REMOVEDIR), 0);
    ck_assert_int_lt(store_folder("/etc/passwd"), 0);
    ck_assert_int_lt(store_folder("/etc/passwd/x"), 0);
}
END_TEST

/* What is sent */

START_TEST(a_file_is_known_before_it_goes)
{
    struct store_file file;
    struct source     source;
    uint8_t           want[SP_SHA1_OCTETS];
    char              path[64], octets[8];

    unit_err(store_open(&file, folder, sp_str("f.txt")), SP_OK);
    unit_err(store_write(&file, 0, sp_str("hello world")), SP_OK);
    unit_err(store_finish(&file, 11, NULL, want), SP_OK);
    (void)snprintf(path, sizeof path, "%s/f.txt", place);
    unit_err(source_open(&source, path, NULL, true), SP_OK);
    unit_eq(source.content.name, "f.txt");
    unit_eq(source.content.type, "text/plain");
    ck_assert_uint_eq(source.content.octets, 11);
    ck_assert_mem_eq(source.content.sha1, want, sizeof want);
    unit_eq(source.content.body, "hello world"); /* small: at hand */
    unit_eq(source_read(&source, 6, octets, 5), "world");
    ck_assert(source_read(&source, 7, octets, 5).at == NULL); /* it does not have so many */
    source_close(&source);
    unit_err(source_open(&source, place, NULL, true), SP_STORAGE); /* a folder */
    source_close(&source);
    unit_err(source_open(&source, "/nowhere/at/all", NULL, true), SP_STORAGE);
    source_close(&source);
    source_text(&source, "hello world", NULL);
    ck_assert_uint_eq(source.content.name.len, 0);
    ck_assert_mem_eq(source.content.sha1, want, sizeof want);
    unit_eq(source_read(&source, 6, octets, 3), "wor");
}
END_TEST

Suite *test_tools_store_suite(void)
{
    Suite *suite = suite_create("tools_store");
    TCase *tcase = unit_tcase(suite, "names"), *files = unit_tcase(suite, "files");

    unit_loop(tcase, names_are_made_safe, names);
    tcase_add_test(tcase, long_names_are_cut_and_keep_their_ending);
    tcase_add_checked_fixture(files, set_up, tear_down);
    unit_loop(files, any_order_makes_the_file, orders);
    tcase_add_test(files, what_differs_is_not_kept);
    tcase_add_test(files, nothing_is_written_over);
    tcase_add_test(files, an_empty_part_of_nobody_is_taken);
    tcase_add_test(files, the_longest_name_fits_with_its_suffixes);
    tcase_add_test(files, a_folder_with_its_parents);
    tcase_add_test(files, a_file_is_known_before_it_goes);
    return suite;
}
