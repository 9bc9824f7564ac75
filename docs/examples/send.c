/* SPDX-License-Identifier: MIT
 * docs/examples/send.c -- push a file with the installed library: send URI FILE.
 *
 *     cc send.c $(pkg-config --cflags --libs sipush)
 *
 * The loop of every host: drive the agent, perform what it wants until it wants nothing more, sleep
 * until its deadline. What fits one MESSAGE goes in one, all else by INVITE and MSRP. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <sipush.h>
#include <sipush/push/push_sender.h>
#include <sipush/transport/sp_net.h>

static struct push_sender *agent;
static struct sp_net      *net;
static int                 code = 1, over;

/* The file: its octets lie in memory, so the agent takes them by itself. Name, size and hash tell
 * the receiver what would come, and it checks what came against them. */
static struct push_content content_of(const char *path)
{
    const char         *slash = strrchr(path, '/');
    struct push_content content = { .name = sp_str(slash != NULL ? slash + 1 : path),
                                    .type = SP_LIT("application/octet-stream"),
                                    .has_sha1 = true };
    int                 file = open(path, O_RDONLY);
    struct stat         st;
    void               *octets = MAP_FAILED;

    if (file >= 0 && fstat(file, &st) == 0 && st.st_size > 0)
        octets = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (octets == MAP_FAILED) {
        perror(path);
        exit(2);
    }
    content.body = sp_slice(octets, (size_t)st.st_size);
    content.octets = content.body.len;
    sp_sha1(content.body, content.sha1);
    return content;
}

static void drain(void)
{
    struct push_sender_action action;

    while (push_sender_next(agent, &action)) {
        if (action.kind == PUSH_SENDER_IO) {
            sp_net_perform(net, &action.io);
        } else if (action.kind == PUSH_SENDER_CHOSEN) {
            printf("%s: %s\n", push_mode_name(action.mode), action.why);
        } else if (action.kind == PUSH_SENDER_CONTENT_ENDED) {
            printf("%s %u\n", sp_err_name(action.err), (unsigned)action.status);
            code = action.err != SP_OK;
        } else if (action.kind == PUSH_SENDER_ENDED) {
            over = 1;
        }
    }
}

int main(int argc, char **argv)
{
    struct push_sender_config config = { 0 };
    struct sp_addr            here = { .family = SP_IPV4, .octets = { 127, 0, 0, 1 } };
    struct sp_flow            local;
    struct sp_handle          handle;
    struct sp_net_event       event;
    uint8_t                   seed[SP_SEED_OCTETS];

    if (argc != 3 || sp_net_entropy(seed, sizeof seed) != SP_OK)
        return 2;
    struct push_content content = content_of(argv[2]);
    struct push_order   order = { .to = sp_str(argv[1]), .contents = &content, .count = 1 };

    net = sp_net_init(calloc(1, sp_net_size(&sp_net_config_default)), &sp_net_config_default);
    agent = push_sender_init(calloc(1, push_sender_size(&sp_limits_default)), &sp_limits_default,
                             seed, &config);
    if (sp_net_listen(net, SP_UDP, SP_SIP, &here, &local) != SP_OK)
        return 3;
    push_sender_bound(agent, &local);
    if (push_sender_submit(agent, sp_net_now_us(), &order, &handle) != SP_OK)
        return 2;
    for (drain(); !over || push_sender_open(agent) > 0; drain()) {
        sp_net_wait(net, push_sender_deadline(agent));
        push_sender_tick(agent, sp_net_now_us());
        for (drain(); sp_net_event(net, &event); drain())
            push_sender_event(agent, sp_net_now_us(), &event);
    }
    sp_net_end(net);
    return code;
}
