/* SPDX-License-Identifier: MIT
 * tests/unit/msrp_check_unit.h -- rows of frames and what is wrong with them: a `~` in the text
 * stands before each octet at which something is found. */
#ifndef SIPUSH_TESTS_MSRP_CHECK_UNIT_H
#define SIPUSH_TESTS_MSRP_CHECK_UNIT_H

#include "../../msrp/msrp_check.h"

struct msrp_check_row {
    const char *stream; /* frames, one behind the other */
    const char *found;  /* in their order, a line each: E, W or N, clause without "RFC ", rule */
};

void msrp_check_row(const struct msrp_check_row *row);

#define CHECK_TO   "To-Path: msrp://a.example.com:1/0123456789abcdef;tcp\r\n"
#define CHECK_FROM "From-Path: msrp://b.example.com:2/fedcba9876543210;tcp\r\n"
#define CHECK_ID   "Message-ID: 12345678.90\r\n"
#define CHECK_TYPE "Content-Type: text/plain\r\n\r\n"
/* Start line and paths. */
#define CHECK_PATHS(id, method) "MSRP " id " " method "\r\n" CHECK_TO CHECK_FROM
#define CHECK_END(id, flag)     "-------" id flag "\r\n"
/* A chunk of message 12345678.90. */
#define CHECK_CHUNK(id, fields, body, flag)                                                        \
    CHECK_PATHS(id, "SEND") CHECK_ID fields CHECK_TYPE body "\r\n" CHECK_END(id, flag)

#endif
