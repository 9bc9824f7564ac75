/* SPDX-License-Identifier: MIT
 * tools/lint_media.c -- an m= block of MSRP under `sipush lint`. RFC 4975 8, RFC 6135 4. */
#include "lint.h"

#include "../msrp/msrp_uri.h"
#include "../sdp/sdp_msrp.h"
#include "../sdp/sdp_types.h"

#define SESSION_ID_LEAST 14 /* letters that can hold 80 bits: RFC 4975 14.1 */
#define DISCARD_PORT     9  /* of who cannot be connected to: RFC 6135 4.2.2 */

static void say(struct lint *lint, const char *at, enum sip_severity severity, const char *clause,
                const char *what, const char *rule)
{
    lint_say(lint, at, severity, clause, sp_slice(NULL, 0), what, rule);
}

/* Ours is the last URI of the path (8.2): it agrees with c= and m=. */
static void lint_own(struct lint *lint, const struct sdp *sdp, const struct sdp_media *media,
                     const struct msrp_uri *uri)
{
    const struct sdp_connection *c = media->connection.address.len > 0 ? &media->connection
                                                                       : &sdp->connection;

    if (!sp_eq_nocase(uri->host, c->address))
        say(lint, uri->octets.at, SIP_ERROR, "RFC 4975 8.1",
            "the host of the last URI is not that of c=", "");
    if (uri->port != 0 && uri->port != media->port && media->port != DISCARD_PORT)
        say(lint, uri->octets.at, SIP_ERROR, "RFC 4975 8.1",
            "the port of the last URI is not that of m=", "");
    if (uri->session_id.len == 0)
        say(lint, uri->octets.at, SIP_ERROR, "RFC 4975 8.2", "the last URI names no session",
            "session-id");
    else if (uri->session_id.len < SESSION_ID_LEAST)
        say(lint, uri->octets.at, SIP_WARNING, "RFC 4975 14.1",
            "so short a session-id cannot hold 80 random bits", "session-id");
}

static void lint_path(struct lint *lint, const struct sdp *sdp, const struct sdp_media *media,
                      struct sp_slice path)
{
    struct sp_slice rest = path, octets;
    struct msrp_uri uri;
    struct sp_where where;

    if (msrp_path_check(path, &where) != SP_OK) {
        say(lint, path.at + where.octet, SIP_ERROR, "RFC 4975 9",
            "the octets do not match the grammar", where.rule);
        return;
    }
    while (msrp_path_next(&rest, &octets)) {
        if (msrp_uri_parse(octets, &uri, &where) == SP_OK && uri.port == 0)
            say(lint, octets.at, SIP_ERROR, "RFC 4975 8.2", "a URI in a path has its port with it",
                "port");
    }
    lint_own(lint, sdp, media, &uri);
}

void lint_media(struct lint *lint, const struct sdp *sdp, const struct sdp_media *media)
{
    struct sdp_msrp msrp;
    struct sp_where where;
    enum sp_err     err;
    const char     *at = media->octets.at;

    if (!sdp_is_msrp(media) || media->port == 0)
        return;
    err = sdp_msrp_read(sdp, media, &msrp, &where);
    if (err != SP_OK) {
        if (msrp.fault != NULL)
            at = msrp.fault->value.at + where.octet;
        say(lint, at, SIP_ERROR, err == SP_MISSING ? "RFC 4975 8.2" : "RFC 4975 8",
            sp_err_words(err), where.rule);
        return;
    }
    lint_path(lint, sdp, media, msrp.path);
    if (msrp.accept_types.len == 0)
        say(lint, at, SIP_ERROR, "RFC 4975 8.6", "an m= of MSRP has accept-types", "accept-types");
    else if (!sdp_types_allow(msrp.accept_types, SP_LIT("message/cpim")))
        say(lint, msrp.accept_types.at, SIP_WARNING, "RFC 4975 8.6",
            "message/cpim, which every endpoint takes, is not said", "accept-types");
    if (msrp.setup == SDP_SETUP_NONE)
        say(lint, at, SIP_WARNING, "RFC 6135 4.2.1", "who connects is not said", "setup");
    else if (msrp.setup == SDP_SETUP_HOLDCONN)
        say(lint, at, SIP_ERROR, "RFC 6135 4.2.1", "holdconn is not of MSRP", "setup");
    if (sdp_find(sdp, media, "connection") != NULL)
        say(lint, sdp_find(sdp, media, "connection")->name.at, SIP_ERROR, "RFC 6135 4.4",
            "a=connection is not of MSRP", "");
}
