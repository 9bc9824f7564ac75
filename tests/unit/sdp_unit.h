/* SPDX-License-Identifier: MIT
 * tests/unit/sdp_unit.h -- what the tests of the sdp floor share: rooms, and the examples of the
 * RFCs.
 *
 * All here is inline, so that a build of other floors needs no object of it. */
#ifndef SIPUSH_TESTS_SDP_UNIT_H
#define SIPUSH_TESTS_SDP_UNIT_H

#include "../../sdp/sdp.h"
#include "../../sdp/sdp_msrp.h"
#include "unit.h"

/* A description with room on the heap, of exactly that many entries. */
static inline struct sdp *sdp_unit_room(uint32_t media, uint32_t attributes)
{
    struct sdp *sdp = unit_room(sizeof(*sdp));

    sdp_init(sdp, unit_room(media * sizeof(struct sdp_media)), media,
             unit_room(attributes * sizeof(struct sdp_attribute)), attributes);
    return sdp;
}

/* Parse what must parse. */
static inline struct sdp *sdp_unit_parse(struct sp_slice octets)
{
    struct sdp     *sdp = sdp_unit_room(8, 32);
    struct sp_where where = { 0, "" };
    enum sp_err     err = sdp_parse(octets, sdp, &where);

    ck_assert_msg(err == SP_OK, "%s at %zu (%s) of \"%.*s\"", sp_err_name(err), where.octet,
                  where.rule, SP_ARG(octets));
    return sdp;
}

/* Parse what must parse, and read its medium of that place, which must be MSRP. */
static inline struct sdp_msrp sdp_unit_msrp(struct sp_slice octets, uint32_t place)
{
    struct sdp     *sdp = sdp_unit_parse(octets);
    struct sdp_msrp msrp;
    struct sp_where where = { 0, "" };

    ck_assert_uint_lt(place, sdp->media_count);
    ck_assert(sdp_is_msrp(&sdp->media[place]));
    enum sp_err err = sdp_msrp_read(sdp, &sdp->media[place], &msrp, &where);
    ck_assert_msg(err == SP_OK, "%s at %zu (%s)", sp_err_name(err), where.octet, where.rule);
    return msrp;
}

/* One behind the other, in a heap block of exactly their size. */
static inline struct sp_slice sdp_unit_join(struct sp_slice a, struct sp_slice b)
{
    char *room = unit_room(a.len + b.len);

    memcpy(room, a.at, a.len);
    memcpy(room + a.len, b.at, b.len);
    return sp_slice(room, a.len + b.len);
}

/* The examples of RFC 3264, 4566, 4975, 5547, 7701 and 8866. */
static const struct sdp_unit_example {
    const char *path;
    unsigned    deviations; /* what the example itself does against RFC 8866 */
    uint32_t    media;
} sdp_unit_examples[] = {
    { "sdp/rfc3264-01.sdp", SDP_LATE_CONNECTION, 2 },
    { "sdp/rfc3264-02.sdp", SDP_EMPTY_NAME, 3 },
    { "sdp/rfc3264-03.sdp", SDP_EMPTY_NAME, 3 },
    { "sdp/rfc3264-04.sdp", SDP_EMPTY_NAME, 4 },
    { "sdp/rfc3264-05.sdp", SDP_EMPTY_NAME, 4 },
    { "sdp/rfc3264-06.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc3264-07.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc3264-08.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc3264-09.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc4566-01.sdp", 0, 2 },
    { "sdp/rfc4975-01.sdp", 0, 1 },
    { "sdp/rfc4975-02.sdp", 0, 1 },
    { "sdp/rfc4975-03.sdp", 0, 1 },
    { "sdp/rfc4975-04.sdp", 0, 1 },
    { "sdp/rfc4975-05.sdp", 0, 1 },
    { "sdp/rfc5547-01.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc5547-02.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc5547-03.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc5547-04.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc5547-05.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc5547-06.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc5547-07.sdp", SDP_EMPTY_NAME, 1 },
    { "sdp/rfc5547-08.sdp", 0, 1 },
    { "sdp/rfc7701-01.sdp", SDP_NO_TIME, 1 },
    { "sdp/rfc7701-02.sdp", SDP_NO_TIME, 1 },
    { "sdp/rfc8866-01.sdp", 0, 3 },
    { "sdp/rfc8866-02.sdp", 0, 3 },
};

#endif
