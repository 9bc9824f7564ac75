#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/cover.sh OBJECTS SOURCE... -- lines that the unit tests covered, a file a line.
set -eu

objects=$1
shift
for source in "$@"; do
    gcov -n -o "$objects/${source%.c}.o" "$source" 2>/dev/null |
        awk -v source="$source" '
            /^File / { gsub(/\047/, ""); here = ($2 == source) }
            here && /^Lines executed/ { split($0, part, /[:% ]+/)
                printf "%6.1f %% of %5d  %s\n", part[3], part[5], source
                here = 0 }'
done | awk '{ print; lines += $4; hit += $1 * $4 / 100 }
            END { if (lines) printf "%6.1f %% of %5d  all\n", 100 * hit / lines, lines }'
