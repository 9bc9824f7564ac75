/* SPDX-License-Identifier: MIT
 * transaction/sip_match.c -- which transaction a message belongs to: RFC 3261 17.1.3, 17.2.3, 9.2.
 *
 * Requests with the magic cookie match by branch, sent-by and method; those of RFC 2543 clients by
 * Request-URI, tags, Call-ID, CSeq and top Via; responses by branch and the method in CSeq.
 * Letters fold where 7.3.1 folds them, so in branch and host; methods, URIs and Call-IDs keep
 * theirs (7.1, 8.1.1.4, 20.8). Never changes a transaction. */
#include "../base/sha256.h"
#include "../parser/sip_address.h"
#include "sip_layer.h"

#include <string.h>

/* A key while it is put together: the octets, and their hash in case they are too many. */
struct composer {
    struct sip_key  *key;
    struct sp_sha256 sha;
    size_t           len;
    bool             fold;
};

static void compose_octet(struct composer *c, char octet)
{
    if (c->len < SIP_KEY_OCTETS) {
        c->key->octets[c->len] = octet;
    } else {
        if (c->len == SIP_KEY_OCTETS) {
            sp_sha256_init(&c->sha);
            sp_sha256_add(&c->sha, sp_slice(c->key->octets, SIP_KEY_OCTETS));
        }
        sp_sha256_add(&c->sha, sp_slice(&octet, 1));
    }
    c->len++;
}

/* A part and the end of a part: LF stands in none of them, folds are taken for spaces. */
static void compose(struct composer *c, struct sp_slice part, bool fold)
{
    for (size_t i = 0; i < part.len; i++) {
        char octet = part.at[i];

        if (octet == '\r' || octet == '\n')
            octet = ' ';
        compose_octet(c, fold ? sp_lower(octet) : octet);
    }
    compose_octet(c, '\n');
}

static void compose_number(struct composer *c, uint32_t number)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        compose_octet(c, "0123456789abcdef"[(number >> shift) & 15]);
    compose_octet(c, '\n');
}

static void composed(struct composer *c)
{
    if (c->len <= SIP_KEY_OCTETS) {
        c->key->len = (uint8_t)c->len;
        return;
    }

    uint8_t digest[SP_SHA256_OCTETS];

    sp_sha256_end(&c->sha, digest);
    memcpy(c->key->octets, digest, sizeof digest);
    c->key->len = sizeof digest;
}

void sip_key_client(struct sip_key *key, struct sp_slice branch)
{
    struct composer c = { .key = key };

    memset(key, 0, sizeof *key);
    compose(&c, SP_LIT("client"), false);
    compose(&c, branch, true);
    composed(&c);
}

enum sp_err sip_tag_of(const struct sip_msg *msg, enum sip_field_id id, struct sp_slice *tag)
{
    struct sip_address address;
    struct sp_where    where;
    enum sp_err        err = sip_address_parse(sip_msg_value(msg, id), &address, &where);

    *tag = err == SP_OK ? address.tag : sp_slice(NULL, 0);
    return err;
}

uint64_t sip_tag_key(const struct sip_tx_layer *layer, struct sp_slice tag)
{
    char   folded[64];
    size_t len = tag.len < sizeof folded ? tag.len : 0;

    for (size_t i = 0; i < len; i++)
        folded[i] = sp_lower(tag.at[i]);
    if (len > 0)
        tag = sp_slice(folded, len);
    return sp_table_hash(&layer->found, &tag, 1);
}

uint32_t sip_method_key(const struct sip_tx_layer *layer, struct sp_slice method)
{
    return (uint32_t)sp_table_hash(&layer->found, &method, 1);
}

enum sp_err sip_key_server(const struct sip_tx_layer *layer, struct sip_key *key,
                           const struct sip_msg *msg, const struct sip_via *via,
                           const struct sip_cseq *cseq)
{
    struct composer c = { .key = key };
    struct sp_slice from_tag, to_tag;
    enum sp_err     err;

    memset(key, 0, sizeof *key);
    if (sip_via_has_cookie(via)) {
        compose(&c, SP_LIT("server"), false);
        compose(&c, via->branch, true);
        compose(&c, via->host, true);
        compose_number(&c, via->port == 0 ? SIP_PORT : via->port);
        composed(&c);
        return SP_OK;
    }

    key->rfc2543 = true;
    err = sip_tag_of(msg, SIP_FIELD_FROM, &from_tag);
    if (err == SP_OK)
        err = sip_tag_of(msg, SIP_FIELD_TO, &to_tag);
    if (err != SP_OK)
        return err;
    compose(&c, SP_LIT("2543"), false);
    compose(&c, msg->request_uri, false);
    compose(&c, from_tag, true);
    compose(&c, sip_msg_value(msg, SIP_FIELD_CALL_ID), false);
    compose_number(&c, cseq->number);
    compose(&c, via->transport, true);
    compose(&c, via->host, true);
    compose_number(&c, via->port == 0 ? SIP_PORT : via->port);
    compose(&c, via->params, true);
    composed(&c);
    key->to_tag = sip_tag_key(layer, to_tag);
    return SP_OK;
}

