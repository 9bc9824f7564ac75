/* SPDX-License-Identifier: MIT
 * tests/unit/test_push_link.c -- two agents behind one set of verbs; addresses in descriptions. */
#include "../../push/push_link.h"

#include "unit.h"

static struct push_link *make_link(void)
{
    struct push_link    *link = unit_room(sizeof(*link));
    uint8_t              seed[SP_SEED_OCTETS] = { 3 };
    struct sip_ua_config config = { .methods = 1u << SIP_INVITE };
    struct sp_arena      measured = sp_arena(NULL);
    struct sp_arena      arena;

    ck_assert(push_link_init(link, &measured, &sp_limits_small, NULL));
    ck_assert_ptr_null(link->ua);
    arena = unit_arena(measured);
    sp_ident_init(&link->ident, seed);
    ck_assert(push_link_init(link, &arena, &sp_limits_small, &config));
    ck_assert_uint_eq(arena.used, measured.used);
    return link;
}

static struct sp_flow flow_of(const char *host, uint16_t port, enum sp_transport transport,
                              enum sp_protocol protocol)
{
    struct sp_flow flow = { .id = port, .transport = (uint8_t)transport };

    flow.protocol = (uint8_t)protocol;
    unit_err(sp_addr_parse(unit_text(host), &flow.local), SP_OK);
    flow.local.port = port;
    return flow;
}

static const struct row {
    const char    *sip[2], *msrp[2]; /* bound; NULL: none */
    enum sp_family asked;
    bool           found, listens;
    const char    *path;
} rows[] = {
    { { "192.0.2.1" }, { "192.0.2.1" }, SP_IPV4, true, true, "msrp://192.0.2.1:2855/id;tcp" },
    { { "192.0.2.1" }, { "0.0.0.0" }, SP_IPV4, true, true, "msrp://192.0.2.1:2855/id;tcp" },
    { { "192.0.2.1" }, { NULL }, SP_IPV4, true, false, "msrp://192.0.2.1:9/id;tcp" },
    { { "2001:db8::1" },
      { "2001:db8::1" },
      SP_IPV6,
      true,
      true,
      "msrp://[2001:db8::1]:2855/id;tcp" },
    { { "192.0.2.1", "2001:db8::1" },
      { "192.0.2.1", "2001:db8::1" },
      SP_IPV6,
      true,
      true,
      "msrp://[2001:db8::1]:2855/id;tcp" },
    { { "192.0.2.1", "2001:db8::1" },
      { "192.0.2.1", "2001:db8::1" },
      SP_IPV4,
      true,
      true,
      "msrp://192.0.2.1:2855/id;tcp" },
    { { "192.0.2.1" }, { "192.0.2.1" }, SP_IPV6, true, true, "msrp://192.0.2.1:2855/id;tcp" },
    { { "2001:db8::1" }, { NULL }, SP_IPV4, true, false, "msrp://[2001:db8::1]:9/id;tcp" },
    { { NULL }, { NULL }, SP_IPV4, false, false, "" },
};

START_TEST(media_towards)
{
    const struct row      *row = &rows[_i];
    struct push_link      *link = make_link();
    struct push_media_addr found;
    char                   room[128];
    struct sp_buf          path = sp_buf(room, sizeof(room));

    for (int i = 0; i < 2; i++) {
        struct sp_flow flow;

        if (row->sip[i] != NULL) {
            flow = flow_of(row->sip[i], 5060, SP_UDP, SP_SIP);
            push_link_bound(link, &flow);
        }
        if (row->msrp[i] != NULL) {
            flow = flow_of(row->msrp[i], 2855, SP_TCP, SP_MSRP);
            push_link_bound(link, &flow);
        }
    }
    ck_assert_int_eq(push_link_media(link, row->asked, &found), row->found);
    if (!row->found)
        return;
    ck_assert_int_eq(found.listens, row->listens);
    push_put_path(link, &path, &found, unit_text("id"));
    unit_eq(sp_written(&path), row->path);
}
END_TEST

