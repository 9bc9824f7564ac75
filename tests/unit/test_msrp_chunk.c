/* SPDX-License-Identifier: MIT
 * tests/unit/test_msrp_chunk.c -- a message into chunks that stop after any octet: RFC
 * 4975 5.1, 7.1, 7.1.1. */
#include "../../msrp/msrp_chunk.h"

#include "../../msrp/msrp_frame.h"
#include "unit.h"

#define LIT(text)                                                                                  \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const uint8_t random_octets[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

static const struct msrp_request head = { .to_path = LIT("msrp://a:1/s;tcp"),
                                          .from_path = LIT("msrp://b:1/t;tcp"),
                                          .message_id = LIT("1234"),
                                          .content_type = LIT("a/b") };

#define ID(n) "0123456789abcdefm1." n
#define HEAD(n)                                                                                    \
    "MSRP " ID(n) " SEND\r\nTo-Path: msrp://a:1/s;tcp\r\nFrom-Path: msrp://b:1/t;tcp\r\n"          \
                  "Message-ID: 1234\r\n"
#define TYPE          "Content-Type: a/b\r\n\r\n"
#define TAIL(n, flag) "\r\n-------" ID(n) flag "\r\n"

/* A stream on the wire, and the pieces put into it. */
struct wire {
    char          room[65536];
    struct sp_buf to;
};

static void put_piece(struct wire *wire, struct msrp_chunker *chunker, struct sp_slice octets,
                      uint64_t most, bool cut, struct msrp_piece *piece)
{
    char          room[1024];
    struct sp_buf text = sp_buf(room, sizeof room);

    msrp_chunker_piece(chunker, octets, most, cut, &text, piece);
    unit_err(text.err, SP_OK);
    sp_put(&wire->to, piece->head);
    sp_put(&wire->to, piece->body);
    sp_put(&wire->to, piece->tail);
    unit_err(wire->to.err, SP_OK);
}

static void begin(struct wire *wire, struct msrp_chunker *chunker, uint64_t total)
{
    wire->to = sp_buf(wire->room, sizeof wire->room);
    msrp_chunker_init(chunker, &head, total, random_octets, SP_LIT("m1"));
}

/* 4975-7.1-9, 4975-7.1-10, 4975-7.1-11, 4975-7.1.1-13 */
START_TEST(one_chunk)
{
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;

    begin(&wire, &chunker, 5);
    put_piece(&wire, &chunker, unit_text("hello"), 100, false, &piece);
    ck_assert(piece.begins);
    ck_assert_int_eq(piece.flag, '$');
    unit_eq(sp_written(&wire.to), HEAD("1") "Byte-Range: 1-5/5\r\n" TYPE "hello" TAIL("1", "$"));
    ck_assert_int_eq(chunker.state, MSRP_CHUNK_ENDED);
}
END_TEST

/* 4975-7.1.1-17 */
START_TEST(no_octets)
{
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;

    begin(&wire, &chunker, 0);
    put_piece(&wire, &chunker, (struct sp_slice){ 0 }, 100, false, &piece);
    unit_eq(sp_written(&wire.to), HEAD("1") "Byte-Range: 1-0/0\r\n" TYPE TAIL("1", "$"));
}
END_TEST

/* A chunk of several pieces, cut, resumed: 4975-7.1-13, 4975-7.1.1-2, 4975-7.1.1-11, 4975-7.1.1-12,
 * 4975-7.1.1-14
 */
START_TEST(stops_and_resumes)
{
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;

    begin(&wire, &chunker, 8);
    put_piece(&wire, &chunker, unit_text("ab"), 100, false, &piece);
    ck_assert_int_eq(piece.flag, '\0');
    put_piece(&wire, &chunker, unit_text("cd"), 100, false, &piece);
    ck_assert(!piece.begins);
    msrp_chunker_end(&chunker, '+', &wire.to);
    put_piece(&wire, &chunker, unit_text("EFGHand more"), 100, false, &piece);
    unit_eq(piece.body, "EFGH");
    unit_eq(sp_written(&wire.to), HEAD("1") "Byte-Range: 1-*/8\r\n" TYPE "abcd" TAIL("1", "+")
                                      HEAD("2") "Byte-Range: 5-8/8\r\n" TYPE "EFGH" TAIL("2", "$"));
}
END_TEST

