#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/neon.sh -- ends well when programs for aarch64 can be built and run here; where they cannot and apt
# can, installs Debian's cross compiler and qemu-user.
set -u

present() {
    command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null &&
        printf '#include <string.h>\nint main(void) { return 0; }\n' |
        aarch64-linux-gnu-gcc -x c -fsyntax-only - 2>/dev/null
}

present && exit 0
echo "neon: installing Debian's packages gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user" >&2
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "neon: no root and no sudo" >&2; exit 1; }
    as_root=sudo
fi
command -v apt-get >/dev/null || { echo "neon: no apt-get; install them by hand" >&2; exit 1; }
$as_root apt-get update -qq >&2 || echo "neon: apt-get update failed; trying all the same" >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user >&2
present || { echo "neon: still no cross compiler or no qemu-aarch64" >&2; exit 1; }
