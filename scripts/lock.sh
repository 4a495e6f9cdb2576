#!/bin/sh
# Resolve the .in files into hashed locks. One lock serves every Python from 3.11 and every platform, and names no host.
set -eu
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
"$(sh scripts/python.sh)" -m venv "$tool"
"$tool/bin/pip" install --quiet --disable-pip-version-check uv
for name in requirements requirements-dev; do
    echo "== Lock: $name"
    "$tool/bin/uv" --no-config --quiet pip compile --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header "$name.in" -o "$name.txt"
done
