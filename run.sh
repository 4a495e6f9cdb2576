#!/bin/sh
# callflow on a fresh machine: `sh run.sh` starts the site, `sh run.sh test` runs every test.
# POSIX sh on purpose: a bare Debian has neither make nor python3, and this is what installs them.
set -eu
cd "$(dirname "$0")"

RUN_PACKAGES="ca-certificates make python3 python3-venv libpangoft2-1.0-0 libharfbuzz-subset0"
# libatomic1: the program that drives the browser needs it, and nothing else of a bare Debian pulls it in
TEST_PACKAGES="git libatomic1 poppler-utils qpdf postgresql"
# the browser without its windows does the same with two thirds of the work; a whole chromium serves as well
BROWSER="chromium-headless-shell"
# Debian makes and starts a database cluster when PostgreSQL is installed. The tests start their own, so it is told not to.
NO_CLUSTER=/etc/postgresql-common/createcluster.d/callflow.conf

say() { printf '\n== %s\n' "$*"; }
fail() { printf '\nrun.sh: %s\n' "$*" >&2; exit 1; }

usage() {
    cat <<'TEXT'
sh run.sh         install what is missing, then start callflow with its demo calls
sh run.sh test    install what is missing, then run every test
TEXT
}

lacking() {
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

may_install() {
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1
}

install_packages() {
    missing=$(lacking "$@")
    [ -n "$missing" ] || { say "System packages: all there"; return 0; }
    may_install || fail "these packages are missing and you are neither root nor able to use sudo. Ask for:
    apt-get install --no-install-recommends $missing"
    say "System packages: installing $missing"
    case " $missing" in *" postgresql "*) without_cluster=yes ;; *) without_cluster=no ;; esac
    if [ "$without_cluster" = yes ]; then
        as_root mkdir -p "$(dirname "$NO_CLUSTER")"
        echo "create_main_cluster = false" | as_root tee "$NO_CLUSTER" >/dev/null
    fi
    as_root apt-get update -q
    # shellcheck disable=SC2086  # a list of names, one argument each
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
    [ "$without_cluster" = no ] || as_root rm -f "$NO_CLUSTER"
}

on_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

prepare() {
    if command -v apt-get >/dev/null 2>&1; then
        install_packages "$@"
    else
        say "No apt-get here: make, Python 3.11 or newer with venv, Pango and HarfBuzz (with its subset library) must be there already"
    fi
    command -v make >/dev/null 2>&1 || fail "make is missing"
    sh scripts/python.sh >/dev/null || exit 1
}

case "${1:-run}" in
    run)
        # shellcheck disable=SC2086
        prepare $RUN_PACKAGES
        make setup LOCK=requirements.txt
        exec make run
        ;;
    test)
        if [ -n "${CHROMIUM:-}" ]; then
            BROWSER=""
        elif on_ubuntu; then
            BROWSER=""
            say "Ubuntu's chromium is a snap that tests cannot drive: set CHROMIUM=/path/to/chrome, or the browser tests are not run"
        elif command -v apt-get >/dev/null && command -v chromium >/dev/null && [ -n "$(lacking $BROWSER)" ]; then
            (install_packages $BROWSER) || true
            [ -z "$(lacking $BROWSER)" ] || say "Browser: going on with the chromium that is there"
            BROWSER=""
        fi
        # shellcheck disable=SC2086
        prepare $RUN_PACKAGES $TEST_PACKAGES $BROWSER
        exec make setup test
        ;;
    *)
        usage
        exit 2
        ;;
esac
