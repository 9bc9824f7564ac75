/* SPDX-License-Identifier: MIT
 * dialog/sip_dialog.h -- a dialog: what two user agents keep to talk on. RFC 3261 12.
 *
 * Made from the request or response that creates it (12.1), found by Call-ID and tags, refreshed by
 * target refresh requests, and written into the requests sent within it (12.2.1.1, strict routers
 * too). Its texts lie in one block of the store. Never: sends, times or decides; what
 * its usage does is not its affair. */
#ifndef SIPUSH_DIALOG_SIP_DIALOG_H
#define SIPUSH_DIALOG_SIP_DIALOG_H

#include "../base/store.h"
#include "../base/table.h"
#include "sip_route.h"

/* Whose a dialog is; the half of a subscription waits for the NOTIFY that makes it whole. */
enum sip_usage { SIP_USAGE_SESSION, SIP_USAGE_SUBSCRIPTION, SIP_USAGE_HALF, SIP_USAGE_NOTIFIER };

struct sip_dialog {
    enum sip_usage       usage; /* its owner's to set, once it is made */
    struct sp_table_link link;  /* in the table of dialogs, while it is known to others */
    void                *block; /* of its texts; NULL: no dialog yet */
    struct sp_slice      call_id, local_tag, remote_tag; /* its name; a tag may be empty (12.1.1) */
    struct sp_slice      local, remote;                  /* URIs for From and To, as name-addr */
    struct sp_slice      target;                         /* remote target, a URI */
    struct sp_slice      routes;                         /* route set, see sip_route.h */
    uint32_t             local_cseq;                     /* of the last request sent; 0: empty */
    uint32_t             remote_cseq;                    /* of the last request received */
    bool                 remote_seen; /* false: the remote sequence number is empty */
};

/* Room for texts in the making, and the store and limit of those that stay. */
struct sip_dialog_room {
    struct sp_store *store;
    size_t           most; /* octets of the texts of one dialog */
    char            *text; /* `most` octets to write in */
};

/* Of the UAS, from the request that creates it and the tag we choose (12.1.1). SP_MISSING: no
 * Contact; SP_SYNTAX: a field; SP_LIMIT. On an error there is no dialog. */
SP_MUST_USE enum sp_err sip_dialog_of_request(struct sip_dialog            *dialog,
                                              const struct sip_dialog_room *room,
                                              const struct sip_msg *request, struct sp_slice tag);
/* Of the UAC, from the response that creates it (12.1.2). A response without Contact,
 * against 12.1.1, leaves `target`, the Request-URI that was sent. SP_SYNTAX, SP_LIMIT. */
SP_MUST_USE enum sp_err sip_dialog_of_response(struct sip_dialog            *dialog,
                                               const struct sip_dialog_room *room,
                                               const struct sip_msg         *response,
                                               struct sp_slice               target);
/* A target refresh (12.2.1.2, 12.2.2): the remote target becomes the URI of the message's Contact,
 * if there is one. `moved` tells that it is another one now. SP_SYNTAX, SP_LIMIT: it stays as it
 * was. */
SP_MUST_USE enum sp_err sip_dialog_refresh(struct sip_dialog            *dialog,
                                           const struct sip_dialog_room *room,
                                           const struct sip_msg *msg, bool *moved);
/* Give the texts back. It must have left the table. */
void sip_dialog_free(struct sip_dialog *dialog, struct sp_store *store);

/* The name of a dialog as a message has it, seen from here (12). `remote` is the From of a request
 * and the To of a response. */
struct sip_dialog_id {
    struct sp_slice call_id, local_tag, remote_tag;
};
/* SP_SYNTAX: From or To are no addresses. */
SP_MUST_USE enum sp_err sip_dialog_id_of(const struct sip_msg *msg, struct sip_dialog_id *id);
uint64_t           sip_dialog_hash(const struct sp_table *table, const struct sip_dialog_id *id);
void               sip_dialog_add(struct sp_table *table, struct sip_dialog *dialog);
struct sip_dialog *sip_dialog_find(const struct sp_table *table, const struct sip_dialog_id *id);

/* The order of a request that came within the dialog (12.2.2): true, and its number is kept, when
 * it is higher than all before it. */
bool sip_dialog_take_cseq(struct sip_dialog *dialog, uint32_t cseq);

/* The head of a request within the dialog: request line, Max-Forwards, From, To, Call-ID, CSeq,
 * Route. */
void sip_put_dialog_head(struct sp_buf *to, const struct sip_dialog *dialog, struct sp_slice method,
                         uint32_t cseq);
/* The request of this number goes to another target (RFC 3263 4.3): where it is the latest, the
 * next request has its number. */
void sip_dialog_again(struct sip_dialog *dialog, uint32_t cseq);
/* The URI that tells where its requests go. SP_SYNTAX. */
SP_MUST_USE enum sp_err sip_dialog_next_hop(const struct sip_dialog *dialog, struct sp_slice *uri);

#endif
