#!/bin/sh
# Runs as root on the machine that boot.sh boots, when everything has been started; says `CHECK all is well`, or what is not.
set -eu
state=/var/lib/formfeed
forms="--payer HARBOR --tax-year 2025 --form nec"

say() { echo "CHECK $*"; }
finish() {
    status=$?
    if [ "$status" -ne 0 ]; then
        say "FAILED with status $status"
        cat /run/remarks || true
        systemctl --no-pager --lines=0 status 'formfeed*' || true
        journalctl --boot --no-pager --lines=60 --unit 'formfeed*' || true
    fi
    systemctl poweroff --no-block
}
trap finish EXIT
die() { say "FAILED: $*"; exit 1; }
formfeed() { setpriv --reuid formfeed --regid formfeed --init-groups env HOME=/ /usr/bin/formfeed --data-dir "$state" "$@"; }
until_active() {
    for _ in $(seq 300); do
        systemctl --quiet is-active "$@" && return
        sleep 1
    done
    die "$* does not become active"
}
of_unit() { systemctl show --property "$2" --value "$1"; }
print_on() {
    formfeed print $forms --printer "$1" --again "on $1" --wait 2>/run/remarks | tee /run/printed
    grep -q '^printed [1-9]' /run/printed || die "nothing was printed on $1"
}

say "started at boot, and in its sandbox"
until_active formfeed
pid=$(of_unit formfeed MainPID)
for line in 'NoNewPrivs:	1' 'Seccomp:	2' 'CapEff:	0000000000000000' 'CapBnd:	0000000000000000'; do
    grep -q "^$line" "/proc/$pid/status" || die "$line is not so"
done
nsenter --target "$pid" --mount sh -c 'touch /etc/written /usr/written' 2>/dev/null && die "it may write everywhere"

say "prints to files"
formfeed import /srv/sample
formfeed calculate --payer HARBOR --tax-year 2025
formfeed printer add office "file:$state/out"
print_on office

say "prints on a serial line"
formfeed printer add line 'serial:/dev/ttyS1?baud=115200&flow=none' --dialect escp --stock nec-3up --evidence sent
print_on line

say "prints on ports whose drivers come later"
for group in lp ttyUSB; do ! grep -q " $group\$" /proc/devices || die "$group is there already"; done
modprobe parport_pc
modprobe lp
modprobe xhci_pci
modprobe ftdi_sio
for port in /dev/lp0 /dev/ttyUSB0; do
    for _ in $(seq 60); do [ -e "$port" ] && break; sleep 1; done
    [ -e "$port" ] || die "there is no $port"
done
udevadm settle
[ "$(of_unit formfeed MainPID)" = "$pid" ] || die "it was started anew meanwhile"
formfeed printer add back parallel:/dev/lp0 --dialect oki-microline --stock nec-3up --evidence sent
print_on back
formfeed printer add usb 'serial:/dev/ttyUSB0?baud=115200&flow=none' --dialect escp --stock nec-3up --evidence sent
print_on usb

say "killed, and started again"
kill -KILL "$pid"
for _ in $(seq 60); do [ "$(of_unit formfeed NRestarts)" = 1 ] && break; sleep 1; done
until_active formfeed
[ "$(of_unit formfeed MainPID)" != "$pid" ] || die "it was not started again"

say "hung, and started again by the watchdog"
kill -STOP "$(of_unit formfeed MainPID)"
for _ in $(seq 240); do [ "$(of_unit formfeed NRestarts)" = 2 ] && break; sleep 1; done
[ "$(of_unit formfeed NRestarts)" = 2 ] || die "nobody noticed that it hung"
until_active formfeed
[ "$(formfeed --json job list | grep -c '"job"')" = 4 ] || die "jobs are forgotten"

say "upgraded while it runs"
before=$(of_unit formfeed InvocationID)
DEBIAN_FRONTEND=noninteractive dpkg --install /srv/2.deb
until_active formfeed
[ "$(of_unit formfeed InvocationID)" != "$before" ] || die "the new program does not run"

say "as four services of their own"
systemctl start formfeed-vendor formfeed-calculation formfeed-forms formfeed-spooler
for service in vendor calculation forms spooler; do until_active "formfeed-$service"; done
systemctl --quiet is-active formfeed && die "both run"
print_on office

say "stopped by the removal"
dpkg --remove formfeed
systemctl --quiet is-active formfeed-spooler && die "it runs without its program"
[ -e "$state/spooler.db" ] || die "the data are gone"
say "all is well"