START_TEST(lines_say)
{
    struct push_media_addr media = { .addr = { .family = SP_IPV6, .octets = { 0x20, 1 } } };
    struct push_lines      lines;
    char                   room[256];
    struct sp_buf          to = sp_buf(room, sizeof(room));

    push_lines_of(&lines, &media, 7, 8);
    sdp_put_session(&to, &lines.origin, SP_LIT("-"), &lines.connection);
    unit_eq(sp_written(&to), "v=0\r\no=- 7 8 IN IP6 2001::\r\ns=-\r\nc=IN IP6 2001::\r\nt=0 0\r\n");
}
END_TEST

START_TEST(handles)
{
    struct sp_handle handle = { .slot = 0x12345678, .generation = 0xfedcba9b };

    ck_assert(sp_handle_eq(push_handle_of(push_user_of(handle)), handle));
    ck_assert(sp_handle_none(push_handle_of(0)));
}
END_TEST

/* What each agent asks for comes back to it: a name of SIP, a connection of MSRP, both under way.
 */
START_TEST(cookies)
{
    struct push_link          *link = make_link();
    struct push_link_action    action;
    struct sp_flow             udp = flow_of("192.0.2.1", 5060, SP_UDP, SP_SIP);
    struct sip_ua_request      request = { .method = SIP_OPTIONS,
                                           .uri = SP_LIT("sip:x@example.com"),
                                           .user = 5 };
    struct msrp_session_config config = {
        .local_path = SP_LIT("msrp://192.0.2.1:9/a;tcp"),
        .remote_path = SP_LIT("msrp://192.0.2.2:2855/b;tcp"),
        .connects = true,
        .accept_types = SP_LIT("*"),
        .user = 6,
    };
    struct sp_handle handle, session;
    uint64_t         sip = 0, msrp = 0;

    push_link_bound(link, &udp);
    unit_err(sip_ua_send(link->ua, 1, &request, &handle), SP_OK);
    unit_err(msrp_open(link->msrp, 1, &config, &session), SP_OK);
    while (push_link_next(link, &action)) {
        if (action.kind == PUSH_LINK_IO && action.io.kind == SP_IO_RESOLVE)
            sip = action.io.cookie;
        if (action.kind == PUSH_LINK_IO && action.io.kind == SP_IO_CONNECT)
            msrp = action.io.cookie;
    }
    ck_assert_uint_ne(sip, 0);
    ck_assert_uint_ne(msrp, 0);
    ck_assert_uint_ne(sip, msrp);
    /* by the verb of each kind, or as an event: the same */
    if (_i == 0)
        push_link_resolved(link, 2, sip, NULL, 0);
    else if (_i == 1)
        push_link_closed(link, 2, msrp, NULL, SP_TRANSPORT);
    else if (_i == 2)
        push_link_event(link, 2, &(struct sp_net_event){ .kind = SP_NET_RESOLVED, .cookie = sip });
    else
        push_link_event(
            link, 2,
            &(struct sp_net_event){ .kind = SP_NET_CLOSED, .cookie = msrp, .err = SP_TRANSPORT });
    ck_assert(push_link_next(link, &action));
    ck_assert_int_eq(action.kind, _i % 2 == 0 ? PUSH_LINK_SIP : PUSH_LINK_MSRP);
    if (_i % 2 == 0) {
        ck_assert_int_eq(action.sip.kind, SIP_UA_FAILED);
        ck_assert_uint_eq(action.sip.user, 5);
    } else {
        ck_assert_int_eq(action.msrp.kind, MSRP_DOWN);
        ck_assert_uint_eq(action.msrp.session_user, 6);
    }
}
END_TEST

Suite *test_push_link_suite(void)
{
    Suite *suite = suite_create("push_link");
    TCase *tcase = unit_tcase(suite, "push_link");

    unit_loop(tcase, media_towards, rows);
    tcase_add_test(tcase, lines_say);
    tcase_add_test(tcase, handles);
    tcase_add_loop_test(tcase, cookies, 0, 4);
    return suite;
}
