#!/bin/sh
# Makes .venv from the locked requirements, with nothing on the machine but some python3.
# usage: tools/bootstrap.sh runtime|dev
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-runtime}
venv=.venv
lock=requirements/$wanted.txt

say() { printf '%s\n' "$*" >&2; }

fresh() { # the stamp tells which lock the environment was made from
    [ -x "$venv/bin/liti" ] || return 1
    for have in "$@"; do
        [ -f "$venv/.stamp-$have" ] || continue
        cmp -s "$venv/.stamp-$have" "requirements/$have.txt" || continue
        [ "$venv/.stamp-$have" -nt pyproject.toml ] && return 0
    done
    return 1
}
# an environment for development serves the demo as well
if [ "$wanted" = runtime ]; then fresh dev runtime && exit 0; else fresh dev && exit 0; fi

# One make at a time builds the environment. The lock is the kernel's: it ends with its holder.
exec 9>>.venv.lock
take() { # usage: take SECONDS
    if command -v flock >/dev/null 2>&1; then flock -w "$1" 9; return; fi
    "$(command -v python3 || echo false)" -c 'import fcntl, sys, time
end = time.monotonic() + float(sys.argv[1])
while True:
    try:
        raise SystemExit(fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB))
    except BlockingIOError:
        if time.monotonic() >= end:
            raise SystemExit(1)
        time.sleep(0.2)' "$1"
}
if ! take 0; then
    say "another make builds .venv ($(cat .venv.lock)); waiting for its end ..."
    take 1800 || { say "it has not ended in 30 minutes: end that process, then try again."; exit 1; }
    if [ "$wanted" = runtime ]; then fresh dev runtime && exit 0; else fresh dev && exit 0; fi
fi
echo "process $$ since $(date '+%Y-%m-%d %H:%M:%S')" >.venv.lock

works() { # a Python counts when it runs and is new enough: shims may exist that fail
    [ -n "${1:-}" ] || return 1
    "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    for name in python3.14 python3.13 python3.12 python3; do
        found=$(command -v "$name" 2>/dev/null) || continue
        # the real program behind a shim, because a shim misleads uv
        if works "$found"; then "$found" -c 'import sys; print(sys.executable)'; return; fi
    done
    # pyenv: named, at home, or where the python3 that does run was installed by it
    any=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) || any=
    for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv" "${any%%/versions/*}" /opt/pyenv; do
        [ -d "$root/versions" ] || continue
        for version in 3.14 3.13 3.12; do
            for found in "$root/versions/$version"*/bin/python3; do
                if works "$found"; then echo "$found"; return; fi
            done
        done
    done
}

find_uv() {
    if [ -x .uv/bin/uv ] && .uv/bin/uv --version >/dev/null 2>&1; then echo .uv/bin/uv; return; fi
    found=$(command -v uv 2>/dev/null) && "$found" --version >/dev/null 2>&1 && { echo "$found"; return; }
    any=$(command -v python3 2>/dev/null) || any=${python:-}
    [ -n "$any" ] || { say "Liti needs some python3 to begin with; none was found."; exit 1; }
    say "fetching uv into .uv ..."
    rm -rf .uv
    if "$any" -m venv .uv >/dev/null 2>&1 && .uv/bin/python -m pip -q install uv >&2; then
        echo .uv/bin/uv; return
    fi
    rm -rf .uv # a Debian python3 without venv still may have pip
    "$any" -m pip -q install --target .uv uv >&2 || {
        say "uv could not be installed: python3 needs its venv or pip module (Debian: python3-venv)."
        exit 1
    }
    echo .uv/bin/uv
}

python=$(find_python)
uv=$(find_uv)
if [ -n "$python" ]; then
    UV_PYTHON=$python
    export UV_PYTHON
elif ! "$uv" python install 3.13 >/dev/null 2>&1; then
    say "No Python 3.12 or newer was found, and uv could not fetch one: install python3.12 or newer and run this again."
    exit 1
else
    UV_PYTHON=3.13
    export UV_PYTHON
fi
unset VIRTUAL_ENV PYTHONPATH PIP_FIND_LINKS UV_FIND_LINKS || true
export UV_LINK_MODE=${UV_LINK_MODE:-copy}

say "making $venv with Python from $UV_PYTHON ..."
"$uv" venv -q --clear "$venv"
"$uv" pip install -q --python "$venv/bin/python" --require-hashes --no-deps -r "$lock"
"$uv" pip install -q --python "$venv/bin/python" --no-deps --no-build-isolation -e .
"$venv/bin/python" -m liti.site.messages compile
cp "$lock" "$venv/.stamp-$wanted"