static uint64_t hash_of(const struct sip_tx_layer *layer, const struct sip_key *key)
{
    struct sp_slice octets = sp_slice(key->octets, key->len);

    return sp_table_hash(&layer->found, &octets, 1);
}

struct sp_list *sip_match_going(const struct sip_tx_layer *layer, const struct sp_addr *remote)
{
    struct sp_slice parts[] = { sp_slice(remote->octets, sizeof remote->octets),
                                sp_slice(&remote->port, sizeof remote->port) };

    return &layer->going[sp_table_hash(&layer->found, parts, 2) & layer->going_mask];
}

void sip_match_add(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    sp_table_add(&layer->found, &tx->found, hash_of(layer, &tx->key));
}

void sip_match_remove(struct sip_tx_layer *layer, struct sip_transaction *tx)
{
    sp_table_remove(&layer->found, &tx->found);
    sp_list_remove(&tx->going);
}

/* The next transaction with this key after `tx`, or the first. */
static struct sip_transaction *with_key(const struct sip_tx_layer *layer, const struct sip_key *key,
                                        struct sip_transaction *tx)
{
    struct sp_table_link *link = tx == NULL ? sp_table_first(&layer->found, hash_of(layer, key))
                                            : sp_table_next(&tx->found);

    for (; link != NULL; link = sp_table_next(link)) {
        struct sip_transaction *one = SP_OF(link, struct sip_transaction, found);

        if (one->key.len == key->len && memcmp(one->key.octets, key->octets, key->len) == 0)
            return one;
    }
    return NULL;
}

struct sip_transaction *sip_match_response(const struct sip_tx_layer *layer,
                                           const struct sip_via *via, const struct sip_cseq *cseq,
                                           const struct sp_flow *flow)
{
    struct sip_transaction *tx = NULL;
    struct sp_addr          sent_by = sip_way_sent_by(via);
    uint32_t                method = sip_method_key(layer, cseq->method);
    struct sip_key          key;

    sip_key_client(&key, via->branch);
    while ((tx = with_key(layer, &key, tx)) != NULL)
        if (tx->method == method)
            break;
    /* 18.1.2: a sent-by that we did not write. */
    /* DEVIATES RFC 3261 18.1.2: nobody but the host that was asked answers, and by the transport
     * that it was asked by. Whoever guesses or sees a branch could else end a transaction from
     * anywhere, and with a datagram one that runs over TCP. */
    if (tx == NULL || !sp_addr_eq(&sent_by, &tx->sent_by) || flow->transport != tx->to.transport ||
        !sp_addr_eq_host(&flow->remote, &tx->to.remote))
        return NULL;
    return tx;
}

struct sip_transaction *sip_match_request(const struct sip_tx_layer *layer,
                                          const struct sip_key *key, const struct sip_msg *msg)
{
    struct sip_transaction *tx = NULL;
    bool                    ack = msg->method == SIP_ACK;
    uint32_t method = sip_method_key(layer, ack ? SP_LIT("INVITE") : msg->method_name);

    while ((tx = with_key(layer, key, tx)) != NULL) {
        if (tx->method != method)
            continue;
        if (!key->rfc2543)
            return tx;
        /* An ACK has the To tag of our response, a retransmission that of its original. */
        if (key->to_tag == (ack ? tx->answer_tag : tx->key.to_tag))
            return tx;
    }
    return NULL;
}

struct sip_transaction *sip_match_cancelled(const struct sip_tx_layer *layer,
                                            const struct sip_key      *key)
{
    struct sip_transaction *tx = NULL;
    uint32_t                cancel = sip_method_key(layer, SP_LIT("CANCEL"));

    while ((tx = with_key(layer, key, tx)) != NULL)
        if (tx->method != cancel && (!key->rfc2543 || key->to_tag == tx->key.to_tag))
            return tx;
    return NULL;
}
