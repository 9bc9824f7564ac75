/* SPDX-License-Identifier: MIT
 * parser/sip_presence_table.c -- which header field stands in which message: RFC 3261 tables 2 and
 * 3, RFC 3428 tables 1 and 2, and what other RFCs make mandatory; and the clause that defines each
 * field. */
#include "sip_check.h"

/* One row a row of the RFC's tables: m mandatory, s should ("m*"), t should and over a stream must,
 * * with a body, o optional, c conditional, - not applicable. Columns: ACK BYE CANCEL INVITE
 * OPTIONS REGISTER (RFC 3261), MESSAGE (RFC 3428). Statuses 0 to 0: requests. */
static const struct row {
    uint8_t  field;
    uint16_t low, high;
    char     columns[8];
} rows[] = {
    { SIP_FIELD_ACCEPT, 0, 0, "-o-oso-" },
    { SIP_FIELD_ACCEPT, 200, 299, "---oso-" },
    { SIP_FIELD_ACCEPT, 415, 415, "-c-cccs" },
    { SIP_FIELD_ACCEPT_ENCODING, 0, 0, "-o-ooo-" },
    { SIP_FIELD_ACCEPT_ENCODING, 200, 299, "---oso-" },
    { SIP_FIELD_ACCEPT_ENCODING, 415, 415, "-c-cccs" },
    { SIP_FIELD_ACCEPT_LANGUAGE, 0, 0, "-o-ooo-" },
    { SIP_FIELD_ACCEPT_LANGUAGE, 200, 299, "---oso-" },
    { SIP_FIELD_ACCEPT_LANGUAGE, 415, 415, "-c-cccs" },
    { SIP_FIELD_ALERT_INFO, 0, 0, "---o---" },
    { SIP_FIELD_ALERT_INFO, 180, 180, "---o---" },
    { SIP_FIELD_ALLOW, 0, 0, "-o-oooo" },
    { SIP_FIELD_ALLOW, 200, 299, "-o-ssoo" },
    { SIP_FIELD_ALLOW, 100, 699, "-o-oooo" },
    { SIP_FIELD_ALLOW, 405, 405, "-m-mmmm" },
    { SIP_FIELD_AUTHENTICATION_INFO, 200, 299, "-o-oooo" },
    { SIP_FIELD_AUTHORIZATION, 0, 0, "ooooooo" },
    { SIP_FIELD_CALL_ID, 0, 699, "mmmmmmm" },
    { SIP_FIELD_CALL_INFO, 0, 699, "---oooo" },
    { SIP_FIELD_CONTACT, 0, 0, "o--moo-" },
    { SIP_FIELD_CONTACT, 100, 199, "---o---" },
    { SIP_FIELD_CONTACT, 200, 299, "---moo-" },
    { SIP_FIELD_CONTACT, 300, 399, "-o-oooo" },
    { SIP_FIELD_CONTACT, 485, 485, "-o-oooo" },
    { SIP_FIELD_CONTENT_DISPOSITION, 0, 699, "oo-oooo" },
    { SIP_FIELD_CONTENT_ENCODING, 0, 699, "oo-oooo" },
    { SIP_FIELD_CONTENT_LANGUAGE, 0, 699, "oo-oooo" },
    { SIP_FIELD_CONTENT_LENGTH, 0, 699, "ttttttt" },
    { SIP_FIELD_CONTENT_TYPE, 0, 699, "**-****" },
    { SIP_FIELD_CSEQ, 0, 699, "mmmmmmm" },
    { SIP_FIELD_DATE, 0, 699, "ooooooo" },
    { SIP_FIELD_ERROR_INFO, 300, 699, "-oooooo" },
    { SIP_FIELD_EXPIRES, 0, 699, "---o-oo" },
    { SIP_FIELD_FROM, 0, 699, "mmmmmmm" },
    { SIP_FIELD_IN_REPLY_TO, 0, 0, "---o--o" },
    { SIP_FIELD_MAX_FORWARDS, 0, 0, "mmmmmmm" },
    { SIP_FIELD_MIN_EXPIRES, 423, 423, "-----m-" },
    { SIP_FIELD_MIME_VERSION, 0, 699, "oo-oooo" },
    { SIP_FIELD_ORGANIZATION, 0, 699, "---oooo" },
    { SIP_FIELD_PRIORITY, 0, 0, "---o--o" },
    { SIP_FIELD_PROXY_AUTHENTICATE, 407, 407, "-m-mmmm" },
    { SIP_FIELD_PROXY_AUTHENTICATE, 401, 401, "-oooooo" },
    { SIP_FIELD_PROXY_AUTHORIZATION, 0, 0, "oo-oooo" },
    { SIP_FIELD_PROXY_REQUIRE, 0, 0, "-o-oooo" },
    { SIP_FIELD_RECORD_ROUTE, 0, 0, "ooooo--" },
    { SIP_FIELD_RECORD_ROUTE, 200, 299, "-oooo--" },
    { SIP_FIELD_RECORD_ROUTE, 180, 189, "-oooo--" },
    { SIP_FIELD_REPLY_TO, 0, 699, "---o--o" },
    { SIP_FIELD_REQUIRE, 0, 699, "-c-cccc" },
    { SIP_FIELD_RETRY_AFTER, 404, 404, "-oooooo" },
    { SIP_FIELD_RETRY_AFTER, 413, 413, "-oooooo" },
    { SIP_FIELD_RETRY_AFTER, 480, 480, "-oooooo" },
    { SIP_FIELD_RETRY_AFTER, 486, 486, "-oooooo" },
    { SIP_FIELD_RETRY_AFTER, 500, 500, "-oooooo" },
    { SIP_FIELD_RETRY_AFTER, 503, 503, "-oooooo" },
    { SIP_FIELD_RETRY_AFTER, 600, 600, "-oooooo" },
    { SIP_FIELD_RETRY_AFTER, 603, 603, "-oooooo" },
    { SIP_FIELD_ROUTE, 0, 0, "ccccccc" },
    { SIP_FIELD_SERVER, 100, 699, "-oooooo" },
    { SIP_FIELD_SUBJECT, 0, 0, "---o--o" },
    { SIP_FIELD_SUPPORTED, 0, 0, "-oosooo" },
    { SIP_FIELD_SUPPORTED, 200, 299, "-oossoo" },
    { SIP_FIELD_TIMESTAMP, 0, 699, "ooooooo" },
    { SIP_FIELD_TO, 0, 699, "mmmmmmm" },
    { SIP_FIELD_UNSUPPORTED, 420, 420, "-m-mmmo" },
    { SIP_FIELD_USER_AGENT, 0, 699, "ooooooo" },
    { SIP_FIELD_VIA, 0, 699, "mmmmmmm" },
    { SIP_FIELD_WARNING, 100, 699, "-oooooo" },
    { SIP_FIELD_WWW_AUTHENTICATE, 401, 401, "-m-mmmm" },
    { SIP_FIELD_WWW_AUTHENTICATE, 407, 407, "-o-oooo" },
};

