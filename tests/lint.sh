#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/lint.sh [CHECK...] -- proves the law of the house; run from the project's root.
#
# Each check prints `file:line: what` for every breach. Without arguments all checks run. OBJECTS is
# where the objects of the release flavour lie (purity), CC compiles headers alone, FLOORS chooses
# folders.
#
# Excepted: files named *_table.[ch] hold tables and may be longer than 500 lines.
set -u

FLOORS=${FLOORS:-base parser sdp msrp transaction dialog push transport tools tests}
CORE=
for floor in $FLOORS; do
    case $floor in transport | tools | tests) ;; *) CORE="$CORE $floor" ;; esac
done
CHECKS='floors includes banned spdx lengths style headers purity format'
OBJECTS=${OBJECTS:-build/release}
CC=${CC:-cc}

found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT

# Files of C below the given folders.
sources() {
    for folder in "$@"; do
        [ -d "$folder" ] && find "$folder" -name corpus -prune -o -name '*.[ch]' -type f -print
    done | sort
}

# The same files as `file:line:code`, without comments and without the inside of strings.
code() {
    sources "$@" | while read -r file; do
        awk -v file="$file" '
            { out = ""
              for (i = 1; i <= length($0); i++) {
                  c = substr($0, i, 1); two = substr($0, i, 2)
                  if (state == "comment") { if (two == "*/") { state = ""; i++ } }
                  else if (state != "") {
                      if (c == "\\") i++
                      else if (c == state) { state = ""; out = out c }
                  }
                  else if (two == "/*") { state = "comment"; i++ }
                  else if (two == "//") break
                  else { out = out c; if (c == "\"" || c == "\047") state = c }
              }
              if (state != "comment") state = ""
              print file ":" FNR ":" out }' "$file"
    done
}

# ---- which floor may see which -----------------------------------------------------------------

