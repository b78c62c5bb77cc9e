#!/usr/bin/env bash
# Prints on a real parallel port and a real 16550 UART, as an emulated PC has them under the real kernel's drivers, and
# compares the bytes that come out. Takes about half a minute, besides what it has to install; not a part of tests/run.
#
# usage: tests/slow/qemu.sh      on Debian and its kin; asks for root only to install packages
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

missing=
for pair in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install -qy --no-install-recommends $missing
fi

# The distribution's own kernel, unpacked and not installed; kept for the next time.
kernel=$root/target/slow-kernel
if ! ls "$kernel"/boot/vmlinuz-* >/dev/null 2>&1; then
    mkdir -p "$kernel"
    package=$(apt-cache depends linux-image-amd64 | grep -oE 'linux-image-[0-9][^ ]+-amd64' | head -1)
    (cd "$work" && apt-get download -q "$package" && dpkg -x "$package"_*.deb "$kernel")
fi

# The same selection of packages as tests/run, so that nothing is built twice.
(cd "$root" && cargo build --quiet --workspace --bins --tests)
program=$root/target/debug/slow-ports
"$program" >"$work/expected"

guest=$work/guest
mkdir -p "$guest"/{bin,dev,proc,sys,modules}
cp "$(command -v busybox)" "$guest/bin/busybox"
strip -o "$guest/bin/slow-ports" "$program"
for library in $(ldd "$program" | grep -oE '/[^ ]+'); do
    mkdir -p "$guest$(dirname "$library")"
    cp -L "$library" "$guest$library"
done
for module in parport parport_pc lp; do
    found=$(find "$kernel" -name "$module.ko*" | head -1)
    cp "$found" "$guest/modules/"
    case $found in *.xz) unxz "$guest/modules/$module.ko.xz" ;; esac
done
cat >"$guest/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
for module in parport parport_pc lp; do /bin/busybox insmod /modules/$module.ko; done
/bin/slow-ports parallel:/dev/lp0 'serial:/dev/ttyS1?baud=115200&flow=none' \
    'serial:/dev/ttyS2?baud=38400&parity=odd&stop=2&flow=rtscts'
/bin/busybox sleep 1
/bin/busybox poweroff -f
INIT
chmod +x "$guest/init"
(cd "$guest" && find . | cpio --quiet -o -H newc | gzip -1) >"$work/initrd"

timeout 300 qemu-system-x86_64 -accel tcg -cpu max -m 512 -display none -monitor none -no-reboot -nodefaults \
    -kernel "$kernel"/boot/vmlinuz-* -initrd "$work/initrd" \
    -append 'console=ttyS0 quiet panic=-1 mitigations=off' -serial file:"$work/console" \
    -serial file:"$work/ttyS1" -serial file:"$work/ttyS2" -parallel file:"$work/lp0"
grep -a 'PRINTED\|FAILED' "$work/console" || { tail -20 "$work/console"; exit 1; }
for port in lp0 ttyS1 ttyS2; do
    cmp "$work/expected" "$work/$port"
    echo "$port: $(stat -c %s "$work/$port") bytes, each as it was sent"
done
