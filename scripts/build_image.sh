#!/usr/bin/env bash
# Builds the image with buildah, on machines without Docker too.
#   scripts/build_image.sh [TYPE] [TAG]      default: custom, port-ocean-TYPE:VERSION
# BASE=IMAGE builds on that image, BASE=debootstrap on a Debian made here. Unset: the Dockerfile's
# base, or a Debian made here where it cannot be pulled. That Debian is kept and used again:
# `buildah rmi ocean-custom-base` lets the next build make it anew. STORAGE_DRIVER=vfs stores images
# where buildah's own choice does not work.
set -euo pipefail
cd "$(dirname "$0")/.."
type=${1:-custom}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
tag=${2:-port-ocean-$type:$version}
suite=trixie # the first Debian whose Python is new enough
made_base=localhost/ocean-custom-base
export BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot} # works inside containers too

buildah() { command buildah ${STORAGE_DRIVER:+--storage-driver "$STORAGE_DRIVER"} "$@"; }

need() { type -P "$1" >/dev/null || { echo "build_image: $1 is missing (a Debian package)" >&2; exit 1; }; }

make_base() {
    need debootstrap
    local root container
    container=$(buildah from scratch)
    trap "buildah rm $container >/dev/null" EXIT
    root=$(buildah mount "$container")
    echo "build_image: making a Debian $suite to build on (a minute or so)"
    debootstrap --variant=minbase --include=ca-certificates,python3 "$suite" "$root" >"$root/debootstrap.out" \
        || { tail -5 "$root/debootstrap.out" >&2; exit 1; }
    # Security updates are beside the mirror that debootstrap chose.
    sed -i "p; s|/debian/\? |/debian-security |; s| $suite | $suite-security |" "$root/etc/apt/sources.list"
    buildah run "$container" -- \
        sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq --yes upgrade' >/dev/null
    find "$root/usr/share/doc" ! -type d ! -name copyright -delete
    rm -rf "$root"/{debootstrap.out,debootstrap,dev/*,var/cache/apt/*,var/lib/apt/lists/*,var/log/*,usr/share/{man,locale}}
    buildah umount "$container" >/dev/null
    buildah commit --quiet --rm "$container" "$made_base" >/dev/null
    trap - EXIT
}

pulls() { buildah pull --quiet --policy missing "$(sed -n 's/^ARG BASE=//p' Dockerfile)" >/dev/null 2>&1; }

need buildah
if [ "${BASE:-}" = debootstrap ] || { [ -z "${BASE:-}" ] && ! pulls; }; then
    buildah inspect --type image "$made_base" >/dev/null 2>&1 || make_base
    BASE=$made_base
fi

arguments=(--build-arg "INTEGRATION_TYPE=$type" --build-arg "VERSION=$version")
[ -z "${BASE:-}" ] || arguments+=(--build-arg "BASE=$BASE")
# Where this machine trusts further certificates, pip in the build needs them.
certificates=${PIP_CERT:-${SSL_CERT_FILE:-}}
[ -z "$certificates" ] || arguments+=(--secret "id=ca,src=$certificates")
# Docker's format: the other has no health check.
buildah build --format docker --tag "$tag" "${arguments[@]}" .
echo "build_image: $tag"
