#!/usr/bin/env bash
# Installs the real printers and independent readers that the tests work with.
#
# usage: install.sh [FOLDER]     default: $FORMFEED_TEST_TOOLS, else target/test-tools
#
# FOLDER gets bin/escapy (ESC/P interpreter, set up by escapy.conf), bin/grpcurl and the font
# fonts/LabMono.ttf. What must come from the system is installed with apt-get where that is possible,
# else named. Quick when all is there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${FORMFEED_TEST_TOOLS:-$here/../../target/test-tools}}
source_font=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf

# Program and the Debian package that brings it.
system="ippeveprinter:cups-ipp-utils ipptool:cups-ipp-utils dbus-daemon:dbus-daemon socat:socat
        lighttpd:lighttpd openssl:openssl qpdf:qpdf pdftotext:poppler-utils faketime:faketime
        tmux:tmux groff:groff-base"
missing=
for pair in $system; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
[ -e "$source_font" ] || missing="$missing fonts-dejavu-core"
# A Courier of the right shapes, which a reader shows in the stead of the one every printer has built in.
[ -e /usr/share/fonts/opentype/urw-base35/NimbusMonoPS-Regular.otf ] || missing="$missing fonts-urw-base35"
# Asks who comes, in front of a printer; on TLS too.
[ -e /usr/lib/lighttpd/mod_openssl.so ] || missing="$missing lighttpd-mod-openssl"
# What spooling is measured against.
{ [ -x /usr/sbin/cupsd ] && [ -e /usr/lib/cups/backend/socket ]; } || missing="$missing cups"
command -v lpadmin >/dev/null || missing="$missing cups-client"
# Authorities that a machine trusts.
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
if ! command -v python3 >/dev/null || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    missing="$missing python3-venv"
fi
missing=$(printf '%s\n' $missing | sort -u | xargs)
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "install.sh: install these first (Debian's names): $missing" >&2
        exit 1
    fi
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    $sudo apt-get -o DPkg::Lock::Timeout=300 update -q
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install -qy --no-install-recommends $missing
fi

# What the folder was made from; made anew when that changes.
stamp=$(cat "$here/requirements.txt" "$here/make_font.py" "$here/install.sh" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
exec 9>"$folder/lock"
flock 9
if [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi
rm -rf "$folder/venv" "$folder/bin" "$folder/fonts" "$folder/profiles"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
mkdir -p "$folder/bin" "$folder/fonts"
ln -s ../venv/bin/escapy ../venv/bin/grpcurl "$folder/bin/"
"$folder/venv/bin/python" "$here/make_font.py" "$source_font" "$folder/fonts/LabMono.ttf"
cp -r "$folder"/venv/lib/python3*/site-packages/escapy/data/profiles "$folder/profiles"
# A printer of 9 pins on letter paper, fed sheet by sheet, that prints to the very edge.
cat >"$folder/escapy.conf" <<CONF
[misc]
loglevel = warning
pins = 9
printable_area_margins_mm = 0, 0, 0, 0
page_size = 612, 792
single_sheets = true
[Roman]
path = $folder/fonts/
fixed = LabMono
proportional = LabMono
CONF
"$folder/bin/grpcurl" -version 2>&1 | grep -q grpcurl
printf 'works\r\f' >"$folder/works.prn"
"$folder/bin/escapy" -c "$folder/escapy.conf" --pins 9 -o "$folder/works.pdf" "$folder/works.prn"
pdftotext "$folder/works.pdf" - | grep -q works
rm "$folder/works.prn" "$folder/works.pdf"
printf '%s\n' "$stamp" >"$folder/stamp"
