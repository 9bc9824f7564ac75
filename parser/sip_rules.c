/* SPDX-License-Identifier: MIT
 * parser/sip_rules.c -- the rules of a message that are told one by one: a list of clause, words
 * and test. RFC 3261 7, 8.1.1, 9.1, 10.2, 18.3, 19.1.1, 20; RFC 3428; leniencies of RFC 4475 and
 * RFC 5118. */
#include "sip_rules.h"

#include "sip_address.h"
#include "sip_contact.h"
#include "sip_cseq.h"
#include "sip_item.h"
#include "sip_text.h"
#include "sip_via.h"

/* What the rules look at, read once. A part that is not there or not well-formed is empty: another
 * rule has told so. */
struct seen {
    const struct sip_msg   *msg;
    const struct sip_check *check;
    enum sip_method         method;
    bool                    has_cseq, has_via, has_uri, has_from, has_to;
    struct sip_cseq         cseq;
    struct sip_via          via; /* the top one */
    struct sip_uri          uri; /* of the request */
    struct sip_address      from, to;
};

/* A rule: true when it is broken, with the octets meant. */
typedef bool broken_fn(const struct seen *seen, struct sp_slice *octets);

/* The index has told that something is wrong with the start line. */
static bool start_line_told(const struct seen *seen)
{
    const char *at = seen->check->given.at + seen->check->where.octet;

    return seen->check->err != SP_OK && at <= seen->msg->version.at + seen->msg->version.len;
}

static bool uri_malformed(const struct seen *seen, struct sp_slice *octets)
{
    struct sip_uri  uri;
    struct sp_where where;

    if (!seen->msg->request || seen->msg->request_uri.len == 0 || start_line_told(seen) ||
        sip_uri_parse(seen->msg->request_uri, &uri, &where) == SP_OK)
        return false;
    *octets = sp_head(sp_from(seen->msg->request_uri, where.octet), 0);
    return true;
}

/* 19.1.1, table 1: neither headers nor a method stand in a Request-URI. */
static bool uri_headers(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->uri.headers;
    return seen->has_uri && seen->uri.headers.len > 0;
}

static bool uri_method(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->uri.params;
    return seen->has_uri && sip_param_has(seen->uri.params, "method");
}

/* 19.1.1: what is secure needs a reliable transport. */
static bool sips_transport(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sip_param_value(seen->uri.params, "transport");
    return seen->uri.scheme == SIP_SCHEME_SIPS && sp_eq_nocase(*octets, SP_LIT("udp"));
}

/* 20.14: what has no body says so. The datagram's rest is the body where nothing is said. */
static bool length_of_nothing(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sip_msg_value(seen->msg, SIP_FIELD_CONTENT_LENGTH);
    return seen->check->err == SP_PARTIAL && octets->len > 0 && seen->msg->body.len == 0 &&
           seen->msg->octets.len == seen->msg->head.len &&
           seen->msg->head.at + seen->msg->head.len ==
               seen->check->given.at + seen->check->given.len &&
           sp_find_slice(seen->msg->head, SP_LIT("\r\n\r\n")) < seen->msg->head.len;
}

static bool cseq_method(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->cseq.method;
    return seen->msg->request && seen->has_cseq &&
           !sp_eq(seen->cseq.method, seen->msg->method_name);
}

static bool cseq_large(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sip_msg_value(seen->msg, SIP_FIELD_CSEQ);
    return seen->has_cseq && seen->cseq.number > INT32_MAX;
}

static bool max_forwards_large(const struct seen *seen, struct sp_slice *octets)
{
    uint32_t hops;

    *octets = sip_msg_value(seen->msg, SIP_FIELD_MAX_FORWARDS);
    return sip_msg_max_forwards(seen->msg, &hops) == SP_RANGE;
}

static bool from_tag(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sip_msg_value(seen->msg, SIP_FIELD_FROM);
    return seen->has_from && seen->from.tag.len == 0;
}

/* 8.2.6.2: a response has a tag in To; a 100 may go without. */
static bool to_tag(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sip_msg_value(seen->msg, SIP_FIELD_TO);
    return !seen->msg->request && seen->msg->status > 100 && seen->has_to && seen->to.tag.len == 0;
}

