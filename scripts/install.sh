#!/usr/bin/env bash
# Creates .venv with exactly the packages of a lock file.
#   scripts/install.sh [LOCK]        default: requirements-dev.lock
# PYTHON=/path/to/python selects the interpreter. With SOURCE_BUILDS=yes pip compiles packages that have
# no wheel for this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=${1:-requirements-dev.lock}

# requires-python covers the versions for which all locked packages have wheels.
bounds=$(sed -n 's/^requires-python = ">=3\.\([0-9]*\),<3\.\([0-9]*\)"$/\1 \2/p' pyproject.toml)
read -r oldest after_newest <<<"$bounds"
supported="Python 3.$oldest to 3.$((after_newest - 1))"

# True if the interpreter starts and can create a virtual environment. A pyenv shim of a version that is
# not selected exists but does not start.
fits() {
    "$1" -c "import sys, venv, ensurepip; sys.exit(not (3, $oldest) <= sys.version_info < (3, $after_newest))" \
        >/dev/null 2>&1
}

candidates() {
    local name
    [ -z "${PYTHON:-}" ] || { echo "$PYTHON"; return; }
    for name in python3.13 python3.12 python3.14 python3 python; do
        type -aP "$name" || true
    done
    ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python 2>/dev/null || true
}

venv_from_python() {
    local candidate
    while read -r candidate; do
        fits "$candidate" && "$candidate" -m venv --clear .venv >/dev/null 2>&1 && fits .venv/bin/python && return
    done < <(candidates)
    return 1
}

# Installs the locked version of uv with any available Python.
locked_uv() {
    local candidate
    for candidate in $(type -aP python3 python || true); do
        "$candidate" -m venv --clear .uv >/dev/null 2>&1 || continue
        awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements-dev.lock >.uv/uv.lock
        .uv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps \
            --only-binary :all: --requirement .uv/uv.lock && return
    done
    return 1
}

# Lets uv download an interpreter if the machine has no supported one.
venv_from_uv() {
    local uv
    [ -z "${PYTHON:-}" ] || return 1
    uv=$(type -P uv || true)
    { [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1; } || { locked_uv && uv=.uv/bin/uv; } || return 1
    echo "install: no $supported found; uv downloads one" >&2
    "$uv" venv --quiet --clear --seed --python 3.13 .venv && fits .venv/bin/python
}

fail() {
    printf 'install: %s\n' "$@" >&2
    exit 1
}

identity() { "$1" -c 'import sys; print(sys.base_prefix, sys.version)' 2>/dev/null; }

is_current() {
    fits .venv/bin/python && cmp -s "$lock" "$stamp" || return 1
    [ -z "${PYTHON:-}" ] || [ "$(identity "$PYTHON")" = "$(identity .venv/bin/python)" ]
}

stamp=.venv/.installed-from
if is_current; then
    ln -sf ../../scripts/ocean-custom .venv/bin/ocean-custom
    exit 0
fi
# A new environment has no packages of an earlier lock file.
if ! venv_from_python && ! venv_from_uv; then
    [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON does not start, lacks venv, or is not $supported"
    fail "$supported with venv is missing (looked on PATH, under pyenv, and for uv)" \
        "install one of them (Debian: apt-get install python3-venv), or name it: PYTHON=/path/to/python make install"
fi
python=.venv/bin/python
version=$($python -c 'import platform; print(platform.python_version(), "on", platform.machine())')
echo "install: Python $version with the packages of $lock (about a minute)"
binaries=(--only-binary :all:)
if [ "${SOURCE_BUILDS:-}" = yes ]; then
    binaries=()
    echo "install: SOURCE_BUILDS=yes: packages without a wheel are compiled, which can take a long time"
fi
# The lock file is complete, so --no-deps prevents pip from choosing newer releases.
$python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps "${binaries[@]}" \
    --requirement "$lock" \
    || fail "pip could not install the packages of $lock; see the error above" \
        "if a package has no wheel for Python $version: choose another Python (PYTHON=/path/to/python), or let pip compile it (SOURCE_BUILDS=yes)"
$python -m pip --disable-pip-version-check check >.venv/check.out 2>/dev/null \
    || fail "$lock is not complete; update it with 'make lock'" "$(cat .venv/check.out)"
cp "$lock" "$stamp"
ln -sf ../../scripts/ocean-custom .venv/bin/ocean-custom
