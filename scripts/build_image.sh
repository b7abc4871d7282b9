#!/usr/bin/env bash
# Builds the image with buildah. Docker is not needed.
#   scripts/build_image.sh [TYPE] [TAG]      default: custom, port-ocean-TYPE:VERSION
# BASE=IMAGE selects the base image. BASE=debootstrap creates a Debian base image on this machine. The
# default is the Dockerfile's base image, or debootstrap if it cannot be pulled. The Debian base image is
# reused by later builds; `buildah rmi ocean-custom-base` removes it. STORAGE_DRIVER=vfs works where
# buildah's default storage driver does not.
set -euo pipefail
cd "$(dirname "$0")/.."
type=${1:-custom}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
tag=${2:-port-ocean-$type:$version}
suite=trixie # the first Debian release with a supported Python
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
    echo "build_image: creating a Debian $suite base image (about a minute)"
    debootstrap --variant=minbase --include=ca-certificates,python3 "$suite" "$root" >"$root/debootstrap.out" \
        || { tail -5 "$root/debootstrap.out" >&2; exit 1; }
    # debootstrap does not configure the archive with security updates.
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
# pip in the build needs the additional certificates that this machine trusts.
certificates=${PIP_CERT:-${SSL_CERT_FILE:-}}
[ -z "$certificates" ] || arguments+=(--secret "id=ca,src=$certificates")
# The OCI format has no health check.
buildah build --format docker --tag "$tag" "${arguments[@]}" .
echo "build_image: $tag"