/* Who leaves it out says that it speaks RFC 2543, and is understood (17.2.3). */
static bool branch_cookie(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sip_msg_value(seen->msg, SIP_FIELD_VIA);
    return seen->has_via && !sip_via_has_cookie(&seen->via);
}

/* RFC 4475 3.2.1: the cookie and nothing behind it names no transaction. */
static bool branch_empty(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->via.branch;
    return seen->has_via && sip_via_has_cookie(&seen->via) &&
           seen->via.branch.len == sizeof SIP_BRANCH_COOKIE - 1;
}

static bool via_transport(const struct seen *seen, struct sp_slice *octets)
{
    bool udp = sp_eq_nocase(seen->via.transport, SP_LIT("UDP"));

    *octets = seen->via.transport;
    return seen->has_via && seen->msg->request && udp == seen->check->stream;
}

static bool is_user_agents(const struct seen *seen)
{
    return seen->check->ua && !seen->msg->request;
}

/* 8.1.3.3: a response with more than one Via was meant for somebody else. */
static bool vias_left(const struct seen *seen, struct sp_slice *octets)
{
    struct sip_values walk = { 0 };

    return is_user_agents(seen) && sip_values_next(seen->msg, SIP_FIELD_VIA, &walk, octets) &&
           sip_values_next(seen->msg, SIP_FIELD_VIA, &walk, octets);
}

static bool received_brackets(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->via.received;
    return seen->has_via && octets->len > 0 && octets->at[0] == '[';
}

/* Three colons in an address, as the grammar of RFC 3261 has it by mistake. */
static bool three_colons(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sp_find_slice(seen->uri.host, SP_LIT(":::")) < seen->uri.host.len ? seen->uri.host
                                                                                : seen->via.host;
    return sp_find_slice(*octets, SP_LIT(":::")) < octets->len;
}

static bool no_space_after_name(const struct seen *seen, struct sp_slice *octets)
{
    const struct sip_address *both[] = { &seen->from, &seen->to };

    for (int i = 0; i < 2; i++) {
        *octets = both[i]->display;
        if (octets->len > 0 && octets->at[0] != '"' && octets->at[octets->len] == '<')
            return true;
    }
    return false;
}

static bool trailing_octets(const struct seen *seen, struct sp_slice *octets)
{
    const char *end = seen->msg->octets.at + seen->msg->octets.len;
    size_t      given = seen->check->given.len;

    if (seen->check->stream || given == 0 || seen->check->err != SP_OK)
        return false;
    *octets = sp_slice(end, (size_t)(seen->check->given.at + given - end));
    return octets->len > 0;
}

static bool contact_in_message(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sip_msg_value(seen->msg, SIP_FIELD_CONTACT);
    return seen->method == SIP_MESSAGE && octets->len > 0 &&
           (seen->msg->request || seen->msg->status / 100 == 2);
}

static bool body_in_2xx(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->msg->body;
    return seen->method == SIP_MESSAGE && seen->msg->status / 100 == 2 && octets->len > 0;
}

/* 8.1.1.8: who may begin a dialog gives one SIP or SIPS URI. */
static bool begins_dialog(const struct seen *seen)
{
    return seen->msg->request && (seen->method == SIP_INVITE || seen->method == SIP_SUBSCRIBE ||
                                  seen->method == SIP_REFER);
}

static bool contact_missing(const struct seen *seen, struct sp_slice *octets)
{
    *octets = sp_from(seen->msg->head, seen->msg->head.len);
    return begins_dialog(seen) && sip_msg_find(seen->msg, SIP_FIELD_CONTACT) == NULL;
}

