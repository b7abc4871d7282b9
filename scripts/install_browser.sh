#!/usr/bin/env bash
# Installs Chromium for the browser tests if it is missing and this user is root on Debian.
set -euo pipefail
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install: installing Chromium for the browser tests (half a minute)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq --yes install --no-install-recommends chromium fonts-dejavu-core >/dev/null && exit 0
fi
echo "install: Chromium is missing; install it (Debian: apt-get install chromium), or run 'make unit' for the tests without a browser" >&2
exit 1
