/* SPDX-License-Identifier: MIT
 * sdp/sdp_file.h -- the file of a medium: RFC 5547 6 (file-selector, file-transfer-id,
 * file-disposition, file-date, file-icon, file-range).
 *
 * A name is percent-encoded on the wire and plain here; a hash is octets here. What a peer calls
 * a file is only a word: the name is not made safe here (tools/ does that where a path is made). */
#ifndef SIPUSH_SDP_SDP_FILE_H
#define SIPUSH_SDP_SDP_FILE_H

#include "sdp.h"

#define SDP_SHA1_OCTETS 20

struct sdp_file_selector {
    struct sp_slice name; /* as on the wire: without quotes, escapes kept; see sdp_put_file_name */
    bool            has_name;
    struct sp_slice type; /* "image/jpeg" with its parameters; empty: none */
    uint64_t        size; /* octets */
    bool            has_size;
    uint8_t         sha1[SDP_SHA1_OCTETS];
    bool            has_sha1;
    bool            other_hash; /* a hash of another algorithm was given */
    /* The value as it came. What is not empty here is written in place of all the rest, so that an
     * answer mirrors what was offered (8.3); clear it after a change. */
    struct sp_slice octets;
};

/* The value of a=file-selector; an empty value is a bare selector (capability, 8.5). "size:0" is
 * read though the grammar has no zero. SP_SYNTAX, SP_RANGE, SP_REPEATED (name, type or size
 * twice), SP_MISMATCH (two SHA-1 that differ). */
SP_MUST_USE enum sp_err sdp_file_selector_parse(struct sp_slice           value,
                                                struct sdp_file_selector *selector,
                                                struct sp_where          *where);
/* The value. `name` and `type` are written as they are on the wire: encode them first. A size of
 * 0 is left out, for it cannot be said. SP_SYNTAX or SP_INJECTION sticks when name or type is
 * not in that form. */
void sdp_file_selector_write(struct sp_buf *to, const struct sdp_file_selector *selector);

/* A file's name to its form on the wire ('"', '%', CR, LF, NUL and '/' and '\' escaped; 6) and
 * back. The plain name may hold any octet, NUL among them. */
void sdp_put_file_name_encoded(struct sp_buf *to, struct sp_slice plain);
void sdp_put_file_name(struct sp_buf *to, struct sp_slice encoded);

/* The same name once the escapes are undone? Octet for octet: RFC 8866 5 never normalises text. */
bool sdp_file_name_eq(struct sp_slice a, struct sp_slice b);

/* A Content-Type to the form of the type selector (parameters quoted and percent-encoded, no
 * white space; 6) and back. SP_SYNTAX sticks when it is none. */
void sdp_put_file_type_encoded(struct sp_buf *to, struct sp_slice content_type);
void sdp_put_file_type(struct sp_buf *to, struct sp_slice encoded);

/* Is there a selector at all? A bare one tells a capability and selects nothing (6, 8.5). */
bool sdp_file_selector_selects(const struct sdp_file_selector *selector);

/* True when `answer` names the same file as `offer`: each selector that both have agrees (8.1,
 * 8.3). Names are compared without their escapes, types without letter case and parameters. */
bool sdp_file_selector_agrees(const struct sdp_file_selector *offer,
                              const struct sdp_file_selector *answer);

#endif
