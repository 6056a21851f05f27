# shellcheck shell=sh
# Sourced by run, test and check: finds a Python, and keeps one virtual environment up to date.
# Sets $venv; expects $root, the project's folder. EDGEGUARD_VENV puts the environment elsewhere.

venv=${EDGEGUARD_VENV:-$root/.venv}
supported='(3, 11) <= sys.version_info[:2] <= (3, 13)'
# Built in two passes, with a profile of itself: without it (pyenv's default), Python is a quarter slower, and so is the edge.
# Distributions build so, too, but Debian leaves no trace of it; what they ship lives in /usr.
optimised='sys.base_prefix == "/usr" or "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")'

die() {
    for line in "$@"; do printf '%s\n' "$line" >&2; done
    exit 1
}

# Whether a Python fits: satisfies PYTHON CONDITION. A shim of a version that is not installed exists and fails, so it is run.
satisfies() { "$1" -c "import sys, sysconfig; sys.exit(not ($2))" 2>/dev/null; }

# A Python of a supported version, the optimised before the others, or a sentence about what to install.
find_python() {
    if [ -n "${EDGEGUARD_PYTHON:-}" ] && satisfies "$EDGEGUARD_PYTHON" "$supported"; then
        command -v "$EDGEGUARD_PYTHON"
        return 0
    fi
    # Without ensurepip (Debian's python3-venv is not there), the next one is less trouble.
    for wish in "($optimised) and __import__('ensurepip')" True; do
        for python in python3.13 python3.12 python3.11 python3 python /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11; do
            if satisfies "$python" "$supported and $wish"; then
                command -v "$python"
                return 0
            fi
        done
    done
    found=$(python3 --version 2>/dev/null || echo 'no python3')
    die "EdgeGuard needs Python 3.11, 3.12 or 3.13; found $found." \
        "On Debian and Ubuntu: sudo apt install python3 python3-venv" \
        "Where that is too old, install another one and name it: EDGEGUARD_PYTHON=/path/to/python3.13 $0"
}

# Whether the environment is whole: an interrupted one still has its .making, a moved one was made for another path
# (programs in it start with theirs), and that of an older system has no running Python.
whole() {
    [ ! -e "$venv/.making" ] && [ "$(cat "$venv/.made" 2>/dev/null || echo "$venv")" = "$venv" ] &&
        satisfies "$venv/bin/python" "$supported and __import__('pip')"
}

# Make the environment with pip in it. Debian keeps ensurepip in a package of its own; a pip elsewhere can stand in.
make_venv() {
    python=$(find_python) || exit 1
    if [ -n "$(ls -A "$venv" 2>/dev/null)" ] && [ ! -e "$venv/pyvenv.cfg" ] && [ ! -e "$venv/.making" ]; then
        die "$venv exists and is no virtual environment; move it away, or name another folder with EDGEGUARD_VENV."
    fi
    log=$(mktemp) || die "No temporary file could be made; is /tmp full or read-only?"
    for how in with_pip borrow_pip; do
        rm -rf "$venv"
        mkdir -p "$venv"
        : >"$venv/.making"
        if "$how" >>"$log" 2>&1; then
            printf '%s\n' "$venv" >"$venv/.made"
            rm -f "$log" "$venv/.making"
            return 0
        fi
    done
    rm -rf "$venv"
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        cat "$log" >&2
        rm -f "$log"
        die "No virtual environment could be made in $venv; the lines above say why."
    fi
    rm -f "$log"
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    die "$python can't make virtual environments: its venv package is missing." \
        "On Debian and Ubuntu: sudo apt install python3-venv   (or python$version-venv)"
}

with_pip() { "$python" -m venv "$venv"; }
borrow_pip() { "$python" -m venv --without-pip "$venv" && "$python" -m pip --python "$venv/bin/python" install --quiet pip; }

# pip, quiet unless it fails.
install() {
    "$venv/bin/python" -m pip --disable-pip-version-check install --quiet --only-binary=:all: "$@" >"$venv/pip.log" 2>&1 && return 0
    cat "$venv/pip.log" >&2
    die "Installing failed; the lines above say why. Without a network, or behind a proxy, set PIP_INDEX_URL or HTTPS_PROXY."
}

writable() {
    { mkdir -p "$1" && [ -w "$1" ]; } 2>/dev/null && return 0
    die "$1 is read-only; say where the virtual environment may live: EDGEGUARD_VENV=\$HOME/.cache/edgeguard/venv $0"
}

# prepare NAME PIP-ARGUMENTS...: install, unless it was done for this very pyproject.toml, folder and Python.
prepare() {
    name=$1
    shift
    exec 9<"$root/pyproject.toml" # two at once wait for each other
    if command -v flock >/dev/null; then flock 9; fi
    if ! whole; then
        writable "$venv"
        echo "Making a virtual environment in $venv" >&2
        make_venv
    fi
    stamp=$({ cat "$root/pyproject.toml"; printf '%s\n' "$root" "$venv"; "$venv/bin/python" -V; } | sha256sum)
    if [ "$(cat "$venv/.$name" 2>/dev/null)" != "$stamp" ]; then
        writable "$venv"
        echo "Installing ($name); this is needed once" >&2
        install "$@"
        printf '%s\n' "$stamp" >"$venv/.$name"
    fi
    exec 9>&-
}
