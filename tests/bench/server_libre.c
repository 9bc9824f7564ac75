/* SPDX-License-Identifier: MIT
 * tests/bench/server_libre.c PORT -- libre: a server transaction (sip_treply) for each request. */
/* As Debian builds it: addresses lie in struct sip_msg. */
#define HAVE_INTTYPES_H 1
#define HAVE_STDBOOL_H  1
#define HAVE_INET6      1
#include <re/re.h>

#include <stdlib.h>

static bool came(const struct sip_msg *msg, void *arg)
{
    return sip_treply(NULL, arg, msg, 200, "OK") == 0;
}

int main(int argc, char **argv)
{
    struct sip      *sip = NULL;
    struct sip_lsnr *listener = NULL;
    struct sa        addr;

    if (libre_init() != 0 ||
        sa_set_str(&addr, "127.0.0.1", (uint16_t)strtoul(argc > 1 ? argv[1] : "0", NULL, 10)) !=
            0 ||
        sip_alloc(&sip, NULL, 32, 131072, 32, "libre bench", NULL, NULL) != 0 ||
        sip_transp_add(sip, SIP_TRANSP_UDP, &addr) != 0 ||
        sip_listen(&listener, sip, true, came, sip) != 0)
        return 1;
    return re_main(NULL);
}
