#!/usr/bin/env bash
# What builds and runs the image in its tests: Debian's packages, installed where they are missing and
# that is allowed.
set -euo pipefail
packages=(buildah runc debootstrap)
missing=()
for each in "${packages[@]}"; do
    type -P "$each" >/dev/null || missing+=("$each")
done
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install: ${missing[*]} for the tests of the image (half a minute)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq --yes install --no-install-recommends "${packages[@]}" >/dev/null && exit 0
fi
echo "install: ${missing[*]} is missing, so the image is not tested; install it (Debian: apt-get install ${missing[*]})" >&2
[ "${CI:-}" != true ]
