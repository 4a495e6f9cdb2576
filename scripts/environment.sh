#!/bin/sh
# The virtual environment of a lock file, and the compiled translations. Nothing is done twice: the lock's hash is kept in .venv.
set -eu
lock=$1
hash=$(sha256sum "$lock" | cut -d' ' -f1)

installed() { [ -x .venv/bin/python ] && [ "$(cat ".venv/.installed-$1" 2>/dev/null || true)" = "$2" ]; }

up_to_date() {
    installed "$lock" "$hash" && return 0
    # the development lock contains the run-time lock, with the same versions
    [ "$lock" = requirements.txt ] &&
        installed requirements-dev.txt "$(sha256sum requirements-dev.txt | cut -d' ' -f1)"
}

if up_to_date; then
    echo "== Environment: .venv is up to date with $lock"
else
    echo "== Environment: installing $(grep -c '^[a-z].*==' "$lock") packages of $lock into .venv"
    .venv/bin/python -c '' 2>/dev/null || "$(sh scripts/python.sh)" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    echo "$hash" >".venv/.installed-$lock"
fi

if [ -d callflow/translations ]; then
    echo "== Translations: compiling"
    .venv/bin/pybabel --quiet compile --directory callflow/translations
fi

# where bytecode may not be written, every start of a process would compile all of this again: a third of the start
.venv/bin/python -m compileall -q callflow migrations config.py wsgi.py
