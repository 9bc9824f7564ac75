/* SPDX-License-Identifier: MIT
 * tools/trace_json.c -- a trace as JSON: one object an event, times from the start of the run. */
#include "json.h"
#include "trace.h"

static void put_address(struct json *json, const char *key, const struct sp_addr *addr)
{
    char          room[64];
    struct sp_buf text = sp_buf(room, sizeof room);

    sp_put_host_port(&text, addr);
    json_text(json, key, sp_written(&text));
}

static void put_flow(struct json *json, const struct sp_flow *flow)
{
    json_text(json, "protocol", sp_str(flow->protocol == SP_MSRP ? "msrp" : "sip"));
    json_text(json, "transport", sp_str(flow->transport == SP_TCP ? "tcp" : "udp"));
    json_u64(json, "flow", flow->id);
    put_address(json, "local", &flow->local);
    put_address(json, "remote", &flow->remote);
}

void trace_json_message(FILE *to, uint64_t start_us, const struct wire_message *message)
{
    struct json json = json_begin(to, message->sent ? "sent" : "received");
    bool        msrp = message->flow->protocol == SP_MSRP;

    json_u64(&json, "t_us", message->now_us - start_us);
    put_flow(&json, message->flow);
    json_text(&json, "line", wire_line(message->head));
    if (message->broken)
        json_bool(&json, "broken", true);
    if (msrp && !message->broken) {
        char flag[] = { message->flag, '\0' };

        if (wire_field(message->head, "Byte-Range").len > 0)
            json_text(&json, "byte_range", wire_field(message->head, "Byte-Range"));
        json_text(&json, "flag", sp_str(flag));
    }
    json_u64(&json, "body_octets", message->body_octets);
    json_text(&json, "head", message->head);
    if (message->has_body && message->body.len == message->body_octets)
        json_text(&json, "body", message->body);
    json_end(&json);
}

void trace_json_event(FILE *to, uint64_t start_us, const struct sp_trace_event *event)
{
    bool        arrow = event->kind == SP_TRACE_ARROW;
    struct json json = json_begin(to, arrow ? "arrow" : "dropped");

    json_u64(&json, "t_us", event->now_us - start_us);
    if (arrow) {
        json_text(&json, "machine", sp_str(event->machine));
        json_u64(&json, "id", event->id);
        json_text(&json, "from", sp_str(event->from));
        json_text(&json, "on", sp_str(event->on));
        json_text(&json, "to", sp_str(event->to));
    } else {
        if (event->flow != NULL)
            put_flow(&json, event->flow);
        json_text(&json, "why", sp_str(event->on != NULL ? event->on : ""));
        json_u64(&json, "octets", event->octets.len);
    }
    json_end(&json);
}
