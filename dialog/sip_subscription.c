/* SPDX-License-Identifier: MIT
 * dialog/sip_subscription.c */
#include "sip_subscription.h"
void sip_subscription_notify(struct sip_ua *ua, struct sip_dialog *dialog, const struct sip_tx_action *action) { (void)ua; (void)dialog; (void)action; }
void sip_subscription_take(struct sip_ua *ua, struct sip_client *client) { (void)ua; (void)client; }
void sip_subscription_work(struct sip_ua *ua, struct sip_subscription *one) { (void)ua; (void)one; }
void sip_subscription_timer(struct sip_ua *ua, struct sp_timer *t) { (void)ua; (void)t; }
void sip_subscription_told(struct sip_ua *ua, struct sip_subscription *one, struct sip_ua_action *action) { (void)ua; (void)one; (void)action; }
