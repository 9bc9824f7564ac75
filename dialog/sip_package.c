/* SPDX-License-Identifier: MIT
 * dialog/sip_package.c -- event packages as a table. RFC 6665 5; RFC 3856, RFC 3680. */
#include "sip_package.h"

#include "../parser/sip_media.h"

static const struct sip_package packages[] = {
    { "presence", "application/pidf+xml", 3600, 60 }, /* RFC 3856 6.4, 6.6 */
    { "reg", "application/reginfo+xml", 3761, 60 },   /* RFC 3680 4.4, 4.6 */
    { "", "", 3600, 60 },
};

enum { COUNT = sizeof(packages) / sizeof(packages[0]) };

const struct sip_package *sip_package_of(struct sp_slice type)
{
    for (int i = 0; i < COUNT - 1; i++)
        if (sp_eq(sp_str(packages[i].name), type))
            return &packages[i];
    return &packages[COUNT - 1];
}

bool sip_package_listed(struct sp_slice list, struct sp_slice type)
{
    while (list.len > 0) {
        size_t end = sp_find(list, ',');

        if (sp_eq(sp_trim(sp_head(list, end)), type))
            return type.len > 0;
        list = sp_from(list, end + 1);
    }
    return false;
}

bool sip_package_accepts(const struct sip_package *package, struct sp_slice accept,
                         struct sp_slice content_type)
{
    struct sp_slice       list = accept.len > 0 ? accept : sp_str(package->types);
    struct sip_media_type media;
    struct sp_where       where;

    if (sip_media_type_parse(content_type, &media, &where) != SP_OK)
        return false;
    return list.len == 0 || sip_media_type_accepted(list, content_type);
}