static bool contact_count(const struct seen *seen, struct sp_slice *octets)
{
    struct sip_values  walk = { 0 };
    struct sip_contact contact;
    struct sp_where    where;
    struct sp_slice    one;

    if (!begins_dialog(seen) || !sip_values_next(seen->msg, SIP_FIELD_CONTACT, &walk, &one))
        return false;
    *octets = one;
    if (sip_values_next(seen->msg, SIP_FIELD_CONTACT, &walk, octets))
        return true;
    return sip_contact_parse(one, &contact, &where) == SP_OK &&
           (contact.address.star || (contact.address.uri.scheme != SIP_SCHEME_SIP &&
                                     contact.address.uri.scheme != SIP_SCHEME_SIPS));
}

/* 10.2.1.1, 20.10: what cannot be read is as if it was 3600. */
static bool contact_expires(const struct seen *seen, struct sp_slice *octets)
{
    struct sip_values  walk = { 0 };
    struct sip_contact contact;
    struct sp_where    where;
    struct sp_slice    one;
    uint32_t           seconds;

    while (sip_values_next(seen->msg, SIP_FIELD_CONTACT, &walk, &one)) {
        if (sip_contact_parse(one, &contact, &where) != SP_OK || !contact.has_expires ||
            sip_param_u32(contact.address.params, "expires", &seconds) == SP_OK)
            continue;
        *octets = sip_param_value(contact.address.params, "expires");
        if (octets->len == 0)
            *octets = one;
        return true;
    }
    return false;
}

static bool contact_sips(const struct seen *seen, struct sp_slice *octets)
{
    struct sip_address contact;
    struct sp_where    where;

    *octets = sip_msg_value(seen->msg, SIP_FIELD_CONTACT);
    return seen->has_uri && seen->uri.scheme == SIP_SCHEME_SIPS && seen->method == SIP_INVITE &&
           sip_address_parse(*octets, &contact, &where) == SP_OK &&
           contact.uri.scheme == SIP_SCHEME_SIP;
}

/* 10.2.2: "*" stands alone, in a REGISTER, with Expires: 0. */
static bool contact_star(const struct seen *seen, struct sp_slice *octets)
{
    struct sip_values walk = { 0 };
    uint32_t          expires = 1;
    unsigned          count = 0;
    bool              star = false;
    struct sp_slice   value;

    while (sip_values_next(seen->msg, SIP_FIELD_CONTACT, &walk, &value)) {
        count++;
        if (sp_eq(value, SP_LIT("*"))) {
            star = true;
            *octets = value;
        }
    }
    if (!star)
        return false;
    return seen->method != SIP_REGISTER || count > 1 ||
           sip_msg_expires(seen->msg, &expires) != SP_OK || expires != 0;
}

static bool register_user(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->uri.user;
    return seen->msg->request && seen->method == SIP_REGISTER && seen->has_uri &&
           seen->uri.has_user;
}

static bool register_to(const struct seen *seen, struct sp_slice *octets)
{
    *octets = seen->to.uri.octets;
    return seen->msg->request && seen->method == SIP_REGISTER && seen->has_to &&
           seen->to.uri.scheme != SIP_SCHEME_SIP && seen->to.uri.scheme != SIP_SCHEME_SIPS;
}

/* 9.1: a CANCEL asks for nothing, and has the one Via it was sent with. */
static bool cancel_require(const struct seen *seen, struct sp_slice *octets)
{
    const struct sip_field *field = sip_msg_find(seen->msg, SIP_FIELD_REQUIRE);

    if (field == NULL)
        field = sip_msg_find(seen->msg, SIP_FIELD_PROXY_REQUIRE);
    *octets = field != NULL ? field->name : sp_slice(NULL, 0);
    return seen->msg->request && seen->method == SIP_CANCEL && field != NULL;
}

static bool cancel_vias(const struct seen *seen, struct sp_slice *octets)
{
    struct sip_values walk = { 0 };

    return seen->msg->request && seen->method == SIP_CANCEL &&
           sip_values_next(seen->msg, SIP_FIELD_VIA, &walk, octets) &&
           sip_values_next(seen->msg, SIP_FIELD_VIA, &walk, octets);
}

/* A name that stands twice among the parameters of one value; long lists are compared up to a
 * bound. */
