#!/usr/bin/env bash
# Installs the tools of the tests if they are missing and this user is root on Debian: they build and run the image,
# serve live events (Redis), and check what is in monitoring/ and compose.yaml. With CI=true, missing tools are an error.
set -euo pipefail
# The package of a program with another name: prometheus has promtool, prometheus-alertmanager has amtool.
packages=(buildah runc debootstrap redis-server prometheus prometheus-alertmanager docker-compose)
missing=()
for each in "${packages[@]}"; do
    type -P "$each" >/dev/null || missing+=("$each")
done
[ ${#missing[@]} = 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install: installing ${missing[*]} for tests (a minute)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq --yes install --no-install-recommends "${packages[@]}" >/dev/null && exit 0
fi
echo "install: not everything is tested: ${missing[*]} missing; install (Debian: apt-get install ${missing[*]})" >&2
[ "${CI:-}" != true ]
