#!/usr/bin/env bash
# Makes the Debian package and lives with it on a clean Debian: installs it, runs the service by its unit's command line as
# its unit's user, prints, backs it up, restores it elsewhere, upgrades it over its own data and over those of release 0.1.0,
# removes and purges. Takes some minutes, and asks for root; not a part of tests/run.
#
# usage: tests/slow/package.sh      on Debian and its kin; needs cargo-deb, or installs it into target/test-tools
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
suite=bookworm
work=$(mktemp -d)
clean=$work/debian
service=

step() { printf '\n== %s\n' "$*"; }
die() { echo "FAILED: $*" >&2; exit 1; }
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
in_clean() { $sudo chroot "$clean" "$@"; }
finish() {
    [ -z "$service" ] || $sudo kill "$service" 2>/dev/null || true
    for mount in proc dev/pts; do $sudo umount "$clean/$mount" 2>/dev/null || true; done
    $sudo rm -rf --one-file-system "$work"
}
trap finish EXIT

missing=
for pair in debootstrap:debootstrap dpkg-shlibdeps:dpkg-dev sqlite3:sqlite3; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qy --no-install-recommends $missing
fi
export PATH=$root/target/test-tools/cargo-deb/bin:$PATH
command -v cargo-deb >/dev/null ||
    cargo install --quiet --locked --version 3.8.0 --root "$root/target/test-tools/cargo-deb" cargo-deb

step "The package, of programs that are built quickly"
version=$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version 1 |
    python3 -c 'import json,sys; print(next(p["version"] for p in json.load(sys.stdin)["packages"] if p["name"] == "formfeed"))')
packages=$work/packages
mkdir "$packages"
for revision in 1 2; do
    "$root/packaging/deb.sh" --profile dev --fast --deb-version "$version-$revision" >/dev/null
    mv "$root/target/debian/formfeed_$version-${revision}_"*.deb "$packages/$revision.deb"
done
dpkg-deb --info "$packages/1.deb" control

step "A clean Debian, from where this machine's own comes"
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v -i security | head -1)
[ -n "$mirror" ] || die "apt is configured with no mirror"
cache=$root/target/slow-debian
mkdir -p "$cache"
$sudo debootstrap --variant=minbase --include=adduser,debconf,python3-minimal --cache-dir="$cache" \
    "$suite" "$clean" "$mirror" >"$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log"; exit 1; }
