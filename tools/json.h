/* SPDX-License-Identifier: MIT
 * tools/json.h -- one JSON object a line, `"ev"` first and `"v":1` after it.
 *
 * What is written is always valid JSON (RFC 8259) in UTF-8: octets that are no UTF-8 become U+FFFD,
 * control characters are escaped. A line is flushed when it ends, so that a reader follows live. */
#ifndef SIPUSH_TOOLS_JSON_H
#define SIPUSH_TOOLS_JSON_H

#include <stdio.h>

#include "../base/slice.h"

struct json {
    FILE *to;
    bool  comma; /* something stands before in this object or array */
};

/* An object of its own line: json_begin ... json_end. */
struct json json_begin(FILE *to, const char *ev);
void        json_end(struct json *json);

/* Members. An empty slice with a null pointer is null. */
void json_text(struct json *json, const char *key, struct sp_slice value);
void json_u64(struct json *json, const char *key, uint64_t value);
/* With so many decimals; never an exponent. */
void json_fixed(struct json *json, const char *key, double value, int decimals);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* An array of objects: json_array, then for each json_open ... json_close, then json_array_end. */
void json_array(struct json *json, const char *key);
void json_array_end(struct json *json);
void json_open(struct json *json);
void json_close(struct json *json);

#endif