static int column_of(enum sip_method method)
{
    switch (method) {
    case SIP_ACK: return 0;
    case SIP_BYE: return 1;
    case SIP_CANCEL: return 2;
    case SIP_INVITE: return 3;
    case SIP_OPTIONS: return 4;
    case SIP_REGISTER: return 5;
    case SIP_MESSAGE: return 6;
    default: return -1;
    }
}

/* What later methods and statuses must have. Statuses 0 to 0: requests; OTHER: any method. */
static const struct must {
    uint8_t     method;
    uint16_t    low, high;
    uint8_t     field;
    const char *clause;
} musts[] = {
    { SIP_PRACK, 0, 0, SIP_FIELD_RACK, "RFC 3262 7.2" },
    { SIP_UPDATE, 0, 0, SIP_FIELD_CONTACT, "RFC 3311 5.1" },
    { SIP_UPDATE, 200, 299, SIP_FIELD_CONTACT, "RFC 3311 5.2" },
    { SIP_REFER, 0, 0, SIP_FIELD_REFER_TO, "RFC 3515 2.4.1" },
    { SIP_PUBLISH, 0, 0, SIP_FIELD_EVENT, "RFC 3903 4" },
    { SIP_PUBLISH, 200, 299, SIP_FIELD_SIP_ETAG, "RFC 3903 6" },
    { SIP_PUBLISH, 200, 299, SIP_FIELD_EXPIRES, "RFC 3903 6" },
    { SIP_SUBSCRIBE, 0, 0, SIP_FIELD_EVENT, "RFC 6665 4.1.2.1" },
    { SIP_SUBSCRIBE, 200, 299, SIP_FIELD_EXPIRES, "RFC 6665 4.2.1.1" },
    { SIP_NOTIFY, 0, 0, SIP_FIELD_EVENT, "RFC 6665 4.2.2" },
    { SIP_NOTIFY, 0, 0, SIP_FIELD_SUBSCRIPTION_STATE, "RFC 6665 4.2.2" },
    { SIP_METHOD_OTHER, 422, 422, SIP_FIELD_MIN_SE, "RFC 4028 6" },
    { SIP_METHOD_OTHER, 469, 469, SIP_FIELD_RECV_INFO, "RFC 6086 4.2.2" },
    { SIP_METHOD_OTHER, 489, 489, SIP_FIELD_ALLOW_EVENTS, "RFC 6665 4.2.1.1" },
};

