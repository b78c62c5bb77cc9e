#!/usr/bin/env bash
# Makes the image of packaging/Containerfile over a clean Debian and lives in it: not root, healthy, prints, data on a volume.
# The file's first stage wants an image with Rust: in its place stand the programs of this tree, built quickly, and this
# machine's list of whom to trust.
# Takes some minutes, and asks for root; not a part of tests/run.
#
# usage: tests/slow/container.sh      on Debian and its kin
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
suite=bookworm
work=$(mktemp -d)
container=
step() { printf '\n== %s\n' "$*"; }
die() { echo "FAILED: $*" >&2; exit 1; }
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
# Images of its own, that go with it; no daemon, and no registry.
buildah() {
    $sudo env STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot buildah --root "$work/images" --runroot "$work/run" "$@"
}
# Ends a process with all that it started, the youngest first.
end() {
    local child
    for child in $(pgrep -P "$1"); do end "$child"; done
    $sudo kill "$1" 2>/dev/null || true
}
finish() {
    [ $? -eq 0 ] || [ ! -e "$work/log" ] || { echo "It said:"; tail -20 "$work/log"; }
    for job in $(jobs -p); do end "$job"; done
    [ -z "$container" ] || buildah rm "$container" >/dev/null || true
    $sudo umount "$work"/images/* 2>/dev/null || true
    $sudo rm -rf --one-file-system "$work"
}
trap finish EXIT

trusted=/etc/ssl/certs/ca-certificates.crt
missing=
for program in debootstrap buildah; do command -v "$program" >/dev/null || missing="$missing $program"; done
[ -e "$trusted" ] || missing="$missing ca-certificates"
if [ -n "$missing" ]; then
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qy --no-install-recommends $missing
fi

step "A clean Debian, from where this machine's own comes, and what the first stage would have made"
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v -i security | head -1)
[ -n "$mirror" ] || die "apt is configured with no mirror"
mkdir -p "$root/target/slow-debian"
$sudo debootstrap --variant=minbase --cache-dir="$root/target/slow-debian" "$suite" "$work/debian" "$mirror" \
    >"$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log"; exit 1; }
$sudo tar -C "$work/debian" -cf "$work/debian.tar" .
(cd "$root" && cargo build --quiet --workspace --bins --tests --locked)
mkdir -p "$work/context" "$work/made/programs"
for program in formfeed formfeed-vendor formfeed-calculation formfeed-forms formfeed-spooler; do
    strip -o "$work/made/programs/$program" "$root/target/debug/$program"
done
install -D -m 644 "$trusted" "$work/made$trusted"
image() {
    local made
    made=$(buildah from scratch)
    buildah add -q "$made" "$2" "$3" >/dev/null
    buildah commit -q "$made" "localhost/$1" >/dev/null
    buildah rm "$made" >/dev/null
}
image base "$work/debian.tar" /
image made "$work/made" /

step "The image"
buildah bud -q --format docker -f "$root/packaging/Containerfile" \
    --build-context build=container-image://localhost/made \
    --build-arg BUILD_IMAGE=localhost/base --build-arg BASE_IMAGE=localhost/base -t localhost/formfeed "$work/context"
buildah inspect --type image --format '{{.Docker.Config.User}} {{.Docker.Config.Healthcheck.Test}} {{.Docker.Config.Volumes}} {{.Docker.Config.Env}}' \
    localhost/formfeed | tee "$work/config"
grep -q '^formfeed \[CMD formfeed doctor --live\] map\[/var/lib/formfeed:{}\]' "$work/config" || die "user, health or volume"
grep -qiE 'token|key|password|secret' "$work/config" && die "a secret in the image"

step "At work in it"
container=$(buildah from localhost/formfeed)
# The volume of the image's own would now and then lie over the one that is given here.
buildah config --volume /var/lib/formfeed- "$container"
mkdir "$work/volume"
$sudo chown 710:710 "$work/volume"
within() { buildah run --terminal=false --volume "$work/volume:/var/lib/formfeed" --volume "$root/services/cli/sample:/sample:ro" "$container" -- "$@"; }
[ "$(within id -un)" = formfeed ] || die "it runs as another user"
within cat "$trusted" | cmp - "$trusted" || die "it trusts others than the first stage"
within formfeed doctor --live >/dev/null 2>&1 && die "it is healthy before it runs"
within formfeed up --port-base 0 </dev/null >"$work/log" 2>&1 &
for _ in $(seq 300); do
    grep -q ^ready "$work/log" && break
    sleep 0.2
done
grep -q ^ready "$work/log" || { cat "$work/log"; die "the services do not become ready"; }
service=$($sudo sed -n 's/.*"pid": \([0-9]*\).*/\1/p' "$work/volume/endpoints.json")
within formfeed import /sample
within formfeed calculate --payer HARBOR --tax-year 2025
within formfeed printer add office file:/var/lib/formfeed/out
within formfeed print --payer HARBOR --tax-year 2025 --form nec --printer office --wait | tee "$work/printed"
grep -q '^printed [1-9]' "$work/printed" || die "nothing was printed"
within formfeed doctor --live || die "it is not healthy"
$sudo kill -TERM "$service"
wait %1 || die "it did not stop well"
$sudo test -e "$work/volume/keys/vendor.key" || die "the data are not on the volume"

echo
echo "The image runs without rights, tells its health, prints, and keeps its data on the volume."
