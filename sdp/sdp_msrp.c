/* SPDX-License-Identifier: MIT
 * sdp/sdp_msrp.c -- reading and writing the block of an MSRP medium: RFC 4975 8, RFC 6135 4, RFC
 * 5547 6. */
#include "sdp_msrp.h"
#include "sdp_grammar.h"
#include "sdp_types.h"

/* The attributes that we know. */
enum known {
    SENDRECV,
    SENDONLY,
    RECVONLY,
    INACTIVE,
    SETUP,
    ACCEPT_TYPES,
    ACCEPT_WRAPPED_TYPES,
    MAX_SIZE,
    PATH,
    FILE_SELECTOR,
    FILE_TRANSFER_ID,
    FILE_DISPOSITION,
    FILE_DATE,
    FILE_ICON,
    FILE_RANGE,
    KNOWN_COUNT
};

static const char *const names[KNOWN_COUNT] = {
    [SENDRECV] = "sendrecv",
    [SENDONLY] = "sendonly",
    [RECVONLY] = "recvonly",
    [INACTIVE] = "inactive",
    [SETUP] = "setup",
    [ACCEPT_TYPES] = "accept-types",
    [ACCEPT_WRAPPED_TYPES] = "accept-wrapped-types",
    [MAX_SIZE] = "max-size",
    [PATH] = "path",
    [FILE_SELECTOR] = "file-selector",
    [FILE_TRANSFER_ID] = "file-transfer-id",
    [FILE_DISPOSITION] = "file-disposition",
    [FILE_DATE] = "file-date",
    [FILE_ICON] = "file-icon",
    [FILE_RANGE] = "file-range",
};

static const char *const setups[] = {
    [SDP_SETUP_ACTIVE] = "active",
    [SDP_SETUP_PASSIVE] = "passive",
    [SDP_SETUP_ACTPASS] = "actpass",
    [SDP_SETUP_HOLDCONN] = "holdconn",
};

static bool is_tls(struct sp_slice proto)
{
    return sp_eq_nocase(proto, SP_LIT("TCP/TLS/MSRP"));
}

bool sdp_is_msrp(const struct sdp_media *media)
{
    return sp_eq_nocase(media->media, SP_LIT("message")) &&
           (is_tls(media->proto) || sp_eq_nocase(media->proto, SP_LIT("TCP/MSRP")));
}

static enum known known(struct sp_slice name)
{
    int i = 0;

    while (i < KNOWN_COUNT && !sp_eq(name, sp_str(names[i])))
        i++;
    return (enum known)i;
}

/* Fill `where` and yield the error: for what is wrong with an attribute as a whole. */
static enum sp_err fault(enum sp_err err, const char *rule, struct sp_where *where)
{
    *where = (struct sp_where){ .octet = 0, .rule = rule };
    return err;
}

/* MSRP-URI *(SP MSRP-URI). Only the split into URIs is checked here; their grammar is the MSRP
 * floor's. */
static enum sp_err read_path(struct sp_slice value, struct sp_slice *path, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    do {
        sp_scan_text_nocase(&s, SP_LIT("msrp"), "MSRP-URI");
        if (sp_scan_peek(&s) == 's' || sp_scan_peek(&s) == 'S')
            s.at++;
        sp_scan_text_nocase(&s, SP_LIT("://"), "MSRP-URI");
        sdp_scan_non_ws(&s, "MSRP-URI");
    } while (sp_scan_try(&s, ' '));
    *path = value;
    return sp_scan_end(&s, where);
}

static enum sp_err read_types(struct sp_slice value, struct sp_slice *types, struct sp_where *where)
{
    *types = sp_trim(value);
    return sdp_types_check(value, where);
}

static enum sp_err read_setup(struct sp_slice value, enum sdp_setup *setup, struct sp_where *where)
{
    for (int i = SDP_SETUP_ACTIVE; i <= SDP_SETUP_HOLDCONN; i++) {
        if (sp_eq_nocase(value, sp_str(setups[i]))) {
            *setup = (enum sdp_setup)i;
            return SP_OK;
        }
    }
    return fault(SP_SYNTAX, "setup", where);
}

