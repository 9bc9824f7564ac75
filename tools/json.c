/* SPDX-License-Identifier: MIT
 * tools/json.c -- one JSON object a line. */
#include "json.h"

#include "utf8.h"

static void put_string(FILE *to, struct sp_slice value)
{
    size_t at = 0;

    fputc('"', to);
    while (at < value.len) {
        uint32_t code = 0;
        size_t   octets = utf8_next(sp_from(value, at), &code);

        if (octets == 0) {
            fputs("\xEF\xBF\xBD", to);
            at++;
            continue;
        }
        if (code == '"' || code == '\\')
            fprintf(to, "\\%c", (char)code);
        else if (code == '\n')
            fputs("\\n", to);
        else if (code == '\r')
            fputs("\\r", to);
        else if (code == '\t')
            fputs("\\t", to);
        else if (utf8_is_control(code))
            fprintf(to, "\\u%04x", (unsigned)code);
        else
            fwrite(value.at + at, 1, octets, to);
        at += octets;
    }
    fputc('"', to);
}

static void put_key(struct json *json, const char *key)
{
    if (json->comma)
        fputc(',', json->to);
    json->comma = true;
    if (key != NULL) {
        put_string(json->to, sp_str(key));
        fputc(':', json->to);
    }
}

struct json json_begin(FILE *to, const char *ev)
{
    struct json json = { .to = to };

    fputc('{', to);
    json_text(&json, "ev", sp_str(ev));
    json_u64(&json, "v", 1);
    return json;
}

void json_end(struct json *json)
{
    fputs("}\n", json->to);
    fflush(json->to);
}

void json_text(struct json *json, const char *key, struct sp_slice value)
{
    put_key(json, key);
    if (value.at == NULL)
        fputs("null", json->to);
    else
        put_string(json->to, value);
}

void json_u64(struct json *json, const char *key, uint64_t value)
{
    put_key(json, key);
    fprintf(json->to, "%llu", (unsigned long long)value);
}

void json_fixed(struct json *json, const char *key, double value, int decimals)
{
    put_key(json, key);
    fprintf(json->to, "%.*f", decimals, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
    put_key(json, key);
    fputs(value ? "true" : "false", json->to);
}

void json_null(struct json *json, const char *key)
{
    json_text(json, key, (struct sp_slice){ NULL, 0 });
}

void json_array(struct json *json, const char *key)
{
    put_key(json, key);
    fputc('[', json->to);
    json->comma = false;
}

void json_array_end(struct json *json)
{
    fputc(']', json->to);
    json->comma = true;
}

void json_open(struct json *json)
{
    put_key(json, NULL);
    fputc('{', json->to);
    json->comma = false;
}

void json_close(struct json *json)
{
    fputc('}', json->to);
    json->comma = true;
}
