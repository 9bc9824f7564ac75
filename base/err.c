/* SPDX-License-Identifier: MIT
 * base/err.c -- the names of the errors, from the one list. */
#include "err.h"

#define SP_ERR_NAME(name, words)  #name,
#define SP_ERR_WORDS(name, words) words,

static const char *const names[SP_ERR_COUNT] = { SP_ERRORS(SP_ERR_NAME) };
static const char *const words_of[SP_ERR_COUNT] = { SP_ERRORS(SP_ERR_WORDS) };

const char *sp_err_name(enum sp_err err)
{
    return (unsigned)err < SP_ERR_COUNT ? names[err] : "?";
}

const char *sp_err_words(enum sp_err err)
{
    return (unsigned)err < SP_ERR_COUNT ? words_of[err] : "unknown error";
}
