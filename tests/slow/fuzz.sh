#!/usr/bin/env bash
# Ten minutes of noise each for the services, the import and the spooler's ear for IPP printers (fault 121); `fuzz.sh SECONDS` takes
# others, FORMFEED_FUZZ_SEED another seed.
set -euo pipefail
cd "$(dirname "$0")/../.."

tests/tools/install.sh
# One selection of packages, as in tests/run: another one would build every crate again.
cargo build --workspace --bins --tests --locked
FORMFEED_FUZZ_SECONDS=${1:-600} cargo test --workspace --test e2e --locked -- faults::fuzz --test-threads 3