for mount in proc dev/pts; do $sudo mount --bind "/$mount" "$clean/$mount"; done
$sudo cp "$packages"/*.deb "$clean/tmp/"
$sudo cp -r "$root/services/cli/sample" "$clean/tmp/sample"
apt_in() { in_clean env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -y "$@"; }

step "Installed, and nothing runs"
apt_in install /tmp/1.deb
in_clean id formfeed
for group in dialout lp; do in_clean id -nG formfeed | grep -qw "$group" || die "not in $group"; done
[ "$(in_clean stat -c '%a %U' /var/lib/formfeed)" = "700 formfeed" ] || die "the data directory is open"
[ "$(in_clean stat -c '%a %U:%G' /etc/formfeed/formfeed.toml)" = "640 root:formfeed" ] || die "the configuration's rights"
[ -z "$(in_clean find /etc/systemd/system -name 'formfeed*')" ] || die "a unit was enabled"
pgrep -f "^/usr/bin/formfeed " >/dev/null && die "it was started"
for page in formfeed formfeed-job-resolve; do [ -e "$clean/usr/share/man/man1/$page.1.gz" ] || die "no page $page"; done
for program in vendor calculation forms spooler; do in_clean formfeed-$program --version; done

of_unit() { in_clean sed -n "s/^$1=//p" /usr/lib/systemd/system/formfeed.service; }
begin() {
    # As systemd starts it: the unit's user and command line, and a socket to be told by.
    $sudo rm -f "$work/notified"
    $sudo python3 "$here/notified.py" "$clean" "$(of_unit User)" "$(of_unit ExecStart)" "$work/notified" >"$work/service.log" 2>&1 &
    service=$!
    for _ in $(seq 300); do
        $sudo grep -q READY=1 "$work/notified" 2>/dev/null && return
        kill -0 "$service" 2>/dev/null || { cat "$work/service.log"; die "the service ended"; }
        sleep 0.1
    done
    cat "$work/service.log"
    die "the service does not become ready"
}
stop() {
    $sudo kill -TERM "$service"
    wait "$service" || die "the service did not stop well"
    service=
    $sudo grep -q STOPPING=1 "$work/notified" || die "it did not tell that it stops"
}
uid=$(in_clean id -u formfeed)
gid=$(in_clean id -g formfeed)
as_formfeed() { in_clean setpriv --reuid "$uid" --regid "$gid" --init-groups env HOME=/ "$@"; }
formfeed() { as_formfeed /usr/bin/formfeed --data-dir /var/lib/formfeed "$@"; }

step "Runs by its unit's command line, and prints"
begin
formfeed import /tmp/sample
formfeed calculate --payer HARBOR --tax-year 2025
formfeed printer add office file:/var/lib/formfeed/out
formfeed print --payer HARBOR --tax-year 2025 --form nec --printer office --wait | tee "$work/printed"
grep -q '^printed [1-9]' "$work/printed" || die "nothing was printed"
formfeed doctor --config /etc/formfeed/formfeed.toml
job=$(formfeed --json job list | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["job"])')

step "Backed up while it works"
backups=/var/backups/formfeed
in_clean install -d -o "$uid" -g "$gid" -m 700 "$backups"
formfeed keys rotate --reason "before the backup"
formfeed backup --to "$backups/day" --config /etc/formfeed/formfeed.toml
in_clean test ! -e "$backups/day/keys" || die "the keys are in the backup"
stop

step "Restored elsewhere: another data directory, the keys carried there apart"
elsewhere=/var/lib/elsewhere
in_clean install -d -o "$uid" -g "$gid" -m 700 "$elsewhere"
as_formfeed /usr/bin/formfeed --data-dir "$elsewhere" restore --from "$backups/day" --printed-since none \
    --keys /var/lib/formfeed/keys
(exec $sudo chroot "$clean" setpriv --reuid "$uid" --regid "$gid" --init-groups env HOME=/ \
    /usr/bin/formfeed --data-dir "$elsewhere" up --port-base 0) >"$work/elsewhere.log" 2>&1 &
service=$!
for _ in $(seq 300); do grep -q '^ready' "$work/elsewhere.log" && break; sleep 0.1; done
there() { as_formfeed /usr/bin/formfeed --data-dir "$elsewhere" "$@"; }
there job show "$job" | tee "$work/there"
grep -q "$(grep -o 'printed [0-9]* forms' "$work/printed")" "$work/there" || die "the restored job is another"
there calculate --payer HARBOR --tax-year 2025 # opens every number
there audit verify
there keys show
$sudo kill -TERM "$service"
wait "$service" || die "the restored services did not stop well"
service=

step "In the place of its data those that release 0.1.0 left"
released=$root/tests/fixtures/released/0.1.0
data=/var/lib/formfeed
in_clean mv "$data" /var/lib/aside
in_clean install -d -o formfeed -g formfeed -m 700 "$data"
$sudo cp -r "$released/keys" "$released/spooler.id" "$clean$data/"
for service in vendor calculation forms spooler; do
    sed "s|/tmp/formfeed-released|$data|g" "$released/sqlite/$service.sql" | $sudo sqlite3 -bail "$clean$data/$service.db"
done
in_clean chown -R formfeed:formfeed "$data"
in_clean chmod -R go= "$data"

step "Upgraded: what was changed in the configuration stays"
echo 'log_format = "json"' | $sudo tee -a "$clean/etc/formfeed/formfeed.toml" >/dev/null
apt_in install /tmp/2.deb
in_clean dpkg-query -W formfeed | grep -q -- "$version-2" || die "not upgraded"
in_clean grep -q json /etc/formfeed/formfeed.toml || die "the configuration was replaced"

step "What release 0.1.0 left is brought up to date, and goes on"
begin
[ "$(in_clean stat -c '%a %U' "$data")" = "700 formfeed" ] || die "the data directory is open"
formfeed doctor --config /etc/formfeed/formfeed.toml
# All of the release's answers: tests/e2e/upgrade.rs.
done_before=$(python3 -c '
import json, sys
told = json.load(open(sys.argv[1]))["sqlite"]
print(next(it["command"][2] for it in told if "--report" in it["command"]))' "$released/expected.json")
formfeed --json job show "$done_before" --report 1 | python3 -c '
import json, sys
now, told = json.load(sys.stdin), json.load(open(sys.argv[1]))["sqlite"]
before = next(it["answer"] for it in told if "--report" in it["command"])
of_the_moment = {"state", "state_reasons", "update_time"}
sys.exit([f"{key}: {now.get(key)}" for key in before.keys() - of_the_moment if now.get(key) != before[key]] or 0)' \
    "$released/expected.json" || die "its job has another report"
formfeed calculate --payer TE1 --tax-year 2025 # opens every number
formfeed print --payer TE1 --tax-year 2025 --form nec --printer desk --again "after the upgrade" --wait | tee "$work/more"
grep -qx "printed 7 forms, 2 void, 3 sheets, total 13421.91" "$work/more" || die "it prints something else"
stop

step "So are the data that were here"
in_clean rm -r "$data"
in_clean mv /var/lib/aside "$data"
begin
formfeed job show "$job" | tee "$work/shown"
grep -q "$(grep -o 'printed [0-9]* forms' "$work/printed")" "$work/shown" || die "the job is forgotten"
head -1 "$work/service.log" | python3 -c 'import json,sys; json.loads(sys.stdin.readline())' || die "log lines are no JSON"
stop

step "Removed and purged: books and keys stay, until somebody says otherwise"
apt_in remove formfeed
[ ! -e "$clean/usr/bin/formfeed" ] || die "the program is there"
[ -e "$clean/etc/formfeed/formfeed.toml" ] || die "the configuration went with a removal"
apt_in purge formfeed 2>&1 | tee "$work/purged"
grep -q "/var/lib/formfeed stays" "$work/purged" || die "the purge does not tell what stays"
[ ! -e "$clean/etc/formfeed/formfeed.toml" ] || die "the configuration stayed"
$sudo test -e "$clean/var/lib/formfeed/keys/vendor.key" || die "the keys are gone"
apt_in install /tmp/2.deb
echo "formfeed formfeed/purge-data boolean true" | in_clean debconf-set-selections
apt_in purge formfeed
$sudo test ! -e "$clean/var/lib/formfeed" || die "the data stayed though it was said otherwise"

echo
echo "The package installs, runs, prints, is backed up, restored elsewhere, upgrades, and leaves cleanly."
