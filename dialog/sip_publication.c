/* SPDX-License-Identifier: MIT
 * dialog/sip_publication.c */
#include "sip_publication.h"
void sip_publication_take(struct sip_ua *ua, struct sip_client *client) { (void)ua; (void)client; }
void sip_publication_work(struct sip_ua *ua, struct sip_publication *one) { (void)ua; (void)one; }
void sip_publication_timer(struct sip_ua *ua, struct sip_publication *one) { (void)ua; (void)one; }
void sip_publication_told(struct sip_ua *ua, struct sip_publication *one, struct sip_ua_action *action) { (void)ua; (void)one; (void)action; }
