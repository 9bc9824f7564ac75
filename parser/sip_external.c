/* SPDX-License-Identifier: MIT
 * parser/sip_external.c -- message/external-body. RFC 4483 5; RFC 2017. */
#include "sip_external.h"

#include <string.h>

#include "sip_date.h"
#include "sip_mime.h"

#define SHA1_DIGITS 40

/* The value of a parameter without its quotes; what is quoted here needs no escapes. */
static struct sp_slice plain(const struct sip_media_type *media, const char *name)
{
    struct sp_slice value = sip_param_value(media->params, name);

    return value.len >= 2 && value.at[0] == '"' ? sp_slice(value.at + 1, value.len - 2) : value;
}

static bool is_hash(struct sp_slice hash)
{
    for (size_t i = 0; i < hash.len; i++)
        if (sp_hex_value(hash.at[i]) < 0)
            return false;
    return hash.len == SHA1_DIGITS;
}

enum sp_err sip_external_parse(const struct sip_media_type *media, struct sp_slice body,
                               struct sip_external *external)
{
    struct sp_where where;
    struct sp_slice size = plain(media, "size"), expiration = plain(media, "expiration");
    enum sp_err     err;

    memset(external, 0, sizeof *external);
    if (!sp_eq_nocase(media->type, SP_LIT("message")) ||
        !sp_eq_nocase(media->subtype, SP_LIT("external-body")) ||
        !sp_eq_nocase(plain(media, "access-type"), SP_LIT("URL")))
        return SP_UNSUPPORTED;
    external->url = plain(media, "URL");
    external->hash = plain(media, "hash");
    sip_mime_split(body, &external->head, &external->head_end);
    if (external->url.len == 0)
        return SP_MISSING;
    if (external->hash.len > 0 && !is_hash(external->hash))
        return SP_SYNTAX;
    if (size.len > 0) {
        external->has_size = true;
        err = sp_to_u64(size, UINT64_MAX, &external->size);
        if (err != SP_OK)
            return err;
    }
    if (expiration.len > 0) {
        err = sip_date_parse(expiration, &external->expiration, &where);
        external->has_expiration = err == SP_OK ||
                                   err == SP_MISMATCH; /* a wrong weekday changes nothing */
        return external->has_expiration ? SP_OK : err;
    }
    return SP_OK;
}

void sip_external_write_type(struct sp_buf *to, const struct sip_external *external)
{
    if (external->url.len == 0 || !external->has_expiration)
        sp_put_fail(to, SP_MISSING); /* RFC 4483 5.7: the lifetime is mandatory */
    if (external->hash.len > 0 && !is_hash(external->hash))
        sp_put_fail(to, SP_SYNTAX);
    sp_put_text(to, "message/external-body;access-type=\"URL\";expiration=\"");
    sip_date_write(to, external->expiration);
    sp_put_text(to, "\";URL=");
    sip_put_quoted(to, external->url);
    if (external->has_size) {
        sp_put_text(to, ";size=");
        sp_put_u64(to, external->size);
    }
    if (external->hash.len > 0) {
        sp_put_text(to, ";hash=");
        sp_put(to, external->hash);
    }
}

void sip_external_write_body(struct sp_buf *to, const struct sip_external *external)
{
    sp_put(to, external->head);
    sp_put(to, SP_LIT("\r\n"));
}
