#!/usr/bin/env bash
# Installs the browser that tests of the operators' console look through, what drives and judges it, and the judge of the
# contract (buf).
#
# usage: install_browser.sh [FOLDER]     default: $FORMFEED_TEST_TOOLS, else target/test-tools
#
# Chromium and Node come from the system; FOLDER gets browser/node_modules. Quick when all is there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${FORMFEED_TEST_TOOLS:-$here/../../target/test-tools}}
missing=
command -v chromium >/dev/null || missing="$missing chromium"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
command -v curl >/dev/null || missing="$missing curl"
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "install_browser.sh: install these first (Debian's names):$missing" >&2
        exit 1
    fi
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    $sudo apt-get -o DPkg::Lock::Timeout=300 update -q
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        install -qy --no-install-recommends $missing
fi
stamp=$(cat "$here"/browser/package*.json | sha256sum | cut -d' ' -f1)
mkdir -p "$folder/browser"
exec 9>"$folder/browser/lock"
flock 9
[ "$(cat "$folder/browser/stamp" 2>/dev/null)" != "$stamp" ] || exit 0
cp "$here"/browser/package.json "$here"/browser/package-lock.json "$folder/browser/"
(cd "$folder/browser" && npm ci --ignore-scripts --no-audit --no-fund)
printf '%s\n' "$stamp" >"$folder/browser/stamp"
