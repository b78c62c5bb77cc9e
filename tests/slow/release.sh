#!/usr/bin/env bash
# The programs as they are released (fault 120): without the places where tests let them die or panic, and the demo through them. A
# release build takes half an hour on two cores; not a part of tests/run.
set -euo pipefail
cd "$(dirname "$0")/../.."

die() { echo "FAILED: $*" >&2; exit 1; }
packages=(formfeed formfeed-{vendor,calculation,forms,spooler})
cargo build --release --locked --bins "${packages[@]/#/--package=}"
programs=(target/release/formfeed target/release/formfeed-{vendor,calculation,forms,spooler})

printf '\n== No place where tests let them die\n'
for program in "${programs[@]}"; do
    for word in FORMFEED_CRASH_AT FORMFEED_PANIC_AT; do
        if grep -q "$word" "$program"; then die "$program knows $word"; fi
        grep -q "$word" "target/debug/${program##*/}" 2>/dev/null && known=yes
    done
done
# Where there is a build for tests beside it, these words are what to look for.
[ ! -e target/debug/formfeed ] || [ "${known:-}" = yes ] || die "no program knows the words that were looked for"

printf '\n== The demo, whole, though a test would have ended it at its first sheet\n'
FORMFEED_CRASH_AT=after-intent:1 FORMFEED_PANIC_AT=spooler-seal target/release/formfeed demo | tee target/release-demo.txt
grep -q '23 forms' target/release-demo.txt || die "the demo did not print its 23 forms"
rm target/release-demo.txt

echo
echo "The released programs do what they should, and nothing for tests."
