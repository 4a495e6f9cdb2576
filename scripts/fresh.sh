#!/usr/bin/env bash
# make fresh: both commands of the README on a bare Debian 12 that nobody prepared, in a chroot that is thrown away.
# What the network of a company needs (apt sources, proxies, certificates, pip settings) is taken over from this machine.
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$(id -u)" -eq 0 ] || { echo "make fresh needs root: it makes a chroot" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
command -v debootstrap >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends debootstrap; }

root=$(mktemp -d "${TMPDIR:-/var/tmp}/callflow-fresh-XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
started=$SECONDS
say() { printf '\n== Fresh, %s s: %s\n' "$((SECONDS - started))" "$*"; }

mirror_of_this_machine() {
    # the first address of either format of apt's sources; nothing on a machine that is not a Debian
    grep -qs '^ID=debian' /etc/os-release || return 0
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -nE 's/^(URIs: *|deb( \[[^]]*\])? +)([^ ]+).*/\3/p' | head -n 1
}

take_over_the_network() {
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    if grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then
        rm -f "$root/etc/apt/sources.list"
        cp -RL /etc/apt/sources.list* "$root/etc/apt/"
        cp -RL /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
        rm -f "$root"/etc/apt/apt.conf.d/docker-*
    fi
    [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/"
    for file in "${SSL_CERT_FILE:-}" "${PIP_CERT:-}" "${REQUESTS_CA_BUNDLE:-}" /etc/ssl/certs/ca-certificates.crt; do
        [ -f "$file" ] || continue
        # under a name of its own: installing ca-certificates would write over the usual one
        cp -L "$file" "$root/etc/host-certificates.crt"
        break
    done
}

inside=(HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb)
while IFS= read -r name; do
    inside+=("$name=${!name}")
done < <(compgen -e | grep -E '^(PIP_[A-Z_]+|[a-zA-Z]+_proxy|[A-Z]+_PROXY|CALLFLOW_TEST_[A-Z]+)$' | grep -vE '^PIP_(CERT|FIND_LINKS)$')

in_chroot() {
    # namespaces of its own, so that whatever was started and mounted goes when the command ends
    unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
        sh -c 'mount -t tmpfs tmpfs "$0/dev/shm" && exec chroot "$0" "$@"' "$root" /usr/bin/env -i "${inside[@]}" "$@"
}

say "bare Debian 12 (debootstrap, minbase)"
# shellcheck disable=SC2046  # no mirror at all is no argument
debootstrap --variant=minbase bookworm "$root" $(mirror_of_this_machine) >"$root.log" 2>&1 || { tail -n 20 "$root.log"; exit 1; }
rm -f "$root.log"
chmod 755 "$root" # apt fetches as a user of its own
mkdir -p "$root/dev/shm" "$root/srv/callflow"
take_over_the_network
if [ -f "$root/etc/host-certificates.crt" ]; then
    for name in SSL_CERT_FILE PIP_CERT REQUESTS_CA_BUNDLE; do inside+=("$name=/etc/host-certificates.crt"); done
fi
git archive HEAD | tar -x -C "$root/srv/callflow"

until_it_answers() {
    say "sh run.sh, until the site answers"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$root/srv/answers.sh" <<'E2'
cd /srv/callflow
(sh run.sh; echo "run.sh ended with $?") &
for _ in $(seq 900); do
    sleep 1
    kill -0 $! 2>/dev/null || exit 1
    [ -x .venv/bin/python ] || continue
    .venv/bin/python - "$1" 2>/dev/null <<'PY' && exit 0
import sys, urllib.request
page = urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/", timeout=20).read().decode()
assert "<h1" in page
print("\n== The site answers:", page[page.index("<title>") + 7 : page.index("</title>")].strip())
PY
done
echo "the site does not answer"
exit 1
E2
    in_chroot CALLFLOW_BIND="127.0.0.1:$port" sh /srv/answers.sh "$port"
}

all_tests() {
    say "sh run.sh test"
    in_chroot CI="${CI:-}" sh -c 'cd /srv/callflow && sh run.sh test'
}

case "${1:-both}" in
    run) until_it_answers ;;
    test) all_tests ;;
    both)
        until_it_answers
        all_tests
        ;;
esac
say "passed on a bare Debian 12"
