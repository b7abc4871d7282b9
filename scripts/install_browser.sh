#!/usr/bin/env bash
# Installs Chromium for the browser tests if it is missing and this user is root on Debian.
# Its headless shell is enough, and faster. Older releases of Debian do not have it.
set -euo pipefail
has() { command -v "$1" >/dev/null; }
has chromium-headless-shell && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "install: installing Chromium for the browser tests (half a minute)"
    export DEBIAN_FRONTEND=noninteractive
    install() { apt-get -qq --yes install --no-install-recommends "$1" fonts-dejavu-core >/dev/null; }
    apt-get -qq update && { install chromium-headless-shell 2>/dev/null || has chromium || install chromium; } && exit 0
fi
has chromium && exit 0
echo "install: Chromium is missing; install it (Debian: apt-get install chromium), or run 'make unit' for the tests without a browser" >&2
exit 1
