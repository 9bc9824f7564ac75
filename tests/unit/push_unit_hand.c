/* SPDX-License-Identifier: MIT
 * tests/unit/push_unit_hand.c -- the peer that is written by hand. */
#include <stdio.h>

#include "push_unit.h"
#include "unit.h"

void push_unit_hand_octets(struct push_unit *unit, int to, struct sp_slice octets)
{
    struct sp_addr remote = push_unit_addr(to, 5060);
    struct sp_flow flow = push_unit_udp(PUSH_UNIT_HAND, &remote);

    push_unit_datagram(unit, PUSH_UNIT_HAND, &flow, octets);
}

void push_unit_hand_send(struct push_unit *unit, int to, const char *text)
{
    static char   room[65536];
    struct sp_buf buf = sp_buf(room, sizeof(room));

    for (; *text != '\0'; text++) {
        if (*text == '\n')
            sp_put_char(&buf, '\r');
        sp_put_char(&buf, *text);
    }
    push_unit_hand_octets(unit, to, sp_written(&buf));
}

struct sp_slice push_unit_hand_got(const struct push_unit *unit, const char *start)
{
    for (int i = unit->hand_count - 1; i >= 0 && i >= unit->hand_count - 8; i--) {
        struct sp_slice got = sp_slice(unit->hand[i % 8], unit->hand_octets[i % 8]);

        if (sp_starts(got, sp_str(start)))
            return got;
    }
    return sp_slice(NULL, 0);
}

struct sp_slice push_unit_attribute(struct sp_slice message, const char *name, int n)
{
    char            key[64];
    struct sp_slice rest = message;

    snprintf(key, sizeof(key), "\na=%s:", name);
    for (;; n--) {
        rest = sp_from(rest, sp_find_slice(rest, sp_str(key)));
        if (rest.len == 0)
            return rest;
        rest = sp_from(rest, strlen(key));
        if (n == 0)
            return sp_head(rest, sp_find(rest, '\r'));
    }
}

static struct sp_slice filled(struct sp_slice request, const char *body)
{
    static char   room[8192];
    struct sp_buf to = sp_buf(room, sizeof(room));

    for (; *body != '\0'; body++) {
        if (*body == '\n')
            sp_put_text(&to, "\r\n");
        else if (*body != '%')
            sp_put_char(&to, *body);
        else if (*++body == '%')
            sp_put_char(&to, '%');
        else if (*body == 'P')
            sp_put(&to, push_unit_attribute(request, "path", 0));
        else if (*body == 'T')
            sp_put(&to, push_unit_attribute(request, "file-transfer-id", 0));
        else if (*body == 'U')
            sp_put(&to, push_unit_attribute(request, "file-transfer-id", 1));
        else
            sp_put(&to, push_unit_attribute(request, "file-selector", 0));
    }
    ck_assert_int_eq(to.err, SP_OK);
    return sp_written(&to);
}

void push_unit_hand_answer(struct push_unit *unit, const char *method, const char *status,
                           const char *fields, const char *body)
{
    static char      room[16384];
    struct sp_slice  got = push_unit_hand_got(unit, method);
    struct sp_slice  text = filled(got, body);
    struct sip_field places[64];
    struct sip_msg   msg;
    struct sp_where  where;
    struct sp_slice  to;
    int              used;

    ck_assert_uint_gt(got.len, 0);
    sip_msg_init(&msg, places, 64);
    unit_err(sip_msg_parse(got, &msg, &where), SP_OK);
    to = sip_msg_value(&msg, SIP_FIELD_TO);
    used = snprintf(room, sizeof(room),
                    "SIP/2.0 %s\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s%s\r\n"
                    "Call-ID: %.*s\r\nCSeq: %.*s\r\nContact: <sip:carol@192.0.2.3>\r\n%s%s"
                    "Content-Length: %d\r\n\r\n%.*s",
                    status, SP_ARG(sip_msg_value(&msg, SIP_FIELD_VIA)),
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_FROM)), SP_ARG(to),
                    sp_find_slice(to, SP_LIT(";tag=")) == to.len ? ";tag=h" : "",
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_CALL_ID)),
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_CSEQ)), fields,
                    text.len > 0 ? "Content-Type: application/sdp\r\n" : "", (int)text.len,
                    SP_ARG(text));
    push_unit_hand_octets(unit, PUSH_UNIT_SENDER, sp_slice(room, (size_t)used));
}

/* A request of the dialog that hand_invite begins; the tag is that of the last answer. */
static void hand_request(struct push_unit *unit, const char *method, const char *branch, int cseq,
                         struct sp_slice body)
{
    static char     room[16384];
    struct sp_slice tag = push_unit_hand_got(unit, "SIP/2.0 ");
    int             used;

