/* SPDX-License-Identifier: MIT
 * parser/sip_check.c -- is a message right: the rules that need more than a table. RFC 3261
 * 7, 8.1.1, 8.2, 18.3, 20. */
#include "sip_check.h"

#include "sip_cseq.h"
#include "sip_grammar.h"
#include "sip_rules.h"
#include "sip_text.h"

void sip_check_add(struct sip_check *check, const struct sip_finding *finding)
{
    if (check->count < check->room)
        check->findings[check->count] = *finding;
    check->count++;
    check->errors += finding->severity == SIP_ERROR;
    check->warnings += finding->severity == SIP_WARNING;
    if (check->answer == 0 && finding->answer != 0) {
        check->answer = finding->answer;
        check->reason = *finding;
    }
}

enum sip_method sip_check_method(const struct sip_msg *msg)
{
    struct sip_cseq cseq;
    struct sp_where where;

    if (msg->request)
        return msg->method;
    if (sip_cseq_parse(sip_msg_value(msg, SIP_FIELD_CSEQ), &cseq, &where) != SP_OK)
        return SIP_METHOD_OTHER;
    return sip_method_of(cseq.method);
}

/* What the index met. */
static void check_index(const struct sip_msg *msg, struct sip_check *check)
{
    struct sip_finding finding = { SIP_ERROR,
                                   400,
                                   "RFC 3261 7.3.1",
                                   "the octets do not match the grammar",
                                   check->where.rule,
                                   SIP_FIELD_OTHER,
                                   sp_from(check->given, check->where.octet) };

    if (sp_eq(sp_str(check->where.rule), SP_LIT("Content-Length")))
        return; /* the field's own grammar tells it */
    switch (check->err) {
    case SP_OK: return;
    case SP_UNSUPPORTED:
        finding.answer = 505;
        finding.clause = "RFC 3261 7.1";
        finding.what = "the version is not SIP/2.0";
        finding.octets = msg->version;
        break;
    case SP_PARTIAL:
        finding.clause = msg->field_count > 0 && msg->head.len < check->given.len ? "RFC 3261 18.3"
                                                                                  : "RFC 3261 7";
        finding.what = "the message is cut short";
        break;
    case SP_ROOM:
        finding.answer = 513;
        finding.severity = SIP_NOTE;
        finding.what = "there are more header fields than are read here";
        break;
    default:
        if (check->given.len == 0 || finding.octets.at <= msg->head.at + sp_find(msg->head, '\r'))
            finding.clause = msg->request ? "RFC 3261 7.1" : "RFC 3261 7.2";
        break;
    }
    finding.octets.len = 0;
    sip_check_add(check, &finding);
}

/* A field whose error leaves nothing to handle, and so is answered: the others are left to who
 * reads them. */
static bool is_vital(enum sip_field_id id)
{
    switch (id) {
    case SIP_FIELD_VIA:
    case SIP_FIELD_TO:
    case SIP_FIELD_FROM:
    case SIP_FIELD_CALL_ID:
    case SIP_FIELD_CSEQ:
    case SIP_FIELD_MAX_FORWARDS:
    case SIP_FIELD_CONTACT:
    case SIP_FIELD_ROUTE:
    case SIP_FIELD_RECORD_ROUTE:
    case SIP_FIELD_REQUIRE:
    case SIP_FIELD_PROXY_REQUIRE:
    case SIP_FIELD_CONTENT_LENGTH:
    case SIP_FIELD_CONTENT_TYPE: return true;
    default: return false;
    }
}

