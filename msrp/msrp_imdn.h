/* SPDX-License-Identifier: MIT
 * msrp/msrp_imdn.h -- what became of a message, told from end to end: the wish for it in a wrapper
 * (message/cpim), and the notification (message/imdn+xml). RFC 5438 6, 7, 10, 11.
 *
 * Unlike a REPORT it says what became of the message behind the endpoint, and passes where no MSRP
 * is. A notification is asked for and answered by those who see the content; nothing here is sent
 * by itself. Slices point into the octets given. Of XML what the schema needs is read: no DTD, no
 * more than eight elements one in the other; elements that are not known are passed over. */
#ifndef SIPUSH_MSRP_MSRP_IMDN_H
#define SIPUSH_MSRP_MSRP_IMDN_H

#include "msrp_cpim.h"

enum msrp_imdn_kind { MSRP_IMDN_DELIVERY, MSRP_IMDN_PROCESSING, MSRP_IMDN_DISPLAY };

enum msrp_imdn_status {
    MSRP_IMDN_DELIVERED,
    MSRP_IMDN_FAILED,
    MSRP_IMDN_PROCESSED,
    MSRP_IMDN_STORED,
    MSRP_IMDN_DISPLAYED,
    MSRP_IMDN_FORBIDDEN, /* it is denied to tell */
    MSRP_IMDN_ERROR,     /* of the server that tells */
    MSRP_IMDN_EXTENSION, /* a status that is not known here */
};

/* What the sender of a message wants to know. */
struct msrp_imdn_wish {
    struct sp_slice message_id; /* of the IM; not the Message-ID of MSRP */
    bool            positive_delivery, negative_delivery, processing, display;
    struct sp_slice original_to; /* URI; empty: none */
    struct sp_slice route; /* URI that a notification goes to first: the first IMDN-Record-Route,
                              else the From of the wrapper */
};

/* Read it from a wrapper. False: nothing is wanted, or it is a notification itself. */
bool msrp_imdn_wish_of(const struct msrp_cpim *im, struct msrp_imdn_wish *wish);
/* Write the headers of a wish: before msrp_cpim_write, whose DateTime must be there (7.1.1.2).
 * SP_SYNTAX sticks where message_id is no token. */
void msrp_imdn_put_wish(struct sp_buf *to, const struct msrp_imdn_wish *wish);
/* Is a notification of this kind with this status wanted? */
bool msrp_imdn_wanted(const struct msrp_imdn_wish *wish, enum msrp_imdn_kind kind,
                      enum msrp_imdn_status status);

/* The notification. Texts are as they stand in XML: msrp_imdn_put_text undoes it. */
struct msrp_imdn {
    struct sp_slice       message_id;                                     /* of the IM */
    struct sp_slice       date_time;                                      /* when it was sent */
    struct sp_slice       recipient_uri, original_recipient_uri, subject; /* empty: none */
    enum msrp_imdn_kind   kind;
    enum msrp_imdn_status status;
};

/* Read message/imdn+xml. SP_SYNTAX: no XML, or a DTD; SP_UNSUPPORTED: another document; SP_MISSING:
 * message-id, datetime or a status; SP_REPEATED; SP_LIMIT: too deep. */
SP_MUST_USE enum sp_err msrp_imdn_parse(struct sp_slice octets, struct msrp_imdn *imdn,
                                        struct sp_where *where);
void                    msrp_imdn_put_text(struct sp_buf *to, struct sp_slice text);

/* Write the whole notification, wrapper and all, for a message that wished it: from its To to its
 * From. `message_id` is the notification's own. SP_SYNTAX sticks where it is no token, SP_MISSING
 * where the message has no DateTime. */
void msrp_imdn_write(struct sp_buf *to, const struct msrp_cpim *im,
                     const struct msrp_imdn_wish *wish, struct sp_slice message_id,
                     enum msrp_imdn_kind kind, enum msrp_imdn_status status);

#endif
