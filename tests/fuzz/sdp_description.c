/* SPDX-License-Identifier: MIT
 * tests/fuzz/sdp_description.c -- session descriptions: indexed, written, their MSRP media read,
 * answered and ended. RFC 8866 9; RFC 3264; RFC 4975 8; RFC 5547. */
#include "../../sdp/sdp_exchange.h"
#include "../../sdp/sdp_file_date.h"
#include "../../sdp/sdp_file_icon.h"
#include "../../sdp/sdp_transfer.h"
#include "../../sdp/sdp_types.h"
#include "fuzz.h"

#define MEDIA      16
#define ATTRIBUTES 128

struct room {
    struct sdp           sdp;
    struct sdp_media     media[MEDIA];
    struct sdp_attribute attributes[ATTRIBUTES];
};

static enum sp_err parse(struct room *room, struct sp_slice octets, struct sp_where *where)
{
    sdp_init(&room->sdp, room->media, MEDIA, room->attributes, ATTRIBUTES);
    return sdp_parse(octets, &room->sdp, where);
}

static enum sp_err rewrite(struct sp_slice in, struct sp_buf *to, struct sp_where *where)
{
    struct room room;
    enum sp_err err = parse(&room, in, where);

    if (err == SP_OK)
        sdp_write(to, &room.sdp);
    return err;
}

static void check_attributes(const struct sdp *sdp, struct sp_slice input)
{
    fuzz_law(sdp->media_count <= MEDIA && sdp->attributes_used <= ATTRIBUTES);
    for (uint32_t i = 0; i < sdp->attributes_used; i++) {
        fuzz_law(fuzz_inside(sdp->attributes[i].name, input));
        fuzz_law(fuzz_inside(sdp->attributes[i].value, input));
        fuzz_law(sdp->attributes[i].name.len > 0);
    }
    for (uint32_t i = 0; i < sdp->media_count; i++) {
        const struct sdp_media *media = &sdp->media[i];

        fuzz_law(media->attributes + media->attribute_count <= sdp->attributes_used);
        fuzz_law(fuzz_inside(media->octets, input));
    }
}

/* The values that other grammars read: none of them leaves its octets. */
static void read_values(const struct sdp_msrp *msrp)
{
    struct sdp_file_date date;
    struct sp_slice      rest = msrp->accept_types, entry, content_id;
    struct sp_where      where = { 0, "" };
    uint64_t             from, octets;

    while (sdp_types_next(&rest, &entry))
        fuzz_law(sdp_types_allow(msrp->accept_types, entry));
    fuzz_where(sdp_file_date_parse(msrp->file_date, &date, &where), &where, msrp->file_date);
    fuzz_where(sdp_file_icon_parse(msrp->file_icon, &content_id, &where), &where, msrp->file_icon);
    if (sdp_range_of(msrp, 1000, &from, &octets) == SP_OK)
        fuzz_law(from <= 1000 && octets <= 1000 - from);
    fuzz_law(sdp_same_range(msrp, msrp));
    fuzz_law(!msrp->has_selector || sdp_file_selector_agrees(&msrp->selector, &msrp->selector));
}

/* A medium that was read can be written into a description, and is then read as the same. */
static void check_medium(const struct sdp *sdp, const struct sdp_msrp *msrp)
{
    struct sp_buf   first = fuzz_buf(sdp->session_octets.len + 4096), second = fuzz_buf(4096);
    struct room     room;
    struct sdp_msrp again;
    struct sp_where where;

    sdp_put_session(&first, &sdp->origin, sp_slice(NULL, 0),
                    &(struct sdp_connection){ SP_LIT("IN"), SP_LIT("IP4"), SP_LIT("h") });
    sdp_msrp_write(&first, msrp);
    if (first.err == SP_RANGE || first.err == SP_ROOM) /* sess-id of 2^63; more than the room */
        return;
    fuzz_law(first.err == SP_OK);
    fuzz_law(parse(&room, sp_written(&first), &where) == SP_OK && room.sdp.media_count == 1);
    fuzz_law(sdp_msrp_read(&room.sdp, &room.media[0], &again, &where) == SP_OK);
    fuzz_law(again.port == msrp->port && again.tls == msrp->tls && sp_eq(again.path, msrp->path));
    fuzz_law(again.direction == msrp->direction && again.max_size == msrp->max_size);
    fuzz_law(sp_eq(again.file_transfer_id, msrp->file_transfer_id));
    fuzz_law(sdp_same_range(&again, msrp) && again.has_selector == msrp->has_selector);
    sdp_msrp_write(&second, &again);
    sdp_msrp_write(&second, &again);
}

/* Whatever was offered, our answer answers it. */
static void check_answer(const struct sdp *offer)
{
    struct sp_buf     to = fuzz_buf(offer->session_octets.len + 16384);
    struct sdp_origin origin = {
        SP_LIT("-"), 1, 1, SP_LIT("IN"), SP_LIT("IP4"), SP_LIT("192.0.2.1")
    };
    struct sdp_connection     connection = { SP_LIT("IN"), SP_LIT("IP4"), SP_LIT("192.0.2.1") };
    struct sdp_msrp           ours[MEDIA] = { { 0 } };
    const struct sdp_answerer answerer = { &origin, &connection, sp_slice(NULL, 0),
                                           ours,    MEDIA,       true };
    struct room               room;
    struct sp_where           where;
    uint32_t                  accepted = 0;

    for (size_t i = 0; i < MEDIA; i++) {
        ours[i].port = 2855;
        ours[i].path = SP_LIT("msrp://192.0.2.1:2855/s;tcp");
        ours[i].accept_types = SP_LIT("*");
    }
    sdp_answer_write(&to, offer, &answerer, &accepted);
    if (to.err == SP_ROOM)
        return;
    fuzz_law(to.err == SP_OK && accepted <= offer->media_count);
    fuzz_law(parse(&room, sp_written(&to), &where) == SP_OK);
    fuzz_law(sdp_answer_check(offer, &room.sdp, &where) == SP_OK);
}

static void read_media(const struct sdp *sdp)
{
    struct sp_where where = { 0, "" };
    struct sdp_msrp msrp, other;

    for (uint32_t i = 0; i < sdp->media_count; i++) {
        if (sdp_msrp_read(sdp, &sdp->media[i], &msrp, &where) != SP_OK) {
            fuzz_law(where.rule[0] != '\0');
            continue;
        }
        read_values(&msrp);
        if (!sdp_is_msrp(&sdp->media[i]))
            continue;
        check_medium(sdp, &msrp);
        fuzz_law(sdp_transfer(&msrp, &msrp) != SDP_TRANSFER_WRONG);
        sdp_msrp_end(&msrp, &other);
        fuzz_law(other.port == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct sp_slice input = sp_slice(octets, len);
    struct room     room;
    struct sp_where where;
    bool            changed;

    if (fuzz_stable(input, rewrite) == SP_OK) {
        fuzz_law(parse(&room, input, &where) == SP_OK);
        check_attributes(&room.sdp, input);
        fuzz_law(sdp_reoffer_check(&room.sdp, &room.sdp, &changed, &where) == SP_OK && !changed);
        read_media(&room.sdp);
        check_answer(&room.sdp);
        (void)sdp_tells_files(&room.sdp);
    }
    fuzz_free();
    return 0;
}
