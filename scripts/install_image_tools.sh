#!/usr/bin/env bash
# Installs the tools that build and run the image in tests, and the Redis server for live events, if they are
# missing and this user is root on Debian. With CI=true, missing tools are an error.
set -euo pipefail
packages=(buildah runc debootstrap redis-server)
missing=()
for each in "${packages[@]}"; do
    type -P "$each" >/dev/null || missing+=("$each")
done
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install: installing ${missing[*]} for the tests of the image and of Redis mode (half a minute)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq --yes install --no-install-recommends "${packages[@]}" >/dev/null && exit 0
fi
echo "install: the image or Redis mode is not tested: ${missing[*]} missing; install (Debian: apt-get install ${missing[*]})" >&2
[ "${CI:-}" != true ]