static bool twice(struct sp_slice params, struct sp_slice *octets)
{
    struct sp_slice  rest = params;
    struct sip_param one, other;

    for (int i = 0; i < 32 && sip_param_next(&rest, &one); i++) {
        struct sp_slice after = rest;

        for (int j = 0; j < 32 && sip_param_next(&after, &other); j++)
            if (sp_eq_nocase(one.name, other.name)) {
                *octets = other.name;
                return true;
            }
    }
    return false;
}

static bool param_twice(const struct seen *seen, struct sp_slice *octets)
{
    return twice(seen->via.params, octets) || twice(seen->from.params, octets) ||
           twice(seen->to.params, octets) || twice(seen->uri.params, octets);
}

static bool reason_text(const struct seen *seen, struct sp_slice *octets)
{
    struct sp_where where;

    if (seen->msg->request || sip_text_check(seen->msg->reason, &where) == SP_OK)
        return false;
    *octets = sp_head(sp_from(seen->msg->reason, where.octet), 0);
    return true;
}

static bool reason_space(const struct seen *seen, struct sp_slice *octets)
{
    const struct sip_msg *msg = seen->msg;

    /* version, SP and status; a line that is cut has nothing behind */
    *octets = sp_head(msg->reason, 0);
    return !msg->request && msg->status > 0 && msg->reason.len == 0 &&
           msg->head.len > msg->version.len + 4 && msg->head.at[msg->version.len + 4] == '\r';
}

/* The list, in the order of telling. */
static const struct rule {
    broken_fn  *broken;
    bool        vital; /* applied also where only what decides is asked for */
    uint8_t     severity;
    uint16_t    answer;
    const char *clause, *what;
} rules[] = {
    { uri_malformed, true, SIP_ERROR, 400, "RFC 3261 7.1",
      "the Request-URI does not match the grammar" },
    { uri_headers, false, SIP_ERROR, 0, "RFC 3261 19.1.1",
      "a Request-URI has no headers; they are ignored" },
    { uri_method, false, SIP_ERROR, 0, "RFC 3261 19.1.1",
      "a Request-URI has no method parameter; it is ignored" },
    { sips_transport, false, SIP_ERROR, 0, "RFC 3261 19.1.1",
      "a sips URI needs a reliable transport" },
    { cseq_method, true, SIP_ERROR, 400, "RFC 3261 8.1.1.5",
      "the method of CSeq is not the request's" },
    { cseq_large, false, SIP_ERROR, 0, "RFC 3261 8.1.1.5", "a sequence number is less than 2^31" },
    { max_forwards_large, true, SIP_ERROR, 400, "RFC 3261 20.22", "Max-Forwards is at most 255" },
    { from_tag, false, SIP_ERROR, 0, "RFC 3261 8.1.1.3", "From has no tag" },
    { to_tag, false, SIP_ERROR, 0, "RFC 3261 8.2.6.2", "To of a response has no tag" },
    { branch_cookie, false, SIP_WARNING, 0, "RFC 3261 8.1.1.7",
      "the branch does not begin with z9hG4bK" },
    { branch_empty, true, SIP_ERROR, 400, "RFC 3261 8.1.1.7", "the branch names no transaction" },
    { via_transport, false, SIP_WARNING, 0, "RFC 3261 18.1.1",
      "the top Via names another transport" },
    { vias_left, true, SIP_ERROR, 400, "RFC 3261 8.1.3.3",
      "a response to this agent has more than one Via" },
    { length_of_nothing, false, SIP_ERROR, 0, "RFC 3261 20.14",
      "there is no body, and Content-Length is not 0" },
    { trailing_octets, false, SIP_WARNING, 0, "RFC 3261 18.3",
      "octets follow the body and are dropped" },
    { contact_in_message, false, SIP_ERROR, 0, "RFC 3428 4",
      "a MESSAGE and its 2xx have no Contact" },
    { body_in_2xx, false, SIP_ERROR, 0, "RFC 3428 7", "a 2xx to MESSAGE has no body" },
    { contact_missing, false, SIP_ERROR, 0, "RFC 3261 8.1.1.8", "a Contact belongs here" },
    { contact_count, true, SIP_ERROR, 400, "RFC 3261 8.1.1.8",
      "one Contact with a SIP or SIPS URI belongs here" },
    { contact_sips, false, SIP_ERROR, 0, "RFC 3261 8.1.1.8",
      "a sips Request-URI needs a sips Contact" },
    { contact_expires, false, SIP_NOTE, 0, "RFC 3261 10.2.1.1",
      "expires cannot be read; taken as 3600" },
    { contact_star, true, SIP_ERROR, 400, "RFC 3261 10.2.2",
      "a Contact of \"*\" stands alone in a REGISTER with Expires: 0" },
    { register_user, false, SIP_ERROR, 0, "RFC 3261 10.2",
      "the Request-URI of REGISTER has no user" },
    { register_to, false, SIP_ERROR, 0, "RFC 3261 10.2", "To of REGISTER is a SIP or SIPS URI" },
    { cancel_require, false, SIP_ERROR, 0, "RFC 3261 9.1",
      "a CANCEL has no Require and no Proxy-Require" },
    { cancel_vias, false, SIP_ERROR, 0, "RFC 3261 9.1", "a CANCEL has one Via" },
    { param_twice, false, SIP_ERROR, 0, "RFC 3261 7.3.1", "a parameter stands twice" },
    { reason_text, false, SIP_ERROR, 0, "RFC 3261 25.1",
      "the reason phrase holds octets that are no text" },
    { reason_space, false, SIP_NOTE, 0, "RFC 4475 3.1.1.13",
      "a space belongs behind the status; read all the same" },
    { no_space_after_name, false, SIP_NOTE, 0, "RFC 4475 3.1.1.6",
      "a space belongs before \"<\"; read all the same" },
    { received_brackets, false, SIP_NOTE, 0, "RFC 5118 4.5",
      "received has no brackets; read all the same" },
    { three_colons, false, SIP_NOTE, 0, "RFC 5118 4.10", "a colon too many; read all the same" },
};

