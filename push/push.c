/* SPDX-License-Identifier: MIT
 * push/push.c -- the choice of a mode, and whether a content is what was told. RFC 3428 8, RFC 5547
 * 6.
 *
 * Promises: a pure function; the same order always goes the same way. Never: sends a MESSAGE over
 * the limit because somebody wished it. */
#include "push.h"

#include <string.h>

const char *push_mode_name(enum push_mode mode)
{
    switch (mode) {
    case PUSH_AUTO: return "auto";
    case PUSH_PAGER: return "pager";
    case PUSH_SESSION: return "session";
    }
    return "";
}

enum sp_err push_content_check(const struct push_content *told, struct sp_slice octets)
{
    uint8_t sha1[SP_SHA1_OCTETS];

    if (told->octets != UINT64_MAX && told->octets != octets.len) {
        return SP_INTEGRITY;
    }
    sp_sha1(octets, sha1);
    return told->has_sha1 && memcmp(sha1, told->sha1, sizeof(sha1)) != 0 ? SP_INTEGRITY : SP_OK;
}

/* What stands against pager mode, or NULL. */
static const char *against_pager(const struct push_choice *choice)
{
    if (choice->part) {
        return "a transfer that goes on needs a session";
    }
    if (!choice->body_at_hand) {
        return "the content is larger than a MESSAGE may carry";
    }
    if (choice->request_octets == 0) {
        return "the MESSAGE cannot be written";
    }
    if (choice->request_octets > choice->pager_octets) {
        return "the MESSAGE would exceed the limit of RFC 3428 section 8";
    }
    return NULL;
}

enum sp_err push_choose(const struct push_choice *choice, enum push_mode *mode, const char **why)
{
    const char *against = against_pager(choice);

    *mode = PUSH_SESSION;
    *why = "session mode was asked for";
    if (choice->wanted == PUSH_SESSION) {
        return SP_OK;
    }
    if (choice->wanted == PUSH_PAGER) {
        *mode = PUSH_PAGER;
        *why = against != NULL ? against : "pager mode was asked for";
        return against != NULL ? SP_LIMIT : SP_OK;
    }
    if (choice->contents > 1) {
        /* One after the other by MESSAGE would load the signalling with what is media. */
        *why = "one session carries several contents";
        return SP_OK;
    }
    if (against != NULL) {
        *why = against;
        return SP_OK;
    }
    *mode = PUSH_PAGER;
    *why = "the whole MESSAGE is within the limit of RFC 3428 section 8";
    return SP_OK;
}
