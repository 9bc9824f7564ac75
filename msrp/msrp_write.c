/* SPDX-License-Identifier: MIT
 * msrp/msrp_write.c -- requests and responses, written. RFC 4975 7.1, 7.2, 9, 10. */
#include "msrp_write.h"

const char *msrp_status_words(uint16_t status)
{
    switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 408: return "Downstream Timeout";
    case 413: return "Stop Sending";
    case 415: return "Media Type Not Understood";
    case 423: return "Parameter Out Of Bounds";
    case 481: return "No Such Session";
    case 501: return "Unknown Method";
    case 506: return "Session On Another Connection";
    default: return "";
    }
}

static void put_field(struct sp_buf *to, const char *name, struct sp_slice value)
{
    if (value.len == 0)
        return;
    sp_put_text(to, name);
    sp_put_text(to, ": ");
    sp_put_value(to, value);
    sp_put_text(to, "\r\n");
}

static void put_status(struct sp_buf *to, uint16_t status)
{
    const char *words = msrp_status_words(status);

    sp_put_u64(to, status);
    if (words[0] != '\0') {
        sp_put_char(to, ' ');
        sp_put_text(to, words);
    }
    sp_put_text(to, "\r\n");
}

static void put_number(struct sp_buf *to, uint64_t number)
{
    if (number == MSRP_UNKNOWN)
        sp_put_char(to, '*');
    else
        sp_put_u64(to, number);
}

static void put_start(struct sp_buf *to, const char *method, const struct msrp_request *request)
{
    sp_put_text(to, "MSRP ");
    sp_put_value(to, request->id);
    sp_put_text(to, method);
    put_field(to, "To-Path", request->to_path);
    put_field(to, "From-Path", request->from_path);
    put_field(to, "Message-ID", request->message_id);
    if (!request->has_range)
        return;
    sp_put_text(to, "Byte-Range: ");
    sp_put_u64(to, request->range.from);
    sp_put_char(to, '-');
    put_number(to, request->range.to);
    sp_put_char(to, '/');
    put_number(to, request->range.total);
    sp_put_text(to, "\r\n");
}

/* What is the default (7.1.1) is not said. */
void msrp_put_send(struct sp_buf *to, const struct msrp_request *request)
{
    put_start(to, " SEND\r\n", request);
    if (request->success_report)
        sp_put_text(to, "Success-Report: yes\r\n");
    if (request->failure_report == MSRP_FAILURE_NO)
        sp_put_text(to, "Failure-Report: no\r\n");
    if (request->failure_report == MSRP_FAILURE_PARTIAL)
        sp_put_text(to, "Failure-Report: partial\r\n");
    if (request->content_type.len == 0)
        return;
    put_field(to, "Content-Disposition", request->disposition);
    put_field(to, "Content-Type", request->content_type);
    sp_put_text(to, "\r\n");
}

void msrp_put_report(struct sp_buf *to, const struct msrp_request *request)
{
    put_start(to, " REPORT\r\n", request);
    sp_put_text(to, "Status: 000 ");
    put_status(to, request->status);
    msrp_put_end_line(to, request->id, '$');
}

void msrp_put_response(struct sp_buf *to, struct sp_slice id, uint16_t status,
                       struct sp_slice to_path, struct sp_slice from_path)
{
    sp_put_text(to, "MSRP ");
    sp_put_value(to, id);
    sp_put_char(to, ' ');
    put_status(to, status);
    put_field(to, "To-Path", to_path);
    put_field(to, "From-Path", from_path);
    msrp_put_end_line(to, id, '$');
}

void msrp_put_end_line(struct sp_buf *to, struct sp_slice id, char flag)
{
    sp_put_text(to, "-------");
    sp_put_value(to, id);
    sp_put_char(to, flag);
    sp_put_text(to, "\r\n");
}