START_TEST(at_most)
{
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;

    begin(&wire, &chunker, 8);
    put_piece(&wire, &chunker, unit_text("abcdEFGH"), 4, false, &piece);
    unit_eq(piece.body, "abcd");
    ck_assert_int_eq(piece.flag, '+');
    put_piece(&wire, &chunker, unit_text("EF"), 4, true, &piece);
    ck_assert_int_eq(piece.flag, '+');
    unit_eq(sp_written(&wire.to), HEAD("1") "Byte-Range: 1-4/8\r\n" TYPE "abcd" TAIL("1", "+")
                                      HEAD("2") "Byte-Range: 5-6/8\r\n" TYPE "EF" TAIL("2", "+"));
}
END_TEST

/* More than 2048 octets: interruptible, and said so. 4975-5.1-1, 4975-7.1.1-18 */
START_TEST(large)
{
    static char         body[2049];
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;

    begin(&wire, &chunker, 2048);
    put_piece(&wire, &chunker, sp_slice(body, 2048), 4096, false, &piece);
    ck_assert_uint_lt(sp_find_slice(sp_written(&wire.to), SP_LIT("Byte-Range: 1-2048/2048\r\n")),
                      wire.to.len);
    begin(&wire, &chunker, 2049);
    put_piece(&wire, &chunker, sp_slice(body, 2049), 4096, false, &piece);
    ck_assert_uint_lt(sp_find_slice(sp_written(&wire.to), SP_LIT("Byte-Range: 1-*/2049\r\n")),
                      wire.to.len);
}
END_TEST

/* 4975-7.1-12 */
START_TEST(gives_up)
{
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;

    begin(&wire, &chunker, 8);
    put_piece(&wire, &chunker, unit_text("ab"), 100, false, &piece);
    msrp_chunker_end(&chunker, '#', &wire.to);
    unit_eq(sp_written(&wire.to), HEAD("1") "Byte-Range: 1-*/8\r\n" TYPE "ab" TAIL("1", "#"));
    ck_assert_int_eq(chunker.state, MSRP_CHUNK_ENDED);
    /* between two chunks: a chunk of no octets says so */
    begin(&wire, &chunker, 8);
    put_piece(&wire, &chunker, unit_text("ab"), 2, false, &piece);
    wire.to.len = 0;
    msrp_chunker_end(&chunker, '+', &wire.to);
    ck_assert_uint_eq(wire.to.len, 0);
    msrp_chunker_end(&chunker, '#', &wire.to);
    unit_eq(sp_written(&wire.to), HEAD("2") "Byte-Range: 1-0/8\r\n" TYPE TAIL("2", "#"));
    /* before the first nobody knows of it */
    begin(&wire, &chunker, 8);
    msrp_chunker_end(&chunker, '#', &wire.to);
    ck_assert_uint_eq(wire.to.len, 0);
    ck_assert_int_eq(chunker.state, MSRP_CHUNK_ENDED);
}
END_TEST

/* Read a stream back into the body that it carries. */
static void read_back(struct sp_slice stream, struct sp_slice want, size_t *chunks)
{
    char              room[1024], got[8192];
    size_t            len = 0;
    struct msrp_frame frame;

    *chunks = 0;
    msrp_frame_init(&frame, room, sizeof room);
    for (;;) {
        struct msrp_head read;
        struct sp_where  where;

        switch (msrp_frame_next(&frame, &stream)) {
        case MSRP_FRAME_HEAD:
            unit_err(msrp_head_parse(frame.octets, &read, &where), SP_OK);
            ck_assert_uint_eq(read.range.from, len + 1);
            ++*chunks;
            break;
        case MSRP_FRAME_BODY:
            ck_assert_uint_le(len + frame.octets.len, sizeof got);
            memcpy(got + len, frame.octets.at, frame.octets.len);
            len += frame.octets.len;
            break;
        case MSRP_FRAME_END: break;
        case MSRP_FRAME_NONE:
            ck_assert(!msrp_frame_within(&frame));
            unit_eq_slice(sp_slice(got, len), want);
            return;
        case MSRP_FRAME_BROKEN: ck_abort(); break;
        }
    }
}

/* A body that holds end-lines of its own chunks, in pieces of every size: the chunk is cut before,
 * and the rest goes under another id. 4975-7.1-14, 4975-7.1-15 */
