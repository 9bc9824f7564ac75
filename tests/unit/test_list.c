/* SPDX-License-Identifier: MIT
 * tests/unit/test_list.c -- a list whose links lie in the objects. */
#include "unit.h"

#include "../../base/list.h"

struct item {
    char           name;
    struct sp_link link;
};

/* The names of the items in order. */
static const char *names(const struct sp_list *list)
{
    static char text[16];
    size_t      n = 0;

    for (struct sp_link *l = sp_list_first(list); l != NULL; l = sp_list_after(list, l))
        text[n++] = SP_OF(l, struct item, link)->name;
    text[n] = '\0';
    return text;
}

START_TEST(queues)
{
    struct sp_list list;
    struct item    a = { .name = 'a' }, b = { .name = 'b' }, c = { .name = 'c' };

    sp_list_init(&list);
    ck_assert_ptr_null(sp_list_first(&list));
    sp_list_add(&list, &a.link);
    sp_list_add(&list, &b.link);
    sp_list_add(&list, &c.link);
    ck_assert_str_eq(names(&list), "abc");
    ck_assert(sp_list_has(&a.link) && sp_list_has(&c.link));
    sp_list_add(&list, &a.link); /* keeps its place */
    ck_assert_str_eq(names(&list), "abc");
    sp_list_remove(&b.link);
    ck_assert(!sp_list_has(&b.link));
    sp_list_remove(&b.link);
    ck_assert_str_eq(names(&list), "ac");
    sp_list_add(&list, &b.link);
    ck_assert_str_eq(names(&list), "acb");
    sp_list_remove(&a.link);
    sp_list_remove(&b.link);
    ck_assert_str_eq(names(&list), "c");
    sp_list_remove(&c.link);
    ck_assert_str_eq(names(&list), "");
    sp_list_add(&list, &c.link);
    ck_assert_str_eq(names(&list), "c");
}
END_TEST

START_TEST(a_zeroed_link_is_in_no_list)
{
    struct item a = { .name = 'a' };

    ck_assert(!sp_list_has(&a.link));
    sp_list_remove(&a.link);
    ck_assert(!sp_list_has(&a.link));
}
END_TEST

START_TEST(moves_between_lists)
{
    struct sp_list one, two;
    struct item    a = { .name = 'a' };

    sp_list_init(&one);
    sp_list_init(&two);
    sp_list_add(&one, &a.link);
    sp_list_add(&two, &a.link); /* is in a list already */
    ck_assert_str_eq(names(&one), "a");
    ck_assert_str_eq(names(&two), "");
    sp_list_remove(&a.link);
    sp_list_add(&two, &a.link);
    ck_assert_str_eq(names(&one), "");
    ck_assert_str_eq(names(&two), "a");
}
END_TEST

Suite *test_list_suite(void)
{
    Suite *suite = suite_create("list");
    TCase *tcase = unit_tcase(suite, "list");

    tcase_add_test(tcase, queues);
    tcase_add_test(tcase, a_zeroed_link_is_in_no_list);
    tcase_add_test(tcase, moves_between_lists);
    return suite;
}