/* The grammar of each field: of all, or of the vital ones. */
static void check_grammar(const struct sip_msg *msg, struct sip_check *check)
{
    for (uint32_t i = 0; i < msg->field_count; i++) {
        const struct sip_field *field = &msg->fields[i];
        struct sip_finding      finding = { SIP_ERROR,
                                            0,
                                            sip_field_clause(field->id),
                                            "the value does not match the grammar",
                                            "",
                                            field->id,
                                            { NULL, 0 } };
        struct sp_where         where;
        enum sp_err             err;

        if (!check->all && !is_vital(field->id))
            continue;
        if (field->id == SIP_FIELD_OTHER)
            err = sip_text_check(field->value, &where);
        else
            err = sip_field_check(field->id, field->value, &where);
        if (err == SP_OK)
            continue;
        finding.rule = where.rule;
        finding.octets = sp_head(sp_from(field->value, where.octet), 0);
        finding.answer = is_vital(field->id) ? 400 : 0;
        if (err == SP_RANGE)
            finding.what = "a number is out of range";
        else if (err == SP_MISSING)
            finding.what = "a parameter that must be there is missing";
        else if (err == SP_REPEATED)
            finding.what = "a parameter stands twice";
        else if (err == SP_MISMATCH)
            finding = (struct sip_finding){ SIP_WARNING,    0,
                                            finding.clause, "the weekday is not the day's",
                                            finding.rule,   finding.field,
                                            finding.octets };
        sip_check_add(check, &finding);
    }
}

/* Challenges and credentials stand in a field each, though they are no list (7.3.1). */
static bool may_repeat(enum sip_field_id id)
{
    return id == SIP_FIELD_OTHER || sip_field_is_list(id) || id == SIP_FIELD_WWW_AUTHENTICATE ||
           id == SIP_FIELD_PROXY_AUTHENTICATE || id == SIP_FIELD_AUTHORIZATION ||
           id == SIP_FIELD_PROXY_AUTHORIZATION;
}

static void check_repeated(const struct sip_msg *msg, struct sip_check *check)
{
    for (int id = SIP_FIELD_OTHER + 1; id < SIP_FIELD_COUNT; id++) {
        struct sip_finding      finding = { SIP_ERROR,
                                            0,
                                            "RFC 3261 7.3.1",
                                            "the field stands more than once",
                                            "",
                                            (enum sip_field_id)id,
                                            { NULL, 0 } };
        const struct sip_field *first = sip_msg_find(msg, (enum sip_field_id)id), *again;

        if ((msg->repeated[id / 32] >> id % 32 & 1) == 0 || may_repeat((enum sip_field_id)id))
            continue;
        again = sip_msg_find_next(msg, first);
        finding.octets = again->name;
        /* the same Content-Length twice says nothing new */
        if (id == SIP_FIELD_CONTENT_LENGTH && sp_eq(first->value, again->value))
            finding.severity = SIP_WARNING;
        else
            finding.answer = is_vital((enum sip_field_id)id) ? 400 : 0;
        sip_check_add(check, &finding);
    }
}

/* Without these no transaction and no answer can be made (8.1.1). */
static void check_mandatory(const struct sip_msg *msg, struct sip_check *check)
{
    static const struct {
        uint8_t     field;
        const char *clause;
    } mandatory[] = {
        { SIP_FIELD_VIA, "RFC 3261 8.1.1.7" },  { SIP_FIELD_TO, "RFC 3261 8.1.1.2" },
        { SIP_FIELD_FROM, "RFC 3261 8.1.1.3" }, { SIP_FIELD_CALL_ID, "RFC 3261 8.1.1.4" },
        { SIP_FIELD_CSEQ, "RFC 3261 8.1.1.5" },
    };

    for (size_t i = 0; i < sizeof mandatory / sizeof mandatory[0]; i++) {
        struct sip_finding finding = { SIP_ERROR,
                                       400,
                                       mandatory[i].clause,
                                       "a mandatory field is missing",
                                       "",
                                       (enum sip_field_id)mandatory[i].field,
                                       sp_from(msg->head, msg->head.len) };

        if (sip_msg_find(msg, (enum sip_field_id)mandatory[i].field) == NULL)
            sip_check_add(check, &finding);
    }
}

void sip_check(const struct sip_msg *msg, struct sip_check *check)
{
    check->count = check->errors = check->warnings = 0;
    check->answer = 0;
    check->reason = (struct sip_finding){ .clause = "", .what = "", .rule = "" };
    check_index(msg, check);
    if (msg->version.len == 0 && msg->field_count == 0)
        return; /* nothing of SIP's */
    if (check->err == SP_UNSUPPORTED)
        return; /* another version may have other rules */
    check_mandatory(msg, check);
    if (check->all)
        sip_check_presence(msg, check);
    check_grammar(msg, check);
    check_repeated(msg, check);
    sip_check_rules(msg, check);
}