START_TEST(never_its_own_end_line)
{
    static const char body[] = "x\r\n-------" ID("1") "$\r\n\r\n-------" ID("2") "+\r\n-------" ID(
        "3") "#\r\n--------" ID("1") "-------" ID("4") "-------" ID("5") "-------";
    size_t              octets = (size_t)_i;
    struct sp_slice     rest = unit_octets(body, sizeof body - 1);
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;
    size_t              chunks;

    begin(&wire, &chunker, rest.len);
    while (rest.len > 0) {
        put_piece(&wire, &chunker, sp_head(rest, octets), 4096, false, &piece);
        rest = sp_from(rest, piece.body.len);
    }
    read_back(sp_written(&wire.to), sp_slice(body, sizeof body - 1), &chunks);
    ck_assert_uint_eq(chunks, 6);
}
END_TEST

/* Cut after any octet, and after any two. */
START_TEST(cut_anywhere)
{
    static const char body[] = "\r\n-------\r\n\r\n0123456789abcdef-------\r";
    const size_t      len = sizeof body - 1;

    for (size_t a = 0; a <= len; a++)
        for (size_t b = a; b <= len; b++) {
            size_t              stops[] = { a, b, len }, at = 0, chunks;
            struct msrp_chunker chunker;
            struct wire         wire;
            struct msrp_piece   piece;

            begin(&wire, &chunker, len);
            for (int i = 0; i < 3; i++) {
                if (stops[i] == at)
                    continue;
                put_piece(&wire, &chunker, sp_slice(body + at, stops[i] - at), 4096, false, &piece);
                at = stops[i];
                if (i < 2 && chunker.state == MSRP_CHUNK_WITHIN)
                    msrp_chunker_end(&chunker, '+', &wire.to);
            }
            read_back(sp_written(&wire.to), sp_slice(body, len), &chunks);
            ck_assert_uint_eq(chunks, 1u + (a > 0 && a < len) + (b > a && b < len));
        }
}
END_TEST

static const struct {
    const char *id;
    bool        ours;
    const char *stem;
    uint32_t    number;
} ids[] = {
    { ID("1"), true, ID(""), 1 },
    { ID("ffffffff"), true, ID(""), UINT32_MAX },
    { "0123456789abcdef.0", true, "0123456789abcdef.", 0 },
    { ID(""), false, "", 0 },
    { ID("123456789"), false, "", 0 },
    { ID("1x"), false, "", 0 },
    { "abcd", false, "", 0 },
    { "abcd.1", false, "", 0 },
};

START_TEST(reads_ids)
{
    struct sp_slice stem;
    uint32_t        number;

    ck_assert(msrp_chunk_id_read(unit_text(ids[_i].id), &stem, &number) == ids[_i].ours);
    if (!ids[_i].ours)
        return;
    unit_eq(stem, ids[_i].stem);
    ck_assert_uint_eq(number, ids[_i].number);
}
END_TEST

/* An id has 64 random bits and is one by grammar, however many chunks. 4975-7.1-2 */
START_TEST(ids_stay_idents)
{
    struct msrp_chunker chunker;
    struct wire         wire;
    struct msrp_piece   piece;

    begin(&wire, &chunker, 3);
    msrp_chunker_init(&chunker, &head, 3, random_octets, SP_LIT("mffffff"));
    chunker.number = UINT32_MAX - 1;
    put_piece(&wire, &chunker, unit_text("a"), 1, false, &piece);
    ck_assert(msrp_is_ident(msrp_chunker_id(&chunker)));
    unit_eq(msrp_chunker_id(&chunker), "0123456789abcdefmffffff.ffffffff");
}
END_TEST

Suite *test_msrp_chunk_suite(void)
{
    Suite *suite = suite_create("msrp_chunk");
    TCase *tcase = unit_tcase(suite, "msrp_chunk");

    tcase_add_test(tcase, one_chunk);
    tcase_add_test(tcase, no_octets);
    tcase_add_test(tcase, stops_and_resumes);
    tcase_add_test(tcase, at_most);
    tcase_add_test(tcase, large);
    tcase_add_test(tcase, gives_up);
    tcase_add_loop_test(tcase, never_its_own_end_line, 1, 300);
    tcase_add_test(tcase, cut_anywhere);
    unit_loop(tcase, reads_ids, ids);
    tcase_add_test(tcase, ids_stay_idents);
    return suite;
}