static enum sp_err read_max_size(struct sp_slice value, uint64_t *max_size, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *max_size = sp_scan_u64(&s, "max-size-value");
    return sp_scan_end(&s, where);
}

static enum sp_err read_token(struct sp_slice value, struct sp_slice *token, const char *rule,
                              struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *token = sdp_scan_token(&s, rule);
    return sp_scan_end(&s, where);
}

/* start-offset "-" stop-offset, the stop an integer or "*" */
static enum sp_err read_range(struct sp_slice value, struct sdp_msrp *msrp, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    msrp->range_from = sdp_scan_integer(&s, "start-offset");
    sp_scan_char(&s, '-', "file-range");
    if (!sp_scan_try(&s, '*')) {
        const char *from = s.at;
        msrp->range_to = sdp_scan_integer(&s, "stop-offset");
        if (msrp->range_to < msrp->range_from)
            sp_scan_fail(&s, SP_RANGE, from, "stop-offset");
    }
    return sp_scan_end(&s, where);
}

static enum sp_err read_attribute(enum known name, struct sp_slice value, struct sdp_msrp *msrp,
                                  struct sp_where *where)
{
    switch (name) {
    case SENDRECV: msrp->direction = SDP_SENDRECV; return SP_OK;
    case SENDONLY: msrp->direction = SDP_SENDONLY; return SP_OK;
    case RECVONLY: msrp->direction = SDP_RECVONLY; return SP_OK;
    case INACTIVE: msrp->direction = SDP_INACTIVE; return SP_OK;
    case SETUP: return read_setup(value, &msrp->setup, where);
    case ACCEPT_TYPES: return read_types(value, &msrp->accept_types, where);
    case ACCEPT_WRAPPED_TYPES: return read_types(value, &msrp->accept_wrapped_types, where);
    case MAX_SIZE: return read_max_size(value, &msrp->max_size, where);
    case PATH: return read_path(value, &msrp->path, where);
    case FILE_SELECTOR:
        msrp->has_selector = true;
        return sdp_file_selector_parse(value, &msrp->selector, where);
    case FILE_TRANSFER_ID:
        return read_token(value, &msrp->file_transfer_id, "file-tr-id-value", where);
    case FILE_DISPOSITION:
        return read_token(value, &msrp->file_disposition, "file-disp-value", where);
    case FILE_DATE: msrp->file_date = value; return SP_OK;
    case FILE_ICON: msrp->file_icon = value; return SP_OK;
    case FILE_RANGE: return read_range(value, msrp, where);
    case KNOWN_COUNT: break;
    }
    return SP_OK;
}

/* An attribute stands once in a block, and so does a direction. */
static unsigned mark_of(enum known name)
{
    return name <= INACTIVE ? 1u : 1u << name;
}

static enum sp_err read_block(const struct sdp *sdp, uint32_t from, uint32_t count, unsigned wanted,
                              struct sdp_msrp *msrp, unsigned *seen, struct sp_where *where)
{
    for (uint32_t i = from; i < from + count; i++) {
        const struct sdp_attribute *attribute = &sdp->attributes[i];
        enum known                  name = known(attribute->name);

        if (name == KNOWN_COUNT || (mark_of(name) & wanted) == 0)
            continue;
        msrp->fault = attribute;
        if ((mark_of(name) & *seen) != 0)
            return fault(SP_REPEATED, names[name], where);
        *seen |= mark_of(name);
        enum sp_err err = read_attribute(name, attribute->value, msrp, where);
        if (err != SP_OK)
            return err;
    }
    msrp->fault = NULL;
    return SP_OK;
}

enum sp_err sdp_msrp_read(const struct sdp *sdp, const struct sdp_media *media,
                          struct sdp_msrp *msrp, struct sp_where *where)
{
    const unsigned direction = mark_of(SENDRECV), everything = ~0u;
    unsigned       seen = 0, seen_above = 0;

