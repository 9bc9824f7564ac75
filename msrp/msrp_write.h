/* SPDX-License-Identifier: MIT
 * msrp/msrp_write.h -- requests and responses, written. RFC 4975 7.1, 7.2, 9.
 *
 * Fields stand in the order of the grammar, Content-Type last. A value that holds CR, LF or NUL
 * sticks SP_INJECTION in the buffer, so no value can become a field or an end-line. Bodies are not
 * written here. */
#ifndef SIPUSH_MSRP_MSRP_WRITE_H
#define SIPUSH_MSRP_MSRP_WRITE_H

#include "msrp_head.h"

/* What the head of a request says; what is empty is left out. */
struct msrp_request {
    struct sp_slice          id, to_path, from_path, message_id;
    bool                     has_range;
    struct msrp_byte_range   range;
    bool                     success_report; /* SEND */
    enum msrp_failure_report failure_report; /* SEND */
    struct sp_slice          disposition,
        content_type; /* SEND: with a type goes the blank line, and a body follows */
    uint16_t status;  /* REPORT: namespace 000 */
};

void msrp_put_send(struct sp_buf *to, const struct msrp_request *request);
/* With its end-line. */
void msrp_put_report(struct sp_buf *to, const struct msrp_request *request);
/* With its end-line. `to_path` is the first URI of the request's From-Path for a SEND, else all of
 * it (7.2). */
void msrp_put_response(struct sp_buf *to, struct sp_slice id, uint16_t status,
                       struct sp_slice to_path, struct sp_slice from_path);
/* "-------" id flag CRLF, without the CRLF that ends a body. */
void msrp_put_end_line(struct sp_buf *to, struct sp_slice id, char flag);

/* The words of a status code; "" for one that RFC 4975 and RFC 4976 do not have. */
const char *msrp_status_words(uint16_t status);

#endif
