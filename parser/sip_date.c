/* SPDX-License-Identifier: MIT
 * parser/sip_date.c -- Date. RFC 3261 20.17, 25.1. */
#include "sip_date.h"

#include "sip_scan.h"

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Days from 1970-01-01 to a day of the Gregorian calendar; years begin in March here, so that the
 * leap day is last. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t shifted = month < 3 ? year - 1 : year, era, of_era, of_year;

    era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    of_era = shifted - era * 400;
    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_in(int64_t year, int month)
{
    return (int)(days_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
                 days_of(year, month, 1));
}

/* One of the three-letter words of a list, counted from 0; letters in any case. */
static int scan_word(struct sp_scan *s, const char *words, int count, const char *rule)
{
    struct sp_slice word = sp_slice(s->at, 3);

    for (int i = 0; s->err == SP_OK && s->end - s->at >= 3 && i < count; i++)
        if (sp_eq_nocase(word, sp_slice(words + (size_t)i * 3, 3))) {
            s->at += 3;
            return i;
        }
    sp_scan_fail(s, SP_SYNTAX, s->at, rule);
    return 0;
}

static int scan_digits(struct sp_scan *s, int count, const char *rule)
{
    int number = 0;

    for (int i = 0; i < count; i++) {
        char c = sp_scan_peek(s);

        if (!sp_is_digit(c)) {
            sp_scan_fail(s, SP_SYNTAX, s->at, rule);
            return 0;
        }
        number = number * 10 + (c - '0');
        s->at++;
    }
    return number;
}

enum sp_err sip_date_parse(struct sp_slice value, int64_t *seconds, struct sp_where *where)
{
    struct sp_scan s = sp_scan(value);
    int            wkday, day, month, year, hour, minute, second;
    const char    *date, *time;
    int64_t        number;
    enum sp_err    err;

    *seconds = 0;
    wkday = scan_word(&s, days, 7, "wkday");
    sp_scan_char(&s, ',', "rfc1123-date");
    sp_scan_char(&s, ' ', "SP");
    date = s.at;
    day = scan_digits(&s, 2, "date1");
    sp_scan_char(&s, ' ', "SP");
    month = scan_word(&s, months, 12, "month") + 1;
    sp_scan_char(&s, ' ', "SP");
    year = scan_digits(&s, 4, "date1");
    sp_scan_char(&s, ' ', "SP");
    time = s.at;
    hour = scan_digits(&s, 2, "time");
    sp_scan_char(&s, ':', "time");
    minute = scan_digits(&s, 2, "time");
    sp_scan_char(&s, ':', "time");
    second = scan_digits(&s, 2, "time");
    sp_scan_char(&s, ' ', "SP");
    sp_scan_text_nocase(&s, SP_LIT("GMT"), "GMT");
    err = sp_scan_end(&s, where);
    if (err != SP_OK)
        return err;
    if (day < 1 || day > days_in(year, month))
        sp_scan_fail(&s, SP_RANGE, date, "date1");
    if (hour > 23 || minute > 59 || second > 59)
        sp_scan_fail(&s, SP_RANGE, time, "time");
    number = days_of(year, month, day);
    if (s.err == SP_OK)
        *seconds = number * 86400 + hour * 3600 + minute * 60 + second;
    if ((number % 7 + 11) % 7 != wkday) /* 1970-01-01 was a Thursday */
        sp_scan_fail(&s, SP_MISMATCH, s.start, "wkday");
    *where = s.where;
    return s.err;
}

static void put_digits(struct sp_buf *to, int64_t number, int count)
{
    int64_t place = 1;

    while (--count > 0)
        place *= 10;
    for (; place > 0; place /= 10)
        sp_put_char(to, (char)('0' + number / place % 10));
}

void sip_date_write(struct sp_buf *to, int64_t seconds)
{
    int64_t number, of_day, year = 0, low = 0, high = 9999;
    int     month = 1;

    if (seconds < days_of(0, 1, 1) * 86400 || seconds >= days_of(10000, 1, 1) * 86400) {
        sp_put_fail(to, SP_RANGE);
        return;
    }
    number = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
    of_day = seconds - number * 86400;
    while (low < high) { /* the last year that has begun */
        year = (low + high + 1) / 2;
        if (days_of(year, 1, 1) <= number)
            low = year;
        else
            high = year - 1;
    }
    year = low;
    while (month < 12 && days_of(year, month + 1, 1) <= number)
        month++;
    sp_put(to, sp_slice(days + (size_t)((number % 7 + 11) % 7) * 3, 3));
    sp_put(to, SP_LIT(", "));
    put_digits(to, number - days_of(year, month, 1) + 1, 2);
    sp_put_char(to, ' ');
    sp_put(to, sp_slice(months + (size_t)(month - 1) * 3, 3));
    sp_put_char(to, ' ');
    put_digits(to, year, 4);
    sp_put_char(to, ' ');
    put_digits(to, of_day / 3600, 2);
    sp_put_char(to, ':');
    put_digits(to, of_day / 60 % 60, 2);
    sp_put_char(to, ':');
    put_digits(to, of_day % 60, 2);
    sp_put(to, SP_LIT(" GMT"));
}