    *msrp = (struct sdp_msrp){ .port = media->port, .tls = is_tls(media->proto) };
    msrp->title = media->title;
    enum sp_err err = read_block(sdp, media->attributes, media->attribute_count, everything, msrp,
                                 &seen, where);
    if (err == SP_OK && (seen & direction) == 0)
        err = read_block(sdp, 0, sdp->attribute_count, direction, msrp, &seen_above, where);
    if (err == SP_OK && msrp->path.len == 0 && msrp->port != 0)
        err = fault(SP_MISSING, "path", where);
    return err;
}

bool sdp_same_range(const struct sdp_msrp *a, const struct sdp_msrp *b)
{
    uint64_t from_a = a->range_from > 0 ? a->range_from : 1;
    uint64_t from_b = b->range_from > 0 ? b->range_from : 1;

    return from_a == from_b && a->range_to == b->range_to;
}

static void put_if(struct sp_buf *to, enum known name, struct sp_slice value)
{
    if (value.len > 0)
        sdp_put_attribute(to, names[name], value);
}

static void put_number(struct sp_buf *to, enum known name, uint64_t number)
{
    char          room[20];
    struct sp_buf digits = sp_buf(room, sizeof(room));

    sp_put_u64(&digits, number);
    sdp_put_attribute(to, names[name], sp_written(&digits));
}

static void put_direction(struct sp_buf *to, enum sdp_direction direction)
{
    switch (direction) {
    case SDP_SENDRECV: return;
    case SDP_SENDONLY: sdp_put_flag(to, names[SENDONLY]); return;
    case SDP_RECVONLY: sdp_put_flag(to, names[RECVONLY]); return;
    case SDP_INACTIVE: sdp_put_flag(to, names[INACTIVE]); return;
    }
}

static void put_selector(struct sp_buf *to, const struct sdp_file_selector *selector)
{
    sp_put_text(to, "a=file-selector");
    if (sdp_file_selector_selects(selector))
        sp_put_char(to, ':');
    sdp_file_selector_write(to, selector);
    sp_put_text(to, "\r\n");
}

static void put_range(struct sp_buf *to, uint64_t range_from, uint64_t range_to)
{
    sp_put_text(to, "a=file-range:");
    sp_put_u64(to, range_from);
    sp_put_char(to, '-');
    if (range_to > 0)
        sp_put_u64(to, range_to);
    else
        sp_put_char(to, '*');
    sp_put_text(to, "\r\n");
}

void sdp_msrp_write(struct sp_buf *to, const struct sdp_msrp *msrp)
{
    sdp_put_media(to, SP_LIT("message"), msrp->port,
                  msrp->tls ? SP_LIT("TCP/TLS/MSRP") : SP_LIT("TCP/MSRP"), SP_LIT("*"));
    if (msrp->title.len > 0) {
        sp_put_text(to, "i=");
        sp_put_value(to, msrp->title);
        sp_put_text(to, "\r\n");
    }
    put_direction(to, msrp->direction);
    if (msrp->setup != SDP_SETUP_NONE && msrp->setup != SDP_SETUP_HOLDCONN)
        sdp_put_attribute(to, names[SETUP], sp_str(setups[msrp->setup]));
    put_if(to, ACCEPT_TYPES, msrp->accept_types);
    put_if(to, ACCEPT_WRAPPED_TYPES, msrp->accept_wrapped_types);
    if (msrp->max_size > 0)
        put_number(to, MAX_SIZE, msrp->max_size);
    put_if(to, PATH, msrp->path);
    if (msrp->has_selector)
        put_selector(to, &msrp->selector);
    put_if(to, FILE_TRANSFER_ID, msrp->file_transfer_id);
    put_if(to, FILE_DISPOSITION, msrp->file_disposition);
    put_if(to, FILE_DATE, msrp->file_date);
    put_if(to, FILE_ICON, msrp->file_icon);
    if (msrp->range_from > 0)
        put_range(to, msrp->range_from, msrp->range_to);
}
