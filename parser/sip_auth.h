/* SPDX-License-Identifier: MIT
 * parser/sip_auth.h -- challenges and credentials: WWW-Authenticate, Proxy-Authenticate,
 * Authorization, Proxy-Authorization, Authentication-Info. RFC
 * 3261 20.6, 20.7, 20.27, 20.28, 20.44, 25.1; RFC 7616 3.3 to 3.5.
 *
 * One shape for all: a scheme (none in Authentication-Info), then name=value with commas between.
 * Computes nothing. */
#ifndef SIPUSH_PARSER_SIP_AUTH_H
#define SIPUSH_PARSER_SIP_AUTH_H

#include "sip_param.h"

struct sip_auth {
    struct sp_slice scheme; /* "Digest", ...; empty in Authentication-Info */
    struct sp_slice params; /* auth-param *( COMMA auth-param ) */
};

/* A challenge or credentials: auth-scheme LWS auth-param *( COMMA auth-param ). SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_auth_parse(struct sp_slice value, struct sip_auth *auth,
                                       struct sp_where *where);
/* Authentication-Info: ainfo *( COMMA ainfo ). SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_auth_info_parse(struct sp_slice value, struct sip_auth *auth,
                                            struct sp_where *where);
void                    sip_auth_write(struct sp_buf *to, const struct sip_auth *auth);

/* Walk the parameters: `rest` starts as `params`. False at the end. Values keep their quotes. */
bool sip_auth_next(struct sp_slice *rest, struct sip_param *param);
/* The value of the first parameter of this name (letters folded), quotes included; empty when
 * absent. */
struct sp_slice sip_auth_value(const struct sip_auth *auth, const char *name);
/* True when the scheme is `scheme`, letters folded. */
bool sip_auth_is(const struct sip_auth *auth, const char *scheme);

#endif
