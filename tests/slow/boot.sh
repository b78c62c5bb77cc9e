#!/usr/bin/env bash
# Boots a clean Debian with the package in an emulated PC: the real kernel, the real service manager, the unit in its sandbox. What is tried
# there is in boot_check.sh; what comes out of the ports is looked at here. Takes some ten minutes, and asks for root; not a part of tests/run.
#
# usage: tests/slow/boot.sh      on Debian and its kin; needs cargo-deb, or installs it into target/test-tools
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
suite=bookworm
work=$(mktemp -d)
clean=$work/debian

step() { printf '\n== %s\n' "$*"; }
die() { echo "FAILED: $*" >&2; exit 1; }
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
in_clean() { $sudo chroot "$clean" "$@"; }
finish() {
    for mount in proc dev/pts; do $sudo umount "$clean/$mount" 2>/dev/null || true; done
    $sudo rm -rf --one-file-system "$work"
}
trap finish EXIT

missing=
for pair in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio depmod:kmod mke2fs:e2fsprogs debootstrap:debootstrap \
    dpkg-shlibdeps:dpkg-dev; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qy --no-install-recommends $missing
fi
export PATH=$root/target/test-tools/cargo-deb/bin:$PATH
command -v cargo-deb >/dev/null ||
    cargo install --quiet --locked --version 3.8.0 --root "$root/target/test-tools/cargo-deb" cargo-deb

step "The kernel, unpacked and not installed"
kernel=$root/target/slow-kernel
if ! ls "$kernel"/boot/vmlinuz-* >/dev/null 2>&1; then
    mkdir -p "$kernel"
    package=$(apt-cache depends linux-image-amd64 | grep -oE 'linux-image-[0-9][^ ]+-amd64' | head -1)
    (cd "$work" && apt-get download -q "$package" && dpkg -x "$package"_*.deb "$kernel")
fi
version=$(basename "$kernel"/lib/modules/*)
[ -e "$kernel/lib/modules/$version/modules.dep.bin" ] || depmod -b "$kernel" "$version"
# Files of a module and of what it needs, in the order they are loaded.
files_of() { modprobe --dirname "$kernel" --set-version "$version" --show-depends "$1" | sed -n 's/^insmod \([^ ]*\).*/\1/p'; }

step "The package"
deb_version=$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version 1 |
    python3 -c 'import json,sys; print(next(p["version"] for p in json.load(sys.stdin)["packages"] if p["name"] == "formfeed"))')
for revision in 1 2; do
    "$root/packaging/deb.sh" --profile dev --fast --deb-version "$deb_version-$revision" >/dev/null
    mv "$root/target/debian/formfeed_$deb_version-${revision}_"*.deb "$work/$revision.deb"
done

step "A clean Debian with a service manager, from where this machine's own comes"
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v -i security | head -1)
[ -n "$mirror" ] || die "apt is configured with no mirror"
cache=$root/target/slow-debian
mkdir -p "$cache"
$sudo debootstrap --variant=minbase --include=adduser,debconf,kmod,systemd,systemd-sysv,udev --cache-dir="$cache" \
    "$suite" "$clean" "$mirror" >"$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log"; exit 1; }
for mount in proc dev/pts; do $sudo mount --bind "/$mount" "$clean/$mount"; done
$sudo cp "$work/1.deb" "$clean/srv/"
in_clean env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -y install /srv/1.deb
for mount in proc dev/pts; do $sudo umount "$clean/$mount"; done
$sudo cp "$work/2.deb" "$clean/srv/"
$sudo cp -r "$root/services/cli/sample" "$clean/srv/sample"
$sudo chmod -R a+rX "$clean/srv"
# Ports whose drivers nobody has loaded yet: they come later, as when a printer is plugged in.
modules=$clean/lib/modules/$version
$sudo mkdir -p "$modules" "$clean/etc/modprobe.d"
for module in parport_pc lp xhci_pci ftdi_sio; do
    echo "blacklist $module"
    for file in $(files_of "$module"); do
        $sudo install -D -m 644 "$file" "$modules/${file#"$kernel/lib/modules/$version/"}"
    done
done | $sudo tee "$clean/etc/modprobe.d/later.conf" >/dev/null
$sudo cp "$kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$modules/"
$sudo depmod -b "$clean" "$version"
$sudo install -m 755 "$here/boot_check.sh" "$clean/srv/check"
$sudo tee "$clean/etc/systemd/system/check.service" >/dev/null <<'UNIT'
[Unit]
After=multi-user.target formfeed.service
[Service]
Type=oneshot
ExecStart=/srv/check
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
TimeoutStartSec=infinity
[Install]
WantedBy=graphical.target
UNIT
in_clean systemctl --quiet enable formfeed.service check.service
in_clean systemctl --quiet set-default graphical.target
in_clean systemctl --quiet mask serial-getty@ttyS0.service getty@tty1.service apt-daily.timer apt-daily-upgrade.timer

step "A disk of it, and what finds the disk"
$sudo mke2fs -q -t ext4 -d "$clean" -L formfeed "$work/disk" 3G
$sudo chmod a+rw "$work/disk"
first=$work/first
mkdir -p "$first"/{bin,dev,proc,modules,disk}
cp "$(command -v busybox)" "$first/bin/busybox"
for module in virtio_pci virtio_blk ext4 crc32c_generic; do files_of "$module"; done | awk '!seen[$0]++' | while read -r file; do
    cp "$file" "$first/modules/"
    basename "$file" >>"$first/modules/order"
done
cat >"$first/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in $(/bin/busybox cat /modules/order); do /bin/busybox insmod /modules/$module; done
until [ -e /dev/vda ]; do /bin/busybox sleep 0.1; done
/bin/busybox mount -t ext4 /dev/vda /disk && exec /bin/busybox switch_root /disk /lib/systemd/systemd
/bin/busybox poweroff -f
INIT
chmod +x "$first/init"
(cd "$first" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initrd"

step "Booted"
timeout 1800 qemu-system-x86_64 -accel tcg,thread=multi -smp 2 -cpu max -m 1536 -display none -monitor none -no-reboot -nodefaults \
    -kernel "$kernel"/boot/vmlinuz-* -initrd "$work/initrd" \
    -append 'console=ttyS0 quiet panic=-1 mitigations=off systemd.show_status=false' \
    -drive "file=$work/disk,format=raw,if=virtio,cache=unsafe" \
    -serial file:"$work/console" -serial file:"$work/ttyS1" -parallel file:"$work/lp0" \
    -device qemu-xhci -chardev file,id=usb,path="$work/ttyUSB0" -device usb-serial,chardev=usb
sed 's/\r$//' "$work/console"
grep -aq '^CHECK all is well' "$work/console" || die "the machine does not say that all is well"
# Each port got the forms, in its printer's own language: a form feed each sheet.
for port in ttyS1 lp0 ttyUSB0; do
    feeds=$(tr -cd '\f' <"$work/$port" | wc -c)
    [ "$feeds" -ge 1 ] || die "nothing came out of $port"
    echo "$port: $(stat -c %s "$work/$port") bytes, $feeds form feeds"
done

echo
echo "The unit starts at boot, prints from its sandbox on every kind of port, also one that comes later, and is started again when it dies or hangs."
