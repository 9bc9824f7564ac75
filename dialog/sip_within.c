/* SPDX-License-Identifier: MIT
 * dialog/sip_within.c -- requests within a session that are none of its own: INFO, MESSAGE,
 * OPTIONS. RFC 3261 12.2.
 *
 * Their client (sip_client.c) keeps the session's handle alone; what it writes and where it goes is
 * the dialog's. */
#include "../parser/sip_write.h"
#include "sip_session.h"

/* The dialog of a session that has one and is not over. */
static struct sip_session *standing(struct sip_ua *ua, struct sp_handle handle)
{
    struct sip_session *session = sip_session_find(ua, handle);

    return session != NULL && session->dialog.block != NULL && session->state != SIP_SESSION_ENDING
               ? session
               : NULL;
}

static struct sip_dialog *dialog_of(struct sip_ua *ua, const struct sip_client *client)
{
    struct sip_session *session = standing(ua, client->session);

    if (session != NULL)
        return &session->dialog;
    return client->house.owner != SIP_OWNER_NONE ? sip_affair_dialog(ua, client->house) : NULL;
}

void sip_put_within(struct sip_ua *ua, struct sp_buf *to, struct sip_client *client)
{
    struct sip_draft  *draft = &client->draft;
    struct sip_dialog *dialog = dialog_of(ua, client);

    if (dialog == NULL) {
        sp_put_fail(to, SP_STALE);
        return;
    }
    draft->cseq = ++dialog->local_cseq;
    sip_put_dialog_head(to, dialog, sip_draft_method(draft), draft->cseq);
    if (draft->method == SIP_SUBSCRIBE || draft->method == SIP_NOTIFY)
        sip_put_contact(ua, to, &client->hop.target); /* target refreshes (RFC 6665 3.1, 3.2) */
    sip_put_supported(ua, to);
    sip_put_user_agent(ua, to);
    sp_put(to, draft->fields);
    (void)sip_put_login(ua, to, &client->challenges, draft->body);
    sip_put_body(to, draft->content_type, draft->body);
}

void sip_within_again(struct sip_ua *ua, const struct sip_client *client)
{
    struct sip_dialog *dialog = dialog_of(ua, client);

    if (dialog != NULL)
        sip_dialog_again(dialog, client->draft.cseq);
}

enum sp_err sip_within_next_hop(struct sip_ua *ua, const struct sip_client *client,
                                struct sp_slice *uri)
{
    const struct sip_dialog *dialog = dialog_of(ua, client);

    return dialog != NULL ? sip_dialog_next_hop(dialog, uri) : SP_STALE;
}

/* Their INVITE waits for our answer, or that for its ACK: who sent it need not know the dialog yet,
 * there is no BYE (15), and if he is lost no ACK comes (13.3.1.4). */
static bool is_answering(const struct sip_session *session)
{
    return session->state == SIP_SESSION_INVITED || session->state == SIP_SESSION_ACCEPTS ||
           session->state == SIP_SESSION_ANSWERED || session->state == SIP_SESSION_HANGS_UP;
}

void sip_within_ended(struct sip_ua *ua, struct sp_handle handle, uint16_t status)
{
    struct sip_session *session = standing(ua, handle);

    if (session == NULL || (status != 408 && status != 481) || is_answering(session))
        return;
    if (session->state == SIP_SESSION_REINVITED || session->state == SIP_SESSION_REACCEPTS)
        sip_session_terminate(ua, session, 487);
    session->note.status = status;
    session->note.err = status == 408 ? SP_TIMEOUT : SP_REFUSED;
    sip_session_on(ua, session, SIP_ON_LOST);
}
