#!/bin/sh
# Everything a machine can say about the text of the project without running it. All complaints are shown, not only the first tool's.
set -u
status=0

check() {
    name=$1
    shift
    printf '== Lint: %s\n' "$name"
    "$@" || status=1
}

check "format" .venv/bin/ruff format --check .
check "ruff" .venv/bin/ruff check -q --output-format concise .
check "types" .venv/bin/mypy
check "import contracts" .venv/bin/lint-imports --no-logo
[ ! -d templates ] || check "templates" .venv/bin/djlint --quiet --lint templates
for script in run.sh scripts/*.sh; do
    case $script in scripts/fresh.sh) shell=bash ;; *) shell=sh ;; esac
    check "$script" "$shell" -n "$script"
done
check ".ci/run" bash -n .ci/run
exit "$status"
