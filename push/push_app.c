/* SPDX-License-Identifier: MIT
 * push/push_app.c -- applications that a push is for. OMA profile, inferred; RFC 3840, RFC 3841.
 *
 * Promises: a contact that declared nothing is told apart from one that has the application, which
 * RFC 3841 7.2 alone does not do. Never: writes an id that is none. */
#include "push_app.h"

#include "../parser/sip_write.h"

/* ---- every string of the profile ---------------------------------------------------------- */

#define TAG "+g.oma.pusheventapp"

static const char *const prefixes[] = { "x-oma-application:", "x-wap-application:" };

static const struct {
    const char *type, *app;
} types[] = {
    { "application/vnd.omaloc-supl-init", "ulp.ua" },
    { "application/vnd.wap.mms-message", "mms.ua" },
    { "application/vnd.syncml.notification", "syncml.dm" },
    { "application/vnd.wap.sic", "wml.ua" },
    { "application/vnd.wap.slc", "wml.ua" },
};

/* ---- lists --------------------------------------------------------------------------------- */

/* The next id of a comma list, bare; false at the end. */
static bool next_app(struct sp_slice *rest, struct sp_slice *app)
{
    while (rest->len > 0) {
        size_t comma = sp_find(*rest, ',');
        size_t i;

        *app = sp_trim(sp_head(*rest, comma));
        *rest = sp_from(*rest, comma + 1);
        for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
            if (sp_starts_nocase(*app, sp_str(prefixes[i]))) {
                *app = sp_from(*app, sp_str(prefixes[i]).len);
            }
        }
        if (app->len > 0) {
            return true;
        }
    }
    return false;
}

/* A value of a feature tag: RFC 3840 9, token-nobang. */
static bool is_app(struct sp_slice app)
{
    size_t i;

    for (i = 0; i < app.len; i++) {
        if (!sp_is_alnum(app.at[i]) && sp_find(SP_LIT("-.%*_+`'~"), app.at[i]) == 9) {
            return false;
        }
    }
    return app.len > 0;
}

void push_put_apps(struct sp_buf *to, struct sp_slice apps)
{
    struct sp_slice app;
    bool            first = true;

    while (next_app(&apps, &app)) {
        if (!is_app(app)) {
            sp_put_fail(to, SP_SYNTAX);
        }
        if (!first) {
            sp_put_char(to, ',');
        }
        sp_put(to, app);
        first = false;
    }
}

void push_put_app_contact(struct sp_buf *to, struct sp_slice apps)
{
    struct sp_slice rest = apps, app;

    if (next_app(&rest, &app)) {
        sp_put_text(to, ";" TAG "=\"");
        push_put_apps(to, apps);
        sp_put_char(to, '"');
    }
}

/* ---- requests ------------------------------------------------------------------------------ */

void push_put_app_request(struct sp_buf *to, struct sp_slice apps, enum sip_method method)
{
    struct sp_slice rest = apps, app;

    if (!next_app(&rest, &app)) {
        return;
    }
    sp_put_text(to, "Accept-Contact: *");
    push_put_app_contact(to, apps);
    /* The method in a value of its own, without explicit: devices that registered no methods stay
     * (RFC 3841 7.2.2, 7.2.4). */
    sp_put_text(to, ";require;explicit, *;methods=\"");
    sp_put(to, sip_method_name(method));
    sp_put_text(to, "\";require\r\n");
}

/* The id of `ours` that a value of the tag names too; empty: none. Ids fold case (RFC 3840 9). */
static struct sp_slice common(struct sp_slice value, struct sp_slice ours)
{
    struct sp_slice theirs = value, app;

    if (theirs.len >= 2 && theirs.at[0] == '"') {
        theirs = sp_slice(theirs.at + 1, theirs.len - 2);
    }
    while (next_app(&theirs, &app)) {
        struct sp_slice rest = ours, mine;

        while (next_app(&rest, &mine)) {
            if (sp_eq_nocase(app, mine)) {
                return mine;
            }
        }
    }
    return sp_slice(NULL, 0);
}

enum push_app push_app_of(const struct sip_msg *request, struct sp_slice ours, struct sp_slice *id)
{
    struct sip_values walk = { 0 };
    struct sp_slice   value;
    enum push_app     app = PUSH_APP_NONE;

    *id = sp_slice(NULL, 0);
    while (sip_values_next(request, SIP_FIELD_ACCEPT_CONTACT, &walk, &value)) {
        struct sp_slice  params = sp_from(value, sp_find(value, ';'));
        struct sip_param tag;

        if (!sip_param_find(params, SP_LIT(TAG), &tag)) {
            continue;
        }
        *id = common(tag.value, ours);
        if (id->len > 0) {
            return PUSH_APP_OURS;
        }
        if (sip_param_has(params, "require")) {
            app = PUSH_APP_OTHER;
        }
    }
    return app;
}

struct sp_slice push_app_of_type(struct sp_slice type)
{
    struct sp_slice bare = sp_trim(sp_head(type, sp_find(type, ';')));
    size_t          i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (sp_eq_nocase(bare, sp_str(types[i].type))) {
            return sp_str(types[i].app);
        }
    }
    return sp_slice(NULL, 0);
}
