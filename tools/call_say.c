/* SPDX-License-Identifier: MIT
 * tools/call_say.c -- what `sipush call` prints: messages as they came, with what could harm a
 * terminal escaped. */
#include "call.h"

#include "../parser/sip_cseq.h"

/* The method that a message is about. */
static struct sp_slice method_of(const struct sip_msg *msg)
{
    struct sip_cseq cseq;
    struct sp_where where;

    if (msg->request)
        return msg->method_name;
    if (sip_cseq_parse(sip_msg_value(msg, SIP_FIELD_CSEQ), &cseq, &where) != SP_OK)
        return sp_slice(NULL, 0);
    return cseq.method;
}

static void put_json(const struct sip_msg *msg)
{
    struct json json = json_begin(stdout, msg->request ? "request" : "response");

    json_text(&json, "method", method_of(msg));
    if (!msg->request) {
        json_u64(&json, "status", msg->status);
        json_text(&json, "reason", msg->reason);
    }
    json_text(&json, "head", msg->head);
    json_text(&json, "body", msg->body);
    json_end(&json);
}

void call_say_message(struct host *host, const struct sip_msg *msg)
{
    if (msg == NULL)
        return;
    progress_clear(&host->bar);
    if (host->json) {
        put_json(msg);
        return;
    }
    term_put_lines(stdout, msg->head, "");
    term_put_lines(stdout, msg->body, "");
    if (msg->body.len > 0 && msg->body.at[msg->body.len - 1] != '\n')
        fputc('\n', stdout);
    fflush(stdout);
}

void call_say_passing(struct host *host, const struct sip_msg *msg)
{
    if (host->verbose > 0)
        call_say_message(host, msg);
}

void call_say_failed(struct host *host, struct sp_slice name, enum sp_err err, const char *timer)
{
    if (err == SP_TIMEOUT && timer != NULL)
        host_complain(host, "%.*s: no answer (timer %s)", SP_ARG(name), timer);
    else
        host_complain(host, "%.*s: %s", SP_ARG(name), sp_err_words(err));
}

void call_say_result(struct host *host, struct sp_slice method, uint16_t status, int code)
{
    struct json json;

    if (!host->json)
        return;
    json = json_begin(stdout, "result");
    json_text(&json, "method", method);
    if (status > 0)
        json_u64(&json, "status", status);
    else
        json_null(&json, "status");
    json_u64(&json, "exit", (uint64_t)code);
    json_end(&json);
}
