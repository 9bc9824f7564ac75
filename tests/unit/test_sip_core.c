/* SPDX-License-Identifier: MIT
 * tests/unit/test_sip_core.c -- owner and object in 64 bits, and back. */
#include "unit.h"

#include "../../dialog/sip_core.h"

static const struct cookie_row {
    enum sip_owner   owner;
    struct sp_handle handle;
} cookies[] = {
    { SIP_OWNER_NONE, { 0, 0 } },
    { SIP_OWNER_CLIENT, { 1, 1 } },
    { SIP_OWNER_INVITE, { 0x1fffff, UINT32_MAX } },
    { SIP_OWNER_SESSION, { 5, 0x80000001 } },
};

START_TEST(cookies_come_back)
{
    const struct cookie_row *row = &cookies[_i];
    uint64_t                 cookie = sip_core_cookie(row->owner, row->handle);

    ck_assert_int_eq(sip_core_owner(cookie), row->owner);
    ck_assert(sp_handle_eq(sip_core_handle(cookie), row->handle));
}
END_TEST

START_TEST(a_note_is_blanked)
{
    struct sip_note note = { .kind = SIP_UA_ENDED,
                             .status = 200,
                             .again = true,
                             .by_peer = true,
                             .err = SP_TIMEOUT,
                             .timer = "F" };

    sip_core_blank(&note);
    ck_assert_uint_eq(note.status, 0);
    ck_assert(!note.again && !note.by_peer);
    unit_err(note.err, SP_OK);
    ck_assert_ptr_null(note.timer);
}
END_TEST

Suite *test_sip_core_suite(void)
{
    Suite *suite = suite_create("sip_core");
    TCase *tcase = unit_tcase(suite, "core");

    unit_loop(tcase, cookies_come_back, cookies);
    tcase_add_test(tcase, a_note_is_blanked);
    return suite;
}
