#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/sim_test.sh -- the simulated network: SEEDS seeds of every scenario (120), and that a seed is
# a run: twice the same seed, twice the same octets. $BUILD/$FLAVOUR/sim is the program.
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
SIM=$BUILD/${FLAVOUR:-debug}/sim
SEEDS=${SEEDS:-120}

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

"$SIM" --seeds "$SEEDS" >"$folder/log"
tail -n 1 "$folder/log" >"$folder/count"
sed '$d' "$folder/log"
read -r passed words failed rest <"$folder/count"
case $words in passed,) ;; *) passed=0 failed=1 ;; esac

for name in $("$SIM" --list | awk '{ print $1 }'); do
    for run in 1 2; do
        "$SIM" --scenario "$name" --seed 4711 --trace "$folder/$run" >/dev/null
    done
    if cmp -s "$folder/1" "$folder/2" && [ -s "$folder/1" ]; then
        passed=$((passed + 1))
    else
        echo "FAILED: scenario $name: seed 4711 is not the same run twice"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