static const char *const clauses[SIP_FIELD_COUNT] = {
    [SIP_FIELD_OTHER] = "RFC 3261 7.3.1",
    [SIP_FIELD_ACCEPT] = "RFC 3261 20.1",
    [SIP_FIELD_ACCEPT_CONTACT] = "RFC 3841 9.2",
    [SIP_FIELD_ACCEPT_ENCODING] = "RFC 3261 20.2",
    [SIP_FIELD_ACCEPT_LANGUAGE] = "RFC 3261 20.3",
    [SIP_FIELD_ALERT_INFO] = "RFC 3261 20.4",
    [SIP_FIELD_ALLOW] = "RFC 3261 20.5",
    [SIP_FIELD_ALLOW_EVENTS] = "RFC 6665 8.2.2",
    [SIP_FIELD_AUTHENTICATION_INFO] = "RFC 3261 20.6",
    [SIP_FIELD_AUTHORIZATION] = "RFC 3261 20.7",
    [SIP_FIELD_CALL_ID] = "RFC 3261 20.8",
    [SIP_FIELD_CALL_INFO] = "RFC 3261 20.9",
    [SIP_FIELD_CONTACT] = "RFC 3261 20.10",
    [SIP_FIELD_CONTENT_DISPOSITION] = "RFC 3261 20.11",
    [SIP_FIELD_CONTENT_ENCODING] = "RFC 3261 20.12",
    [SIP_FIELD_CONTENT_ID] = "RFC 2045 7",
    [SIP_FIELD_CONTENT_LANGUAGE] = "RFC 3261 20.13",
    [SIP_FIELD_CONTENT_LENGTH] = "RFC 3261 20.14",
    [SIP_FIELD_CONTENT_TYPE] = "RFC 3261 20.15",
    [SIP_FIELD_CSEQ] = "RFC 3261 20.16",
    [SIP_FIELD_DATE] = "RFC 3261 20.17",
    [SIP_FIELD_ERROR_INFO] = "RFC 3261 20.18",
    [SIP_FIELD_EVENT] = "RFC 6665 8.2.1",
    [SIP_FIELD_EXPIRES] = "RFC 3261 20.19",
    [SIP_FIELD_FLOW_TIMER] = "RFC 5626 10",
    [SIP_FIELD_FROM] = "RFC 3261 20.20",
    [SIP_FIELD_IN_REPLY_TO] = "RFC 3261 20.21",
    [SIP_FIELD_INFO_PACKAGE] = "RFC 6086 7.2",
    [SIP_FIELD_MAX_FORWARDS] = "RFC 3261 20.22",
    [SIP_FIELD_MIME_VERSION] = "RFC 3261 20.24",
    [SIP_FIELD_MIN_EXPIRES] = "RFC 3261 20.23",
    [SIP_FIELD_MIN_SE] = "RFC 4028 5",
    [SIP_FIELD_ORGANIZATION] = "RFC 3261 20.25",
    [SIP_FIELD_P_ACCESS_NETWORK_INFO] = "RFC 7315 4.4",
    [SIP_FIELD_P_ASSERTED_IDENTITY] = "RFC 3325 9.1",
    [SIP_FIELD_P_ASSERTED_SERVICE] = "RFC 6050 4.1",
    [SIP_FIELD_P_ASSOCIATED_URI] = "RFC 7315 4.1",
    [SIP_FIELD_P_CHARGING_VECTOR] = "RFC 7315 4.6",
    [SIP_FIELD_P_PREFERRED_IDENTITY] = "RFC 3325 9.2",
    [SIP_FIELD_P_PREFERRED_SERVICE] = "RFC 6050 4.2",
    [SIP_FIELD_PATH] = "RFC 3327 4",
    [SIP_FIELD_PRIORITY] = "RFC 3261 20.26",
    [SIP_FIELD_PRIVACY] = "RFC 3323 4.2",
    [SIP_FIELD_PROXY_AUTHENTICATE] = "RFC 3261 20.27",
    [SIP_FIELD_PROXY_AUTHORIZATION] = "RFC 3261 20.28",
    [SIP_FIELD_PROXY_REQUIRE] = "RFC 3261 20.29",
    [SIP_FIELD_RACK] = "RFC 3262 7.2",
    [SIP_FIELD_REASON] = "RFC 3326 2",
    [SIP_FIELD_RECORD_ROUTE] = "RFC 3261 20.30",
    [SIP_FIELD_RECV_INFO] = "RFC 6086 7.3",
    [SIP_FIELD_REFER_TO] = "RFC 3515 2.1",
    [SIP_FIELD_REJECT_CONTACT] = "RFC 3841 9.2",
    [SIP_FIELD_REPLACES] = "RFC 3891 6.1",
    [SIP_FIELD_REPLY_TO] = "RFC 3261 20.31",
    [SIP_FIELD_REQUEST_DISPOSITION] = "RFC 3841 9.1",
    [SIP_FIELD_REQUIRE] = "RFC 3261 20.32",
    [SIP_FIELD_RETRY_AFTER] = "RFC 3261 20.33",
    [SIP_FIELD_ROUTE] = "RFC 3261 20.34",
    [SIP_FIELD_RSEQ] = "RFC 3262 7.1",
    [SIP_FIELD_SECURITY_CLIENT] = "RFC 3329 2.2",
    [SIP_FIELD_SECURITY_SERVER] = "RFC 3329 2.2",
    [SIP_FIELD_SECURITY_VERIFY] = "RFC 3329 2.2",
    [SIP_FIELD_SERVER] = "RFC 3261 20.35",
    [SIP_FIELD_SERVICE_ROUTE] = "RFC 3608 5",
    [SIP_FIELD_SESSION_EXPIRES] = "RFC 4028 4",
    [SIP_FIELD_SIP_ETAG] = "RFC 3903 11.3.1",
    [SIP_FIELD_SIP_IF_MATCH] = "RFC 3903 11.3.2",
    [SIP_FIELD_SUBJECT] = "RFC 3261 20.36",
    [SIP_FIELD_SUBSCRIPTION_STATE] = "RFC 6665 8.2.3",
    [SIP_FIELD_SUPPORTED] = "RFC 3261 20.37",
    [SIP_FIELD_TIMESTAMP] = "RFC 3261 20.38",
    [SIP_FIELD_TO] = "RFC 3261 20.39",
    [SIP_FIELD_UNSUPPORTED] = "RFC 3261 20.40",
    [SIP_FIELD_USER_AGENT] = "RFC 3261 20.41",
    [SIP_FIELD_VIA] = "RFC 3261 20.42",
    [SIP_FIELD_WARNING] = "RFC 3261 20.43",
    [SIP_FIELD_WWW_AUTHENTICATE] = "RFC 3261 20.44",
};