    tag = sp_from(tag, sp_find_slice(tag, SP_LIT("\r\nTo: ")));
    tag = sp_head(tag, sp_find_slice(sp_from(tag, 2), SP_LIT("\r\n")) + 2);
    tag = sp_from(tag, sp_find_slice(tag, SP_LIT(";tag=")));
    if (cseq == 1 && strcmp(method, "INVITE") == 0)
        tag = sp_slice(NULL, 0);
    used = snprintf(room, sizeof(room),
                    "%s sip:bob@192.0.2.2 SIP/2.0\r\n"
                    "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bK%s%d\r\nMax-Forwards: 70\r\n"
                    "From: <sip:carol@192.0.2.3>;tag=1\r\nTo: <sip:bob@192.0.2.2>%.*s\r\n"
                    "Call-ID: hand\r\nCSeq: %d %s\r\nContact: <sip:carol@192.0.2.3>\r\n"
                    "P-Asserted-Identity: <sip:dave@h>\r\n%s"
                    "Content-Length: %d\r\n\r\n%.*s",
                    method, branch, cseq, SP_ARG(tag), cseq, method,
                    body.len > 0 ? "Content-Type: application/sdp\r\n" : "", (int)body.len,
                    SP_ARG(body));
    push_unit_hand_octets(unit, PUSH_UNIT_RECEIVER, sp_slice(room, (size_t)used));
}

void push_unit_hand_invite(struct push_unit *unit, int cseq, const char *body)
{
    hand_request(unit, "INVITE", "i", cseq, filled(sp_slice(NULL, 0), body));
}

void push_unit_hand_ack(struct push_unit *unit, int cseq)
{
    struct sp_slice answer = push_unit_hand_got(unit, "SIP/2.0 ");

    /* of a 2xx it is a request of its own, else of the INVITE's transaction */
    hand_request(unit, "ACK", sp_starts(answer, SP_LIT("SIP/2.0 2")) ? "a" : "i", cseq,
                 sp_slice(NULL, 0));
}

void push_unit_hand_bye(struct push_unit *unit, int cseq)
{
    hand_request(unit, "BYE", "b", cseq, sp_slice(NULL, 0));
}

void push_unit_hand_connect(struct push_unit *unit)
{
    struct sp_io io = { .kind = SP_IO_CONNECT, .protocol = SP_MSRP };

    io.addr = push_unit_addr(PUSH_UNIT_RECEIVER, 2855);
    push_unit_perform(unit, PUSH_UNIT_HAND, &io);
    push_unit_run(unit, 10);
    ck_assert_uint_ne(unit->hand_flow.id, 0);
}

void push_unit_hand_msrp(struct push_unit *unit, const char *text)
{
    struct sp_io io = { .kind = SP_IO_SEND, .flow = unit->hand_flow };

    io.parts[0] = filled(push_unit_hand_got(unit, "SIP/2.0 200"), text);
    push_unit_perform(unit, PUSH_UNIT_HAND, &io);
    push_unit_run(unit, 10);
}

void push_unit_hand_within(struct push_unit *unit, const char *method, int cseq, const char *body)
{
    static char      room[16384];
    struct sp_slice  got = push_unit_hand_got(unit, "INVITE");
    struct sp_slice  text = filled(got, body);
    struct sip_field places[64];
    struct sip_msg   msg;
    struct sp_where  where;
    int              used;

    sip_msg_init(&msg, places, 64);
    unit_err(sip_msg_parse(got, &msg, &where), SP_OK);
    used = snprintf(room, sizeof(room),
                    "%s sip:alice@192.0.2.1 SIP/2.0\r\n"
                    "Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bKw%d%s\r\nMax-Forwards: 70\r\n"
                    "From: %.*s;tag=h\r\nTo: %.*s\r\nCall-ID: %.*s\r\nCSeq: %d %s\r\n"
                    "Contact: <sip:carol@192.0.2.3>\r\n%sContent-Length: %d\r\n\r\n%.*s",
                    method, cseq, method, SP_ARG(sip_msg_value(&msg, SIP_FIELD_TO)),
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_FROM)),
                    SP_ARG(sip_msg_value(&msg, SIP_FIELD_CALL_ID)), cseq, method,
                    text.len > 0 ? "Content-Type: application/sdp\r\n" : "", (int)text.len,
                    SP_ARG(text));
    push_unit_hand_octets(unit, PUSH_UNIT_SENDER, sp_slice(room, (size_t)used));
}
