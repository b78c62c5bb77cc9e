#!/usr/bin/env bash
# Ten minutes of noise each for the services, the import and the spooler's ear for IPP printers, then as long for the encoder of escape
# codes (fault 121); `fuzz.sh SECONDS` takes others, FORMFEED_FUZZ_SEED another seed for all but the encoder, whose cases are others
# each time.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-600}
tests/tools/install.sh
# One selection of packages, as in tests/run: another one would build every crate again.
cargo build --workspace --bins --tests --locked
FORMFEED_FUZZ_SECONDS=$seconds cargo test --workspace --test e2e --locked -- faults::fuzz --test-threads 3
# Proptest knows a number of cases, and no time.
end=$((SECONDS + seconds))
while ((SECONDS < end)); do
    PROPTEST_CASES=5000 cargo test --workspace --test e2e --locked -- impact::fuzz
done
