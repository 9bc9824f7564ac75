/* SPDX-License-Identifier: MIT
 * base/list.h -- a list whose links lie in the objects.
 *
 * For queues of "who has something to say": an object is in a list at most once, entering and
 * leaving cost O(1), and nothing can overflow. A zeroed link is in no list. */
#ifndef SIPUSH_BASE_LIST_H
#define SIPUSH_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct sp_link {
    struct sp_link *next, *prev;
};

struct sp_list {
    struct sp_link root; /* of the ring */
};

/* The object in which a link lies. */
#define SP_OF(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

/* An empty list. It must not move afterwards: its links point to it. */
void sp_list_init(struct sp_list *list);
/* At the end; nothing happens when the link is in a list already. */
void sp_list_add(struct sp_list *list, struct sp_link *link);
/* Leave the list it is in; nothing happens when it is in none. */
void sp_list_remove(struct sp_link *link);
bool sp_list_has(const struct sp_link *link);
/* The first link, or NULL. */
struct sp_link *sp_list_first(const struct sp_list *list);
/* The link after this one, or NULL at the end. */
struct sp_link *sp_list_after(const struct sp_list *list, const struct sp_link *link);

#endif