const char *sip_field_clause(enum sip_field_id id)
{
    return clauses[id];
}

/* What all rows of a field together say: the strongest need; '-' where none matches; '\0' without a
 * row. */
static char need_of(enum sip_field_id field, uint16_t status, int column)
{
    static const struct sp_slice strengths = { "-oc*tsm", 7 };
    size_t                       strongest = 0;
    bool                         known = false;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t strength;

        if (rows[i].field != field)
            continue;
        known = true;
        strength = sp_find(strengths, rows[i].columns[column]);
        if (status >= rows[i].low && status <= rows[i].high && strength > strongest)
            strongest = strength;
    }
    return known ? strengths.at[strongest] : '\0';
}

static void missing(struct sip_check *check, const struct sip_msg *msg, enum sip_field_id field,
                    enum sip_severity severity, const char *clause)
{
    struct sip_finding finding = { severity,
                                   0,
                                   clause,
                                   "a field that belongs here is missing",
                                   "",
                                   field,
                                   sp_from(msg->head, msg->head.len) };

    sip_check_add(check, &finding);
}

static void check_need(const struct sip_msg *msg, struct sip_check *check, enum sip_field_id field,
                       int column)
{
    const struct sip_field *found = sip_msg_find(msg, field);
    const char             *clause = column == 6 ? "RFC 3428 9" : sip_field_clause(field);
    struct sip_finding      finding = {
             SIP_ERROR,  0,
             clause,     "the field does not apply to this message and is to be ignored",
             "",         field,
             { NULL, 0 }
    };

    switch (need_of(field, msg->request ? 0 : msg->status, column)) {
    case '-':
        if (found == NULL)
            return;
        finding.severity = msg->request ? SIP_ERROR : SIP_WARNING;
        finding.octets = found->name;
        sip_check_add(check, &finding);
        return;
    case 'm':
        if (found == NULL)
            missing(check, msg, field, SIP_ERROR, clause);
        return;
    case 's':
        if (found == NULL)
            missing(check, msg, field, SIP_WARNING, clause);
        return;
    case 't':
        if (found == NULL)
            missing(check, msg, field, check->stream ? SIP_ERROR : SIP_WARNING, clause);
        return;
    case '*':
        if (found == NULL && msg->body.len > 0)
            missing(check, msg, field, SIP_ERROR, clause);
        return;
    default: return;
    }
}

