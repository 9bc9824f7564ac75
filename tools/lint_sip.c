/* SPDX-License-Identifier: MIT
 * tools/lint_sip.c -- SIP messages under `sipush lint`, and the bodies they carry. */
#include "lint.h"

#include <stdlib.h>

#include "../parser/sip_body.h"
#include "../parser/sip_cpim.h"
#include "../parser/sip_external.h"
#include "../parser/sip_stream.h"

#define FIELDS   4000
#define FINDINGS 1000
#define LARGEST  ((size_t)1 << 28)

static void say_body(struct lint *lint, struct sp_slice body, size_t octet, const char *clause,
                     const char *what, const char *rule)
{
    lint_say(lint, body.at + octet, SIP_ERROR, clause, sp_slice(NULL, 0), what, rule);
}

/* message/external-body, of the access-type that RFC 4483 is about: the others are let through. */
static void lint_external(struct lint *lint, const struct sip_part *part)
{
    struct sip_external external;

    switch (sip_external_parse(&part->media, part->body, &external)) {
    case SP_OK:
        if (!external.has_expiration)
            say_body(lint, part->body, 0, "RFC 4483 5.7", "the reference has no expiration", "");
        return;
    case SP_UNSUPPORTED: return;
    case SP_MISSING:
        say_body(lint, part->body, 0, "RFC 4483 5.4", "the reference has no URL", "");
        return;
    default:
        say_body(lint, part->body, 0, "RFC 4483 5", "expiration, size or hash cannot be read", "");
        return;
    }
}

/* One part of a body by its media type; types that are not known here are let through. */
static void lint_part(struct lint *lint, const struct sip_part *part)
{
    struct sip_field fields[200];
    struct sip_msg   msg;
    struct sip_cpim  cpim;
    struct sp_where  where;
    bool             message = sp_eq_nocase(part->media.type, SP_LIT("message"));

    if (sp_eq_nocase(part->media.type, SP_LIT("application")) &&
        sp_eq_nocase(part->media.subtype, SP_LIT("sdp")))
        lint_sdp(lint, part->body);
    if (message && sp_eq_nocase(part->media.subtype, SP_LIT("cpim")) &&
        sip_cpim_parse(part->body, &cpim, &where) != SP_OK)
        say_body(lint, part->body, where.octet, "RFC 3862 2", "the wrapper is malformed",
                 where.rule);
    sip_msg_init(&msg, fields, sizeof fields / sizeof fields[0]);
    if (message && sp_eq_nocase(part->media.subtype, SP_LIT("sipfrag")) &&
        sip_frag_parse(part->body, &msg, &where) != SP_OK)
        say_body(lint, part->body, where.octet, "RFC 3420 2", "the fragment is malformed",
                 where.rule);
    if (message && sp_eq_nocase(part->media.subtype, SP_LIT("external-body")))
        lint_external(lint, part);
}

static void lint_body(struct lint *lint, const struct sip_msg *msg)
{
    struct sp_slice type = sip_msg_value(msg, SIP_FIELD_CONTENT_TYPE);
    struct sip_body walk;
    struct sip_part part;
    struct sp_where where;

    if (msg->body.len == 0 || type.len == 0 ||
        sip_msg_find(msg, SIP_FIELD_CONTENT_ENCODING) != NULL)
        return; /* a type that cannot be read has been told */
    if (sip_body_begin(&walk, type, msg->body, &where) != SP_OK) {
        if (sp_eq(sp_str(where.rule), SP_LIT("boundary")))
            lint_say(lint, type.at, SIP_ERROR, "RFC 2046 5.1.1", sp_slice(NULL, 0),
                     "a multipart needs a boundary of 1 to 70 characters", "boundary");
        return;
    }
    while (sip_body_next(&walk, &part))
        lint_part(lint, &part);
    if (walk.err == SP_PARTIAL)
        say_body(lint, msg->body, msg->body.len, "RFC 2046 5.1.1", "a closing boundary is missing",
                 "");
    else if (walk.err != SP_OK)
        say_body(lint, msg->body, 0, "RFC 2046 5.1", "the Content-Type of a part cannot be read",
                 "");
}

static int by_place(const void *one, const void *other)
{
    const struct sip_finding *a = one, *b = other;

    if (a->octets.at != b->octets.at)
        return a->octets.at < b->octets.at ? -1 : 1;
    return a->field < b->field ? -1 : a->field > b->field;
}

void lint_sip(struct lint *lint, struct sp_slice octets)
{
    static struct sip_field   fields[FIELDS];
    static struct sip_finding findings[FINDINGS];
    struct sip_msg            msg;
    struct sip_check          check = { .all = true, .stream = lint->stream, .given = octets };

    lint->messages++;
    check.findings = findings;
    check.room = FINDINGS;
    sip_msg_init(&msg, fields, FIELDS);
    check.err = sip_msg_parse(octets, &msg, &check.where);
    sip_check(&msg, &check);
    if (check.count > FINDINGS)
        check.count = FINDINGS;
    qsort(findings, check.count, sizeof findings[0], by_place);
    for (uint32_t i = 0; i < check.count; i++) {
        const struct sip_finding *found = &findings[i];

        lint_say(lint, found->octets.at, found->severity, found->clause,
                 sip_field_name(found->field), found->what, found->rule);
    }
    lint_body(lint, &msg);
}

void lint_sip_stream(struct lint *lint, struct sp_slice octets)
{
    struct sip_stream stream = { .buffer = NULL };
    struct sp_slice   frame;
    enum sp_err       err;
    uint64_t          errors;

    for (;;) {
        switch (sip_stream_next(&stream, &octets, LARGEST, &frame, &err)) {
        case SIP_FRAME_NONE: return;
        case SIP_FRAME_PING: break;
        case SIP_FRAME_MESSAGE: lint_sip(lint, frame); break;
        case SIP_FRAME_BUFFER: /* it is cut: said by its own check */
            lint_sip(lint, octets);
            return;
        case SIP_FRAME_BROKEN:
            errors = lint->errors;
            if (frame.len > 0)
                lint_sip(lint, frame);
            if (lint->errors == errors)
                lint_say(lint, frame.at, SIP_ERROR, "RFC 3261 18.3", sp_slice(NULL, 0),
                         "no message begins here; what follows is not read", "");
            return;
        }
    }
}
