#!/usr/bin/env bash
# The browser of the page tests: Debian's Chromium, installed where it is missing and that is allowed.
set -euo pipefail
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install: Chromium for the page tests (half a minute)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq --yes install --no-install-recommends chromium fonts-dejavu-core >/dev/null && exit 0
fi
echo "install: Chromium is missing; install it (Debian: apt-get install chromium), or run 'make unit' for the tests without a page" >&2
exit 1
