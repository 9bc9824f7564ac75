#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/fuzz.sh -- the fuzz targets of tests/fuzz, run or replayed; from the project's root.
#
#   fuzz.sh replay TARGET...  every input of the corpus once, in $BUILD/$FLAVOUR (debug) without
#                             libFuzzer (run by $RUN, if that is named); the last line is
#                             `N passed, N failed`, an input each
#   fuzz.sh run TARGET...     libFuzzer for $TIME seconds (60) each; figures, then what was found
#
# The corpus of a target: the files that `files` names, each line of tests/corpus/fuzz/TARGET.seeds,
# and the found cases in tests/corpus/fuzz/TARGET/. What a run collects stays in
# $BUILD/fuzz/corpus/TARGET, what breaks a law in $BUILD/fuzz/found.
set -u

BUILD=${BUILD:-build}
FLAVOUR=${FLAVOUR:-debug}
TIME=${TIME:-60}
CORPUS=tests/corpus

# Folders of inputs that other tests have too.
folders() {
    case $1 in
    sip_message | sip_check | sip_forward | sip_stream | sip_lines) echo "$CORPUS/rfc4475 $CORPUS/rfc5118" ;;
    sdp_description) echo "$CORPUS/sdp" ;;
    msrp_frame) echo "$CORPUS/msrp" ;;
    esac
    [ ! -d "$CORPUS/fuzz/$1" ] || echo "$CORPUS/fuzz/$1"
}

files() {
    for folder in $(folders "$1"); do
        find "$folder" -type f ! -name '*.tsv' ! -name '*.md' | sort
    done
}

replay() {
    passed=0
    failed=0
    log=$(mktemp) || exit 1
    trap 'rm -f "$log"' EXIT
    for target in "$@"; do
        seeds=$CORPUS/fuzz/$target.seeds
        [ -e "$seeds" ] || seeds=
        if ${RUN:-} "$BUILD/$FLAVOUR/replay/$target" -f $(files "$target") -s $seeds >"$log.out" 2>"$log"; then
            read -r inputs words <"$log.out"
            echo "$target: $inputs $words"
            passed=$((passed + inputs))
        else
            echo "FAILED: $target:"
            tail -n 4 "$log"
            failed=$((failed + 1))
        fi
    done
    rm -f "$log.out"
    echo "$passed passed, $failed failed"
    [ $failed -eq 0 ]
}

# One line a target: how many inputs a second, the edges covered, the inputs kept.
run() {
    mkdir -p "$BUILD/fuzz/found"
    printf '%-16s %9s %8s %7s %7s %s\n' target inputs a-second edges corpus found
    found=0
    for target in "$@"; do
        keep=$BUILD/fuzz/corpus/$target
        mkdir -p "$keep" "$BUILD/fuzz/seeds/$target"
        [ ! -e "$CORPUS/fuzz/$target.seeds" ] ||
            "$BUILD/debug/replay/$target" -x "$BUILD/fuzz/seeds/$target" "$CORPUS/fuzz/$target.seeds"
        words=tests/fuzz/${target%%_*}.dict
        [ -e "$words" ] || words=tests/fuzz/sip.dict
        "$BUILD/fuzz/target/$target" -max_total_time="$TIME" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
            -print_final_stats=1 -artifact_prefix="$BUILD/fuzz/found/$target-" -dict="$words" \
            "$keep" "$BUILD/fuzz/seeds/$target" $(folders "$target") >"$BUILD/fuzz/$target.log" 2>&1
        status=$?
        awk -v target="$target" -v status="$status" '
            /cov: / { for (i = 1; i < NF; i++) { if ($i == "cov:") edges = $(i + 1)
                                                 if ($i == "corp:") corpus = $(i + 1) } }
            /^stat::number_of_executed_units/ { inputs = $2 }
            /^stat::average_exec_per_sec/ { second = $2 }
            END { sub(/\/.*/, "", corpus)
                  printf "%-16s %9d %8d %7d %7s %s\n", target, inputs, second, edges, corpus,
                      status ? "A CASE" : "none" }' "$BUILD/fuzz/$target.log"
        [ $status -eq 0 ] && continue
        found=$((found + 1))
        grep -E 'this does not hold|runtime error|ERROR: |Test unit written' "$BUILD/fuzz/$target.log"
    done
    [ $found -eq 0 ] && return
    echo "fuzz: $found targets found a case: mend it, and keep it in $CORPUS/fuzz/TARGET/" >&2
    return 1
}

command=$1
shift
case $command in
replay) replay "$@" ;;
run) run "$@" ;;
*) echo "usage: fuzz.sh replay | run TARGET..." >&2; exit 2 ;;
esac
