#!/bin/sh
# Which Python makes .venv: $PYTHON, or else that of the distribution, or else the first on the PATH. Prints its path.
# A distribution builds its own with the compiler's optimisation by profile; one built at home (pyenv's, say) mostly is
# not, and callflow is a sixth slower on it.
set -eu

enough='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'

for candidate in ${PYTHON:-/usr/bin/python3 python3}; do
    if "$candidate" -c "$enough" 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
done
echo "Python 3.11 or newer with venv is needed, found: $("${PYTHON:-python3}" --version 2>&1 || true)" >&2
exit 1
