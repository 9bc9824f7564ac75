/* SPDX-License-Identifier: MIT
 * tests/bench/server_sofia-sip.c PORT -- sofia-sip: its transaction engine nta answers each request
 * of a default leg. */
#define NTA_LEG_MAGIC_T void
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_wait.h>

#include <stdio.h>

static int came(void *magic, nta_leg_t *leg, nta_incoming_t *request, sip_t const *sip)
{
    (void)magic, (void)leg, (void)sip;
    nta_incoming_treply(request, SIP_200_OK, TAG_END());
    nta_incoming_destroy(request); /* it stays for its Timer J */
    return 0;
}

int main(int argc, char **argv)
{
    su_root_t   *root;
    nta_agent_t *agent;
    char         url[64];

    if (su_init() != 0 || (root = su_root_create(NULL)) == NULL)
        return 1;
    (void)snprintf(url, sizeof url, "sip:127.0.0.1:%s;transport=udp", argc > 1 ? argv[1] : "0");
    agent = nta_agent_create(root, (url_string_t *)(void *)url, NULL, NULL, TAG_END());
    if (agent == NULL || nta_leg_tcreate(agent, came, NULL, NTATAG_NO_DIALOG(1), TAG_END()) == NULL)
        return 1;
    su_root_run(root);
    return 0;
}
