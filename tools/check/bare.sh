#!/usr/bin/env bash
# The README's two commands on an empty Debian 12, with git and python3 and nothing else: what a machine of ours has by chance
# cannot hide a package that is missing. By hand, as root, before each release; the figures go into docs/building.md.
#
#   tools/check/bare.sh [--keep] [FOLDER] [COMMAND ...]
#
# FOLDER: /tmp/lorikeet-bare, 12 GB; COMMAND: words for ./run, one command each: "demo" "test" when none is named.
# Where packages come from is this machine's own business: its apt sources, certificates and pip settings are copied at run
# time. It wants debootstrap.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
keep=no
[ "${1:-}" != --keep ] || { keep=yes && shift; }
folder=$(realpath -m "${1:-/tmp/lorikeet-bare}")
commands=("${@:2}")
[ ${#commands[@]} -gt 0 ] || commands=(demo test)
[ "$(id -u)" -eq 0 ] || { echo "bare.sh needs root: it makes a system and enters it." >&2 && exit 2; }
command -v debootstrap >/dev/null || { echo "bare.sh needs debootstrap: apt-get install debootstrap" >&2 && exit 2; }

system=$folder/system
unmount() {
    local place
    for place in dev proc; do ! mountpoint -q "$system/$place" || umount -R -l "$system/$place"; done
}
# shellcheck disable=SC2317  # called by the trap
finish() {
    unmount
    [ "$keep" = yes ] || rm -rf --one-file-system "$folder"
}
trap finish EXIT

# shellcheck disable=SC2016  # apt's own variables
# The first mirror of this machine's apt.
mirror() { apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk '$2 == "bookworm" {print $1; exit}'; }

make_system() {
    unmount
    rm -rf --one-file-system "$folder"
    mkdir -p "$folder"
    debootstrap --variant=minbase --include=git,python3 bookworm "$system" "$(mirror)" >"$folder/debootstrap.log"
    # Where this machine fetches from, and whom it trusts.
    rm -rf "$system/etc/apt/sources.list" "$system/etc/apt/sources.list.d"
    local place
    for place in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/pip.conf /etc/resolv.conf \
        /usr/local/share/ca-certificates /usr/share/keyrings /etc/ssl/certs/ca-certificates.crt; do
        [ -e "$place" ] || continue
        mkdir -p "$system$(dirname "$place")"
        cp -aL "$place" "$system$(dirname "$place")/"
    done
    rm -f "$system"/etc/apt/apt.conf.d/docker*
    mount -t proc proc "$system/proc"
    mount --rbind --make-rslave /dev "$system/dev"
    git clone -q --no-local "$root" "$system/srv/lorikeet"
}

# Nothing of this machine's environment but how it reaches its registries.
settings() { env | grep -E '^(PIP_[A-Z_]+|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|SSL_CERT_FILE|REQUESTS_CA_BUNDLE)=' || true; }

inside() {
    local words=()
    mapfile -t words < <(settings)
    chroot "$system" env -i HOME=/srv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        "${words[@]}" bash -c "cd /srv/lorikeet && $1"
}

echo "$(nproc) processors: $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1); commit $(git -C "$root" rev-parse --short HEAD)"
make_system
echo "an empty system: $(chroot "$system" dpkg-query -f '.\n' -W | wc -l) packages, $(du -sxm "$system" | cut -f1) MB"
failed=0
for command in "${commands[@]}"; do
    began=$SECONDS
    rc=0
    inside "./run $command" 2>&1 | sed 's/^/    /' || rc=$?
    echo "./run $command: $((SECONDS - began)) s, exit $rc;" \
        "$(chroot "$system" dpkg-query -f '.\n' -W | wc -l) packages, $(du -sxm "$system" | cut -f1) MB"
    [ $rc -eq 0 ] || failed=1
done
exit $failed
