/* SPDX-License-Identifier: MIT
 * base/list.c -- a list whose links lie in the objects: a ring through its root. */
#include "list.h"

void sp_list_init(struct sp_list *list)
{
    list->root.next = list->root.prev = &list->root;
}

bool sp_list_has(const struct sp_link *link)
{
    return link->next != NULL;
}

void sp_list_add(struct sp_list *list, struct sp_link *link)
{
    if (sp_list_has(link))
        return;
    link->prev = list->root.prev;
    link->next = &list->root;
    link->prev->next = link;
    list->root.prev = link;
}

void sp_list_remove(struct sp_link *link)
{
    if (!sp_list_has(link))
        return;
    link->prev->next = link->next;
    link->next->prev = link->prev;
    link->next = link->prev = NULL;
}

struct sp_link *sp_list_first(const struct sp_list *list)
{
    return sp_list_after(list, &list->root);
}

struct sp_link *sp_list_after(const struct sp_list *list, const struct sp_link *link)
{
    return link->next != &list->root ? link->next : NULL;
}
