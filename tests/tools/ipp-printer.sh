#!/usr/bin/env bash
# Runs a real IPP printer (CUPS's ippeveprinter) on loopback until it is told to stop.
#
# usage: ipp-printer.sh NAME PORT FOLDER COMMAND [ippeveprinter's flags]
#
# COMMAND (absolute path) "prints" each job; FOLDER keeps the documents as they arrived. The printer
# will not start without a D-Bus system bus, so it gets a private one. SIGTERM ends both; so does the
# end of standard input where that is a pipe, so that a test that dies leaves no printer behind.
set -euo pipefail
name=$1 port=$2 folder=$3 command=$4
shift 4
mkdir -p "$folder"
bus=$(mktemp -d)
dbus-daemon --session --nofork --nopidfile --address="unix:path=$bus/bus" 2>/dev/null &
bus_pid=$!
printer_pid=
finish() {
    [ -z "$printer_pid" ] || kill "$printer_pid" 2>/dev/null || true
    kill "$bus_pid" 2>/dev/null || true
    wait $printer_pid "$bus_pid" 2>/dev/null || true
    rm -rf "$bus"
}
trap finish EXIT
trap 'exit 143' TERM INT
if [ -p /dev/stdin ]; then
    exec 3<&0
    { cat <&3 >/dev/null; kill -TERM $$ 2>/dev/null; } &
fi
until [ -S "$bus/bus" ]; do sleep 0.05; done
DBUS_SYSTEM_BUS_ADDRESS="unix:path=$bus/bus" ippeveprinter -r off -n localhost -p "$port" \
    -K "$folder" -k -d "$folder" -f application/pdf -2 -c "$command" "$@" "$name" &
printer_pid=$!
wait "$printer_pid"
