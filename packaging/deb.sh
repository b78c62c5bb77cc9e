#!/usr/bin/env bash
# Makes the Debian package: target/debian/formfeed_VERSION_ARCHITECTURE.deb.
#
# usage: packaging/deb.sh [--profile PROFILE] [--deb-version VERSION] [--fast]
#        default: release, the workspace's version, packed as small as can be
#
# Needs cargo-deb (`cargo install cargo-deb --locked`), and of Debian dpkg-dev and what the programs are built with.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=release
options=()
while [ $# -gt 0 ]; do
    case $1 in
        --profile) profile=$2; shift 2 ;;
        --deb-version) options+=(--deb-version "$2"); shift 2 ;;
        --fast) options+=(--fast); shift ;;
        *) echo "usage: $0 [--profile PROFILE] [--deb-version VERSION] [--fast]" >&2; exit 2 ;;
    esac
done
folder=$profile
[ "$profile" = dev ] && folder=debug

# The tests' selection of packages where it is their profile, so that nothing is built twice.
tests=()
[ "$profile" = dev ] && tests=(--tests)
cargo build --workspace --bins "${tests[@]}" --locked --profile "$profile"

# What the programs say of themselves: manual pages, and words for shells.
pages=target/package
rm -rf "$pages"
mkdir -p "$pages/man" "$pages/completions"
formfeed=target/$folder/formfeed
"$formfeed" man --out "$pages/man" >/dev/null
gzip -9n "$pages"/man/*
for shell in bash zsh fish; do "$formfeed" completions "$shell" >"$pages/completions/$shell"; done

cargo deb --package formfeed --no-build --locked --profile "$profile" "${options[@]}"
