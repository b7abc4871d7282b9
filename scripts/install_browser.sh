#!/usr/bin/env bash
# Installs Chromium for the browser tests if it is missing and this user is root on Debian.
# Its headless shell is enough, and faster. Older releases of Debian do not have it.
set -euo pipefail
{ command -v chromium-headless-shell || command -v chromium; } >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install: installing Chromium for the browser tests (half a minute)"
    export DEBIAN_FRONTEND=noninteractive
    install() { apt-get -qq --yes install --no-install-recommends "$1" fonts-dejavu-core >/dev/null; }
    apt-get -qq update && { install chromium-headless-shell 2>/dev/null || install chromium; } && exit 0
fi
echo "install: Chromium is missing; install it (Debian: apt-get install chromium), or run 'make unit' for the tests without a browser" >&2
exit 1
