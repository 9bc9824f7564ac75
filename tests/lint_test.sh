#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/lint_test.sh -- lint must be seen to fail: a bad file for each kind of breach, and a good one.
set -u

lint=$(cd "$(dirname "$0")" && pwd)/lint.sh
config=$(cd "$(dirname "$0")/.." && pwd)/.clang-format
CC=${CC:-cc}
export CC
unset FLOORS OBJECTS
house=$(mktemp -d) || exit 1
trap 'rm -rf "$house"' EXIT
passed=0
failed=0

# A house of one good file; `breach` adds a bad one.
build_house() {
    rm -rf "${house:?}"/*
    mkdir -p "$house/base" "$house/parser" "$house/sdp" "$house/transport" "$house/build/release"
    cp "$config" "$house/.clang-format"
    cat >"$house/base/good.h" <<'C'
/* SPDX-License-Identifier: MIT
 * base/good.h -- what is right; malloc(1) and strcpy(a, b) in a comment are. */
#ifndef SIPUSH_BASE_GOOD_H
#define SIPUSH_BASE_GOOD_H

const char *good(void);

#endif
C
    cat >"$house/base/good.c" <<'C'
/* SPDX-License-Identifier: MIT
 * base/good.c -- what is right. */
#include "good.h"

#include <string.h>

static const char *const words[] = { "calloc(1, 2) // in a string", "\" sprintf(x) /*" };

const char *good(void)
{
    return words[strlen(words[0]) > 3];
}
C
}

compile() {
    (cd "$house" && for file in */*.c; do
        mkdir -p "build/release/${file%/*}"
        $CC -std=c11 -O2 -c -o "build/release/${file%.c}.o" "$file" 2>/dev/null
    done)
}

count() {
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $2"
        cat "$house/out"
    fi
}

# breach CHECK FILE WORDS: with the file on standard input, CHECK alone fails, at FILE, with WORDS.
breach() {
    build_house
    { [ "${4:-}" = bare ] || echo '/* SPDX-License-Identifier: MIT */'; cat; } >"$house/$2"
    [ "$1" = purity ] && compile
    (cd "$house" && OBJECTS=build/release "$lint" "$1") >"$house/out" 2>&1
    status=$?
    if [ "$1" = format ] && grep -q 'not checked' "$house/out"; then
        return
    fi
    [ $status -ne 0 ] && grep -F "${2%.*}" "$house/out" | grep -qF "$3"
    count $? "$1 lets $2 pass: $3"
}

build_house
compile
(cd "$house" && "$lint") >"$house/out" 2>&1
count $? "the good file is refused"

breach floors base/up.c 'base must not include ../parser/x.h' <<'C'
#include "../parser/x.h"
C
breach floors sdp/side.c 'sdp must not include ../parser/x.h' <<'C'
# include "../parser/x.h"
C
breach floors parser/tools.h 'parser must not include ../tools/x.h' <<'C'
#include "../tools/x.h"
C
breach includes base/stdio.c 'not for the core' <<'C'
#include <stdio.h>
C
breach banned transport/copy.c banned <<'C'
void f(char *a, const char *b) { /* why */ strcpy(a, b); }
C
breach banned transport/number.c banned <<'C'
int f(const char *b) { return atoi (b); }
C
breach banned transport/memory.c 'banned below tools' <<'C'
void *f(void) { return malloc(3); }
C
breach banned parser/print.c 'banned below tools' <<'C'
void f(void) { "quote"; printf("x"); }
C
breach spdx base/bare.c 'no SPDX line' bare <<'C'
int x(void);
C
breach style base/type.h 'no typedef of structs' <<'C'
typedef struct x x;
C
breach style base/later.c 'finish it' <<'C'
/* TODO: later */
C
breach style base/guard.h 'guard is not' <<'C'
#ifndef GUARD_H
#endif
C
breach lengths base/wide.c '101 columns' <<C
/* $(printf '%095d' 0) */
C
breach lengths base/function.c 'a function of 71 lines' <<C
void f(void)
{
$(yes '    g();' | head -n 69)
}
C
breach lengths base/file.c '501 lines' <<C
$(yes 'int x;' | head -n 500)
C
breach headers base/alone.h 'does not compile alone' <<'C'
size_t f(void);
C
breach purity base/clock.c 'needs time from outside' <<'C'
long time(long *);
long f(void) { return time(0); }
C
breach purity base/state.c 'octets in .bss' <<'C'
int f(void) { static int n; return n++; }
C
breach purity parser/state.c 'octets in .data' <<'C'
int g = 3;
C
breach format base/format.c 'make format' <<'C'
int   f( void ){return 3;}
C

build_house
(cd "$house" && OBJECTS=build/release "$lint" purity) >"$house/out" 2>&1
[ $? -ne 0 ] && grep -q 'base/good.c:1: has no object' "$house/out"
count $? "purity passes without objects"

# A table may be long.
build_house
{ echo '/* SPDX-License-Identifier: MIT */'; yes 'int x;' | head -n 600; } \
    >"$house/parser/x_table.c"
(cd "$house" && "$lint" lengths) >"$house/out" 2>&1
count $? "a long table is refused"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