/* What the rules tell by themselves, because they answer to it. */
static bool is_told_elsewhere(const struct sip_msg *msg, enum sip_method method,
                              enum sip_field_id field)
{
    switch (field) {
    case SIP_FIELD_VIA:
    case SIP_FIELD_TO:
    case SIP_FIELD_FROM:
    case SIP_FIELD_CALL_ID:
    case SIP_FIELD_CSEQ: return true;
    case SIP_FIELD_CONTACT:
        if (method == SIP_MESSAGE)
            return msg->request || msg->status / 100 == 2;
        return msg->request &&
               (method == SIP_INVITE || method == SIP_SUBSCRIBE || method == SIP_REFER);
    default: return false;
    }
}

void sip_check_presence(const struct sip_msg *msg, struct sip_check *check)
{
    enum sip_method method = sip_check_method(msg);
    int             column = column_of(method);
    uint16_t        status = msg->request ? 0 : msg->status;

    if (!msg->request && status == 0)
        return; /* its code could not be read */
    for (int field = 1; field < SIP_FIELD_COUNT && column >= 0; field++)
        if (!is_told_elsewhere(msg, method, (enum sip_field_id)field))
            check_need(msg, check, (enum sip_field_id)field, column);
    for (size_t i = 0; i < sizeof musts / sizeof musts[0]; i++)
        if ((musts[i].method == method || (musts[i].method == SIP_METHOD_OTHER && status > 0)) &&
            status >= musts[i].low && status <= musts[i].high &&
            sip_msg_find(msg, (enum sip_field_id)musts[i].field) == NULL)
            missing(check, msg, (enum sip_field_id)musts[i].field, SIP_ERROR, musts[i].clause);
}