check_floors() {
    sources $FLOORS | while read -r file; do
        awk -v file="$file" '
            BEGIN {
                floor = file; sub(/\/.*/, "", floor)
                may["base"] = "base"
                may["parser"] = may["sdp"] = may["msrp"] = may["transport"] = "base"
                may["transaction"] = "base parser"
                may["dialog"] = "base parser transaction"
                may["push"] = "base parser transaction dialog sdp msrp"
                may["tools"] = may["push"] " push transport"
                may["tests"] = may["tools"] " tools"
            }
            /^[ \t]*#[ \t]*include[ \t]*"/ {
                split($0, part, "\""); to = part[2]
                if (floor == "tests" && to ~ /^\.\.\/[a-z]+\//) next        # another folder of tests
                while (sub(/^\.\.\//, "", to)) up = 1
                if (to !~ /\// && part[2] !~ /^\.\.\//) next       # beside the file
                sub(/\/.*/, "", to)
                if (to == floor) next
                if (index(" " may[floor] " ", " " to " ") == 0)
                    print file ":" FNR ": " floor " must not include " part[2]
            }' "$file"
    done
}

# The core knows of libc only what costs nothing and does nothing; and of the machine its wide registers.
check_includes() {
    grep -nE '^[ 	]*#[ 	]*include[ 	]*<' $(sources $CORE) /dev/null |
        grep -vE '<(assert|limits|stdalign|stdbool|stddef|stdint|string|emmintrin|immintrin|cpuid|arm_neon)\.h>' |
        sed 's/$/  (not for the core)/'
}

# ---- functions that are not used here ----------------------------------------------------------

check_banned() {
    all='strcpy|strncpy|strcat|strncat|sprintf|vsprintf|gets|strtok|strtok_r|atoi|atol|atoll|atof'
    all="$all|scanf|sscanf|fscanf|alloca|setjmp|longjmp|tmpnam|rand|srand|asctime|ctime|gmtime"
    below='malloc|calloc|realloc|free|strdup|strndup|printf|fprintf|puts|system|popen|abort|exit'
    code $FLOORS | grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_.>])?($all)[ 	]*\(" |
        sed 's/$/  (banned)/'
    code $CORE transport |
        grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_.>])?($below)[ 	]*\(" |
        sed 's/$/  (banned below tools)/'
}

# ---- form --------------------------------------------------------------------------------------

texts() {
    sources $FLOORS
    find . -maxdepth 3 \( -path ./.git -o -path ./build \) -prune -o -type f \
        \( -name '*.sh' -o -name Makefile -o -path './.ci/*' \) -print | sort
    [ -e sipush.h ] && echo sipush.h
}

check_spdx() {
    texts | while read -r file; do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
            echo "$file:1: no SPDX line"
    done
}

# Of C and of the Makefile; the columns of a script are its own affair.
check_lengths() {
    texts | grep -v '\.sh$' | while read -r file; do
        awk -v file="$file" '
            length($0) > 100 { print file ":" FNR ": " length($0) " columns, 100 are allowed" }
            END { if (FNR > 500 && file !~ /_table\.[ch]$/)
                      print file ":" FNR ": " FNR " lines, 500 are allowed" }' "$file"
    done
    sources $FLOORS | while read -r file; do
        awk -v file="$file" '
            /^\{/ { open = FNR }
            /^\}/ { if (open && FNR - open + 1 > 70)
                        print file ":" open ": a function of " FNR - open + 1 \
                              " lines, 70 are allowed"
                    open = 0 }' "$file"
    done
}

check_style() {
    code $FLOORS | grep -E '^[^:]*:[0-9]+:[ 	]*typedef[ 	]+(struct|union|enum)[^(]*$' |
        sed 's/$/  (no typedef of structs)/'
    grep -nE '(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)' $(texts | grep -v '/lint') /dev/null |
        sed 's/$/  (finish it or leave it out)/'
    sources $CORE transport tools | grep '\.h$' | while read -r file; do
        guard=SIPUSH_$(echo "$file" | tr 'a-z/.-' 'A-Z___')
        grep -q "^#ifndef $guard\$" "$file" || echo "$file:1: its guard is not $guard"
    done
}

# Every header compiles alone.
check_headers() {
    sources $CORE transport tools | grep '\.h$' | while read -r file; do
        $CC -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -fsyntax-only -x c "$file" ||
            echo "$file:1: does not compile alone"
    done 2>&1
}

# ---- purity: what the objects of the core need and keep ----------------------------------------

check_purity() {
    for tool in nm size; do
        command -v $tool >/dev/null || { skip purity $tool; return; }
    done
    objects=
    for source in $(sources $CORE | grep '\.c$'); do
        if [ -e "$OBJECTS/${source%.c}.o" ]; then
            objects="$objects $OBJECTS/${source%.c}.o"
        else
            echo "$source:1: has no object in $OBJECTS"
        fi
    done
    [ -n "$objects" ] || return
    # bcmp is what clang makes of memcmp(...) == 0.
    allowed='memcpy memmove memset memcmp memchr bcmp strlen strcmp strncmp
        __stack_chk_fail __assert_fail _GLOBAL_OFFSET_TABLE_'
    { for name in $allowed; do echo "have $name"; done
      nm -g $objects | awk 'NF == 3 { print "have", $3 }'
      nm -A -u $objects | awk '{ sub(/:.*/, "", $1); print "need", $NF, $1 }'
    } | awk '$1 == "have" { have[$2] = 1; next }
             !($2 in have) { print $3 ":0: needs " $2 " from outside of the core" }'
    for object in $objects; do
        size -A "$object" | awk -v object="$object" '
            $1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 {
                print object ":0: keeps " $2 " octets in " $1 ": state belongs to the agents" }'
    done
}

# ---- format ------------------------------------------------------------------------------------

check_format() {
    tool=
    for name in clang-format-14 clang-format; do
        if $name --version 2>/dev/null | grep -q 'version 14\.'; then
            tool=$name
            break
        fi
    done
    [ -n "$tool" ] || { skip format 'clang-format 14'; return; }
    # Many files a process: to start one for each takes longer than all the rest of lint.
    { sources $FLOORS; [ ! -e sipush.h ] || echo sipush.h; } |
        xargs -P "$(nproc)" -n 40 $tool --dry-run -Werror 2>&1 |
        sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error: .*/\1:0: run make format/p' | sort -u
}

skip() {
    echo "lint: $1 is not checked: $2 is absent" >&2
}

for check in ${*:-$CHECKS}; do
    check_"$check" >>"$found"
done
if [ -s "$found" ]; then
    cat "$found"
    echo "lint: $(wc -l <"$found") breaches" >&2
    exit 1
fi
echo "lint: ${*:-$CHECKS}: no breach"
