/* SPDX-License-Identifier: MIT
 * sdp/sdp_file_date.c -- see sdp_file_date.h. RFC 5547 6, RFC 5322 3.3. */
#include "sdp_file_date.h"

#define DAY_S 86400

static const char days[7][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* [FWS]; a fold cannot be in a line of SDP. */
static void white(struct sp_scan *s, size_t least)
{
    size_t count = 0;

    while (sp_scan_try(s, ' ') || sp_scan_try(s, '\t'))
        count++;
    if (count < least)
        sp_scan_fail(s, SP_SYNTAX, s->at, "FWS");
}

/* least*most DIGIT, between two bounds. */
static uint32_t digits(struct sp_scan *s, size_t least, size_t most, uint32_t from, uint32_t to,
                       const char *rule)
{
    const char *start = s->at;
    uint32_t    value = 0;

    while (sp_scan_more(s) && sp_is_digit(sp_scan_peek(s)) && (size_t)(s->at - start) < most)
        value = value * 10 + (uint32_t)(*s->at++ - '0');
    if ((size_t)(s->at - start) < least)
        sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    else if (value < from || value > to)
        sp_scan_fail(s, SP_RANGE, start, rule);
    return value;
}

/* One of `count` names of three letters; its place. */
static uint32_t name(struct sp_scan *s, const char names[][4], uint32_t count, const char *rule)
{
    struct sp_slice left = sp_slice(s->at, (size_t)(s->end - s->at));

    for (uint32_t i = 0; i < count && s->err == SP_OK; i++) {
        if (sp_starts_nocase(left, sp_slice(names[i], 3))) {
            s->at += 3;
            return i;
        }
    }
    sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    return 0;
}

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_of(uint32_t month, uint32_t year)
{
    static const uint8_t lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return lengths[month] + (month == 1 && is_leap(year) ? 1u : 0u);
}

/* Days from 1970-01-01 to the first of a year; years count from 1900 here, so nothing is negative
 * on the way. */
static int64_t days_to_year(uint32_t year)
{
    uint32_t past = year - 1; /* leap days lie in the years before */

    return (int64_t)365 * ((int64_t)year - 1970) + (past / 4 - past / 100 + past / 400) - 477;
}

static int64_t days_to(uint32_t year, uint32_t month, uint32_t day)
{
    int64_t count = days_to_year(year) + day - 1;

    for (uint32_t m = 0; m < month; m++)
        count += days_of(m, year);
    return count;
}

/* The first of 1970 was a Thursday. */
static uint32_t week_day(int64_t day)
{
    return (uint32_t)(((day + 3) % 7 + 7) % 7);
}

/* ( "+" / "-" ) 4DIGIT, in seconds */
static int64_t zone(struct sp_scan *s)
{
    bool is_west = sp_scan_try(s, '-');

    if (!is_west)
        sp_scan_char(s, '+', "zone");
    uint32_t hours = digits(s, 2, 2, 0, 99, "zone");
    uint32_t minutes = digits(s, 2, 2, 0, 59, "zone");
    int64_t  offset_s = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    return is_west ? -offset_s : offset_s;
}

/* hour ":" minute [ ":" second ]; 60 is a leap second, read as the one before */
static int64_t time_of_day(struct sp_scan *s)
{
    uint32_t hour = digits(s, 2, 2, 0, 23, "hour");
    sp_scan_char(s, ':', "time-of-day");
    uint32_t minute = digits(s, 2, 2, 0, 59, "minute");
    uint32_t second = sp_scan_try(s, ':') ? digits(s, 2, 2, 0, 60, "second") : 0;

    return (int64_t)hour * 3600 + (int64_t)minute * 60 + (second == 60 ? 59 : second);
}

/* [ day-of-week "," ] day month year time-of-day zone */
int64_t sdp_scan_date_time(struct sp_scan *s)
{
    const char *week = s->at;
    bool        has_week;
    uint32_t    week_given = 0;

    white(s, 0);
    has_week = sp_is_alpha(sp_scan_peek(s));
    if (has_week) {
        week = s->at;
        week_given = name(s, days, 7, "day-name");
        sp_scan_char(s, ',', "day-of-week");
        white(s, 0);
    }
    const char *day_at = s->at;
    uint32_t    day = digits(s, 1, 2, 1, 31, "day");
    white(s, 1);
    uint32_t month = name(s, months, 12, "month-name");
    white(s, 1);
    uint32_t year = digits(s, 4, 4, 1900, 9999, "year");
    white(s, 1);
    int64_t time_s = time_of_day(s);
    white(s, 1);
    int64_t zone_s = zone(s);

    if (s->err != SP_OK)
        return 0;
    if (day > days_of(month, year))
        sp_scan_fail(s, SP_RANGE, day_at, "day");
    else if (has_week && week_given != week_day(days_to(year, month, day)))
        sp_scan_fail(s, SP_MISMATCH, week, "day-name");
    return days_to(year, month, day) * DAY_S + time_s - zone_s;
}

static void put_two(struct sp_buf *to, int64_t number)
{
    sp_put_char(to, (char)('0' + number / 10));
    sp_put_char(to, (char)('0' + number % 10));
}

void sdp_put_date_time(struct sp_buf *to, int64_t date_s)
{
    if (date_s < days_to_year(1900) * DAY_S || date_s >= days_to_year(10000) * DAY_S) {
        sp_put_fail(to, SP_RANGE);
        return;
    }
    int64_t  second = (date_s % DAY_S + DAY_S) % DAY_S, day = (date_s - second) / DAY_S;
    uint32_t week = week_day(day), month = 0;
    uint32_t year = 1900 + (uint32_t)((day - days_to_year(1900)) / 366); /* that late at least */

    while (day >= days_to_year(year + 1))
        year++;
    day -= days_to_year(year);
    while (day >= days_of(month, year))
        day -= days_of(month++, year);
    sp_put(to, sp_slice(days[week], 3));
    sp_put_text(to, ", ");
    sp_put_u64(to, (uint64_t)day + 1);
    sp_put_char(to, ' ');
    sp_put(to, sp_slice(months[month], 3));
    sp_put_char(to, ' ');
    sp_put_u64(to, year);
    sp_put_char(to, ' ');
    put_two(to, second / 3600);
    sp_put_char(to, ':');
    put_two(to, second / 60 % 60);
    sp_put_char(to, ':');
    put_two(to, second % 60);
    sp_put_text(to, " +0000");
}

/* DQUOTE date-time DQUOTE behind a name that stands once */
static void date_param(struct sp_scan *s, const char *from, bool *has, int64_t *date_s,
                       const char *rule)
{
    if (*has)
        sp_scan_fail(s, SP_REPEATED, from, rule);
    *has = true;
    sp_scan_char(s, '"', rule);
    *date_s = sdp_scan_date_time(s);
    white(s, 0);
    sp_scan_char(s, '"', rule);
}

static bool try_name(struct sp_scan *s, struct sp_slice param)
{
    struct sp_slice left = sp_slice(s->at, (size_t)(s->end - s->at));

    if (s->err != SP_OK || !sp_starts_nocase(left, param))
        return false;
    s->at += param.len;
    return true;
}

/* date-param *(SP date-param) */
enum sp_err sdp_file_date_parse(struct sp_slice value, struct sdp_file_date *date,
                                struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);

    *date = (struct sdp_file_date){ 0 };
    do {
        const char *from = s.at;

        if (try_name(&s, SP_LIT("creation:")))
            date_param(&s, from, &date->has_creation, &date->creation_s, "c-date-param");
        else if (try_name(&s, SP_LIT("modification:")))
            date_param(&s, from, &date->has_modification, &date->modification_s, "m-date-param");
        else if (try_name(&s, SP_LIT("read:")))
            date_param(&s, from, &date->has_read, &date->read_s, "r-date-param");
        else
            sp_scan_fail(&s, SP_SYNTAX, from, "date-param");
    } while (sp_scan_try(&s, ' '));
    return sp_scan_end(&s, where);
}

static void put_param(struct sp_buf *to, bool *is_first, const char *param, int64_t date_s)
{
    if (!*is_first)
        sp_put_char(to, ' ');
    *is_first = false;
    sp_put_text(to, param);
    sp_put_text(to, ":\"");
    sdp_put_date_time(to, date_s);
    sp_put_char(to, '"');
}

void sdp_file_date_write(struct sp_buf *to, const struct sdp_file_date *date)
{
    bool is_first = true;

    if (date->has_creation)
        put_param(to, &is_first, "creation", date->creation_s);
    if (date->has_modification)
        put_param(to, &is_first, "modification", date->modification_s);
    if (date->has_read)
        put_param(to, &is_first, "read", date->read_s);
}
