#!/usr/bin/env bash
# Makes .venv from the lock file, with whatever Python >= 3.12 the machine has or uv can get.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=${1:-requirements-dev.lock}

fits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.14 python3 python; do
        command -v "$candidate" >/dev/null && fits "$candidate" && { command -v "$candidate"; return; }
    done
    for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        [ -x "$candidate" ] && fits "$candidate" && { echo "$candidate"; return; }
    done
    return 1
}

find_uv() {
    command -v uv && return
    python3 -m venv .uv >/dev/null 2>&1 && .uv/bin/python -m pip install --quiet uv >/dev/null 2>&1 && echo .uv/bin/uv
}

make_venv() {
    local python uv
    if python=$(find_python); then
        "$python" -m venv --clear .venv
    elif uv=$(find_uv); then
        "$uv" venv --quiet --clear --seed --python 3.13 .venv
    fi
}

if ! fits .venv/bin/python; then
    make_venv 2>/dev/null || true
    if ! fits .venv/bin/python; then
        echo "install: Python 3.12 or newer with venv is missing (looked on PATH, under pyenv, and for uv)" >&2
        exit 1
    fi
fi
stamp=.venv/.installed-from
if ! cmp -s "$lock" "$stamp"; then
    echo "install: $(.venv/bin/python --version) with the packages of $lock (a minute or so)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock" 2> >(grep -Ev '^WARNING: (Location|pydantic .* extra)' >&2)
    cp "$lock" "$stamp"
fi
ln -sf ../../scripts/ocean-custom .venv/bin/ocean-custom
