/* SPDX-License-Identifier: MIT
 * parser/sip_uri_form.c -- forming requests from a URI: RFC 3261 19.1.5. */
#include "sip_uri.h"

struct sp_slice sip_uri_method(const struct sip_uri *uri)
{
    return sip_param_value(uri->params, "method");
}

void sip_uri_write_request(struct sp_buf *to, const struct sip_uri *uri)
{
    struct sip_uri   bare = *uri;
    struct sp_slice  rest = uri->params;
    struct sip_param param;

    bare.params = bare.headers = sp_slice(NULL, 0);
    sip_uri_write(to, &bare);
    if (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS)
        return;
    while (sip_param_next(&rest, &param)) {
        if (sip_name_is(param.name, "method", 6))
            continue;
        sp_put_char(to, ';');
        sp_put_value(to, param.name);
        if (param.has_value) {
            sp_put_char(to, '=');
            sp_put_value(to, param.value);
        }
    }
}

bool sip_uri_header_is_safe(struct sp_slice name)
{
    static const char *const unsafe[] = {
        "From",
        "f",
        "Call-ID",
        "i",
        "CSeq",
        "Via",
        "v",
        "To",
        "t",
        "Record-Route",
        "Route",
        "Max-Forwards",
        "Accept",
        "Allow",
        "Accept-Encoding",
        "Accept-Language",
        "Contact",
        "m",
        "Organization",
        "Supported",
        "k",
        "User-Agent",
        "Content-Length",
        "l",
    };

    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
        if (sip_escaped_eq(name, sp_str(unsafe[i]), true))
            return false;
    return true;
}
