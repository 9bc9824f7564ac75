#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/floors.sh FLOOR... -- the tests and helpers of tests/unit and tests/sim that need one of these floors: they
# include something of it, or a header of a helper that does. A file a line.
set -u

pattern=$(printf '|%s' "$@")
found=
more=$(grep -lE "\"\.\./\.\./(${pattern#|})/" tests/unit/*.[ch] tests/sim/*.[ch] 2>/dev/null)
while [ "$more" != "$found" ]; do
    found=$more
    for header in $(printf '%s\n' "$found" | grep '\.h$'); do
        more="$more
$(grep -lE "#include \"([a-z./]*/)?${header##*/}\"" tests/unit/*.[ch] tests/sim/*.[ch] 2>/dev/null)
${header%.h}.c"
    done
    more=$(printf '%s\n' "$more" | sort -u)
done
printf '%s\n' "$found" | grep '\.c$'
