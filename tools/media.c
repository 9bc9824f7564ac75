/* SPDX-License-Identifier: MIT
 * tools/media.c -- media types by the ending of a file's name. */
#include "media.h"

/* Of several endings of one type the first is the one to write. */
static const struct {
    const char *ending, *type;
} rows[] = {
    { ".txt", "text/plain" },        { ".text", "text/plain" },     { ".log", "text/plain" },
    { ".conf", "text/plain" },       { ".md", "text/markdown" },    { ".html", "text/html" },
    { ".htm", "text/html" },         { ".css", "text/css" },        { ".csv", "text/csv" },
    { ".vcf", "text/vcard" },        { ".ics", "text/calendar" },   { ".js", "text/javascript" },
    { ".json", "application/json" }, { ".xml", "application/xml" }, { ".pdf", "application/pdf" },
    { ".zip", "application/zip" },   { ".gz", "application/gzip" }, { ".tar", "application/x-tar" },
    { ".jpg", "image/jpeg" },        { ".jpeg", "image/jpeg" },     { ".png", "image/png" },
    { ".gif", "image/gif" },         { ".svg", "image/svg+xml" },   { ".webp", "image/webp" },
    { ".tiff", "image/tiff" },       { ".tif", "image/tiff" },      { ".mp3", "audio/mpeg" },
    { ".ogg", "audio/ogg" },         { ".wav", "audio/wav" },       { ".amr", "audio/AMR" },
    { ".3gp", "video/3gpp" },        { ".mp4", "video/mp4" },       { ".webm", "video/webm" },
};

#define ROWS (sizeof rows / sizeof rows[0])

const char *media_type(struct sp_slice name)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct sp_slice ending = sp_str(rows[i].ending);

        if (name.len > ending.len && sp_eq_nocase(sp_from(name, name.len - ending.len), ending))
            return rows[i].type;
    }
    return "application/octet-stream";
}

const char *media_ending(struct sp_slice type)
{
    type = sp_trim(sp_head(type, sp_find(type, ';')));
    for (size_t i = 0; i < ROWS; i++)
        if (sp_eq_nocase(type, sp_str(rows[i].type)))
            return rows[i].ending;
    return "";
}
