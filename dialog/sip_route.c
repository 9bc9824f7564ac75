/* SPDX-License-Identifier: MIT
 * dialog/sip_route.c -- a remote target and a route set become Request-URI and Route. RFC
 * 3261 12.2.1.1, 8.1.1.1. */
#include "sip_route.h"

#include <string.h>

#include "sip_texts.h"

enum sp_err sip_route_of(struct sp_slice target, struct sp_slice set, struct sip_route *route)
{
    size_t             end = sp_find(set, '\n');
    struct sip_address first;
    struct sip_uri     uri;
    struct sp_where    where;
    enum sp_err        err = sip_uri_parse(target, &uri, &where);

    memset(route, 0, sizeof(*route));
    route->request_uri = target;
    route->next = target;
    if (err != SP_OK || set.len == 0)
        return err;
    err = sip_address_parse(sp_head(set, end), &first, &where);
    if (err != SP_OK)
        return err;
    route->next = first.uri.octets;
    if (sip_param_has(first.uri.params, "lr")) {
        route->routes = set;
        return SP_OK;
    }
    route->request_uri = first.uri.octets;
    route->routes = sp_from(set, end + 1);
    route->last = target;
    return SP_OK;
}

/* The parameters of a URI but `method`. */
static void put_params(struct sp_buf *to, struct sp_slice params)
{
    struct sip_param param;

    while (sip_param_next(&params, &param)) {
        if (sp_eq_nocase(param.name, SP_LIT("method")))
            continue;
        sp_put_char(to, ';');
        sp_put(to, param.name);
        if (param.has_value) {
            sp_put_char(to, '=');
            sp_put(to, param.value);
        }
    }
}

void sip_put_request(struct sp_buf *to, struct sp_slice method, const struct sip_route *route)
{
    struct sip_uri  uri;
    struct sp_where where;
    enum sp_err     err = sip_uri_parse(route->request_uri, &uri, &where);

    if (err != SP_OK) {
        sp_put_fail(to, err);
        return;
    }
    if (uri.headers.len == 0 && !sip_param_has(uri.params, "method")) {
        sip_put_request_line(to, method, route->request_uri);
        return;
    }
    sp_put_value(to, method);
    sp_put_char(to, ' ');
    sp_put_value(to, sp_slice(uri.octets.at,
                              (size_t)(uri.params.len > 0 ? uri.params.at - uri.octets.at
                                                          : uri.headers.at - 1 - uri.octets.at)));
    put_params(to, uri.params);
    sp_put_text(to, " SIP/2.0\r\n");
}

void sip_put_route(struct sp_buf *to, const struct sip_route *route)
{
    struct sp_slice rest = route->routes;

    while (rest.len > 0) {
        size_t end = sp_find(rest, '\n');

        sip_put_field(to, SIP_FIELD_ROUTE, sp_head(rest, end));
        rest = sp_from(rest, end + 1);
    }
    if (route->last.len > 0) {
        sp_put_text(to, "Route: <");
        sp_put_value(to, route->last);
        sp_put_text(to, ">\r\n");
    }
}

static void reverse_octets(char *from, char *end)
{
    while (from < end && from < --end) {
        char c = *from;

        *from++ = *end;
        *end = c;
    }
}

void sip_put_route_set(struct sp_buf *to, const struct sip_msg *msg, bool reverse)
{
    struct sip_values walk = { 0 };
    struct sp_slice   value;
    size_t            start = to->len;

    while (sip_values_next(msg, SIP_FIELD_RECORD_ROUTE, &walk, &value)) {
        struct sip_address address;
        struct sp_where    where;

        if (sip_address_parse(value, &address, &where) != SP_OK || !address.brackets)
            sp_put_fail(to, SP_SYNTAX);
        if (to->len > start)
            sp_put_char(to, '\n');
        sip_put_unfolded(to, value);
    }
    if (!reverse || to->err != SP_OK)
        return;
    /* The whole backwards, then each value forwards again: the values change places in linear time.
     */
    reverse_octets(to->at + start, to->at + to->len);
    while (start < to->len) {
        struct sp_slice rest = sp_slice(to->at + start, to->len - start);
        size_t          end = start + sp_find(rest, '\n');

        reverse_octets(to->at + start, to->at + end);
        start = end + 1;
    }
}