/* An address of the message; empty where it is not there or cannot be read. */
static bool look_at_address(const struct sip_msg *msg, enum sip_field_id id,
                            struct sip_address *address)
{
    struct sp_where where;

    if (sip_address_parse(sip_msg_value(msg, id), address, &where) == SP_OK)
        return true;
    *address = (struct sip_address){ .star = false };
    return false;
}

static void look(struct seen *seen, const struct sip_msg *msg, const struct sip_check *check)
{
    struct sip_values walk = { 0 };
    struct sp_slice   via = { NULL, 0 };
    struct sp_where   where;

    *seen = (struct seen){ .msg = msg, .check = check, .method = sip_check_method(msg) };
    seen->has_cseq = sip_cseq_parse(sip_msg_value(msg, SIP_FIELD_CSEQ), &seen->cseq, &where) ==
                     SP_OK;
    (void)sip_values_next(msg, SIP_FIELD_VIA, &walk, &via);
    seen->has_via = sip_via_parse(via, &seen->via, &where) == SP_OK;
    if (!seen->has_via)
        seen->via = (struct sip_via){ .ttl = 0 };
    seen->has_uri = msg->request && sip_uri_parse(msg->request_uri, &seen->uri, &where) == SP_OK;
    if (!seen->has_uri)
        seen->uri = (struct sip_uri){ .port = 0 };
    seen->has_from = look_at_address(msg, SIP_FIELD_FROM, &seen->from);
    seen->has_to = look_at_address(msg, SIP_FIELD_TO, &seen->to);
}

void sip_check_rules(const struct sip_msg *msg, struct sip_check *check)
{
    struct seen seen;

    look(&seen, msg, check);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct rule *rule = &rules[i];
        struct sp_slice    octets = { NULL, 0 };
        struct sip_finding finding;

        if ((!rule->vital && !check->all) || !rule->broken(&seen, &octets))
            continue;
        finding = (struct sip_finding){ (enum sip_severity)rule->severity,
                                        rule->answer,
                                        rule->clause,
                                        rule->what,
                                        "",
                                        SIP_FIELD_OTHER,
                                        octets };
        sip_check_add(check, &finding);
    }
}
