/* SPDX-License-Identifier: MIT
 * tools/relayed.c -- `--relay`: MSRP through relays of ours, for send and recv. */
#include "relayed.h"

#include <string.h>

#include "../msrp/msrp_uri.h"

int relayed_add(struct host *host, struct relayed *relayed, const char *value)
{
    size_t          used = strlen(relayed->text), from = used + (used > 0);
    struct msrp_uri uri;
    struct sp_where where;
    int             n = snprintf(relayed->text + used, sizeof relayed->text - used, "%s%s%s%s",
                     used > 0 ? " " : "", strstr(value, "://") != NULL ? "" : "msrp://", value,
                     strchr(value, ';') != NULL ? "" : ";tcp");

    if (n > 0 && (size_t)n < sizeof relayed->text - used &&
        msrp_uri_parse(sp_str(relayed->text + from), &uri, &where) == SP_OK && !uri.secure)
        return 0;
    relayed->text[used] = '\0';
    host_complain(host, "--relay needs msrp://HOST:PORT, not %s", value);
    return EXIT_USAGE;
}

int relayed_config(struct host *host, struct relayed *relayed, const char *user,
                   const char *password_file, uint32_t ready, struct push_relay_config *config)
{
    struct sp_slice password;

    if (user == NULL) {
        host_complain(host, "--relay needs --user: a relay asks for a password");
        return EXIT_USAGE;
    }
    if (!secret_read(host, password_file, relayed->password, &password))
        return EXIT_USAGE;
    *config = (struct push_relay_config){ .relays = sp_str(relayed->text),
                                          .username = sp_str(user),
                                          .password = password,
                                          .ready = ready };
    return 0;
}

static int exit_of(enum sp_err err, uint16_t status)
{
    if (status == 401)
        return EXIT_AUTH;
    switch (err) {
    case SP_TIMEOUT: return EXIT_TIMEOUT;
    case SP_REFUSED: return status != 0 ? EXIT_REFUSED : EXIT_CONNECT;
    case SP_INTEGRITY: return EXIT_AUTH; /* it does not know the password */
    case SP_TRANSPORT:
    case SP_RESOLVE:
    case SP_CLOSED: return EXIT_CONNECT;
    default: return EXIT_REFUSED;
    }
}

int relayed_verdict(struct host *host, struct relayed *relayed, uint32_t ready, uint32_t wanted,
                    enum sp_err err, uint16_t status)
{
    if (relayed->text[0] == '\0')
        return 0;
    if (err == SP_OK)
        relayed->told = false;
    if (ready >= wanted)
        relayed->ready = true;
    if (err != SP_OK && !relayed->told) {
        relayed->told = true;
        if (status != 0)
            host_complain(host, "the relay said %u to AUTH: %s", (unsigned)status,
                          sp_err_words(err));
        else
            host_complain(host, "the relay: %s", sp_err_words(err));
    }
    if (relayed->ready)
        return 0;
    return err == SP_OK ? -1 : exit_of(err, status);
}
