/* SPDX-License-Identifier: MIT
 * parser/sip_field.h -- the names of header fields: RFC 3261 20 and 7.3.3 (compact forms).
 *
 * One X-macro list: the 44 fields of RFC 3261 20 and those of the RFCs that this stack speaks. A
 * field that is not in it is kept like any other (SIP_FIELD_OTHER). */
#ifndef SIPUSH_PARSER_SIP_FIELD_H
#define SIPUSH_PARSER_SIP_FIELD_H

#include "../base/slice.h"

/* X(id, name, compact form or 0, comma list). A new row needs its row in the key table of
 * sip_field.c too. */
#define SIP_FIELDS(X)                                                                              \
    X(ACCEPT, "Accept", 0, 1)                                                                      \
    X(ACCEPT_CONTACT, "Accept-Contact", 'a', 1)                                                    \
    X(ACCEPT_ENCODING, "Accept-Encoding", 0, 1)                                                    \
    X(ACCEPT_LANGUAGE, "Accept-Language", 0, 1)                                                    \
    X(ALERT_INFO, "Alert-Info", 0, 1)                                                              \
    X(ALLOW, "Allow", 0, 1)                                                                        \
    X(ALLOW_EVENTS, "Allow-Events", 'u', 1)                                                        \
    X(AUTHENTICATION_INFO, "Authentication-Info", 0, 0)                                            \
    X(AUTHORIZATION, "Authorization", 0, 0)                                                        \
    X(CALL_ID, "Call-ID", 'i', 0)                                                                  \
    X(CALL_INFO, "Call-Info", 0, 1)                                                                \
    X(CONTACT, "Contact", 'm', 1)                                                                  \
    X(CONTENT_DISPOSITION, "Content-Disposition", 0, 0)                                            \
    X(CONTENT_ENCODING, "Content-Encoding", 'e', 1)                                                \
    X(CONTENT_ID, "Content-ID", 0, 0)                                                              \
    X(CONTENT_LANGUAGE, "Content-Language", 0, 1)                                                  \
    X(CONTENT_LENGTH, "Content-Length", 'l', 0)                                                    \
    X(CONTENT_TYPE, "Content-Type", 'c', 0)                                                        \
    X(CSEQ, "CSeq", 0, 0)                                                                          \
    X(DATE, "Date", 0, 0)                                                                          \
    X(ERROR_INFO, "Error-Info", 0, 1)                                                              \
    X(EVENT, "Event", 'o', 0)                                                                      \
    X(EXPIRES, "Expires", 0, 0)                                                                    \
    X(FLOW_TIMER, "Flow-Timer", 0, 0)                                                              \
    X(FROM, "From", 'f', 0)                                                                        \
    X(IN_REPLY_TO, "In-Reply-To", 0, 1)                                                            \
    X(INFO_PACKAGE, "Info-Package", 0, 0)                                                          \
    X(MAX_FORWARDS, "Max-Forwards", 0, 0)                                                          \
    X(MIME_VERSION, "MIME-Version", 0, 0)                                                          \
    X(MIN_EXPIRES, "Min-Expires", 0, 0)                                                            \
    X(MIN_SE, "Min-SE", 0, 0)                                                                      \
    X(ORGANIZATION, "Organization", 0, 0)                                                          \
    X(P_ACCESS_NETWORK_INFO, "P-Access-Network-Info", 0, 1)                                        \
    X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", 0, 1)                                            \
    X(P_ASSERTED_SERVICE, "P-Asserted-Service", 0, 1)                                              \
    X(P_ASSOCIATED_URI, "P-Associated-URI", 0, 1)                                                  \
    X(P_CHARGING_VECTOR, "P-Charging-Vector", 0, 0)                                                \
    X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", 0, 1)                                          \
    X(P_PREFERRED_SERVICE, "P-Preferred-Service", 0, 1)                                            \
    X(PATH, "Path", 0, 1)                                                                          \
    X(PRIORITY, "Priority", 0, 0)                                                                  \
    X(PRIVACY, "Privacy", 0, 0)                                                                    \
    X(PROXY_AUTHENTICATE, "Proxy-Authenticate", 0, 0)                                              \
    X(PROXY_AUTHORIZATION, "Proxy-Authorization", 0, 0)                                            \
    X(PROXY_REQUIRE, "Proxy-Require", 0, 1)                                                        \
    X(RACK, "RAck", 0, 0)                                                                          \
    X(REASON, "Reason", 0, 1)                                                                      \
    X(RECORD_ROUTE, "Record-Route", 0, 1)                                                          \
    X(RECV_INFO, "Recv-Info", 0, 1)                                                                \
    X(REFER_TO, "Refer-To", 'r', 0)                                                                \
    X(REJECT_CONTACT, "Reject-Contact", 'j', 1)                                                    \
    X(REPLACES, "Replaces", 0, 0)                                                                  \
    X(REPLY_TO, "Reply-To", 0, 0)                                                                  \
    X(REQUEST_DISPOSITION, "Request-Disposition", 'd', 1)                                          \
    X(REQUIRE, "Require", 0, 1)                                                                    \
    X(RETRY_AFTER, "Retry-After", 0, 0)                                                            \
    X(ROUTE, "Route", 0, 1)                                                                        \
    X(RSEQ, "RSeq", 0, 0)                                                                          \
    X(SECURITY_CLIENT, "Security-Client", 0, 1)                                                    \
    X(SECURITY_SERVER, "Security-Server", 0, 1)                                                    \
    X(SECURITY_VERIFY, "Security-Verify", 0, 1)                                                    \
    X(SERVER, "Server", 0, 0)                                                                      \
    X(SERVICE_ROUTE, "Service-Route", 0, 1)                                                        \
    X(SESSION_EXPIRES, "Session-Expires", 'x', 0)                                                  \
    X(SIP_ETAG, "SIP-ETag", 0, 0)                                                                  \
    X(SIP_IF_MATCH, "SIP-If-Match", 0, 0)                                                          \
    X(SUBJECT, "Subject", 's', 0)                                                                  \
    X(SUBSCRIPTION_STATE, "Subscription-State", 0, 0)                                              \
    X(SUPPORTED, "Supported", 'k', 1)                                                              \
    X(TIMESTAMP, "Timestamp", 0, 0)                                                                \
    X(TO, "To", 't', 0)                                                                            \
    X(UNSUPPORTED, "Unsupported", 0, 1)                                                            \
    X(USER_AGENT, "User-Agent", 0, 0)                                                              \
    X(VIA, "Via", 'v', 1)                                                                          \
    X(WARNING, "Warning", 0, 1)                                                                    \
    X(WWW_AUTHENTICATE, "WWW-Authenticate", 0, 0)

enum sip_field_id {
    SIP_FIELD_OTHER,
#define SIP_FIELD_ENUM(id, name, compact, list) SIP_FIELD_##id,
    SIP_FIELDS(SIP_FIELD_ENUM)
#undef SIP_FIELD_ENUM
        SIP_FIELD_COUNT
};

/* By long name or compact form, letters folded. */
enum sip_field_id sip_field_of(struct sp_slice name);
/* The long name as it is written; empty for SIP_FIELD_OTHER. */
struct sp_slice sip_field_name(enum sip_field_id id);
/* The compact form, or '\0' when there is none. */
char sip_field_compact(enum sip_field_id id);
/* True when several values may stand in one field, split by commas (RFC 3261 7.3.1). */
bool sip_field_is_list(enum sip_field_id id);

#endif
