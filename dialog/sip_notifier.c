/* SPDX-License-Identifier: MIT
 * dialog/sip_notifier.c */
#include "sip_notifier.h"
bool sip_notifier_subscribe(struct sip_ua *ua, struct sip_dialog *dialog, const struct sip_tx_action *action) { (void)ua; (void)dialog; (void)action; return false; }
void sip_notifier_take(struct sip_ua *ua, struct sip_client *client) { (void)ua; (void)client; }
void sip_notifier_work(struct sip_ua *ua, struct sip_notifier *one) { (void)ua; (void)one; }
void sip_notifier_timer(struct sip_ua *ua, struct sip_notifier *one) { (void)ua; (void)one; }
void sip_notifier_told(struct sip_ua *ua, struct sip_notifier *one, struct sip_ua_action *action) { (void)ua; (void)one; (void)action; }
