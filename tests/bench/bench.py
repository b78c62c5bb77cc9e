"""What the scripts beside this one share: programs, services, PostgreSQL, time and memory, and the table at the end."""

import argparse
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RELEASE = HERE.parent.parent / "target" / "release"
PAYER, YEAR = "BENCH", "2025"


def arguments(what, vendors):
    """The command line that all scripts have."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("vendors", type=int, nargs="?", default=vendors, help=f"vendors of the extract [default: {vendors}]")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, of which the median counts [default: 5]")
    parser.add_argument("--programs", type=Path, default=RELEASE, help="folder of the programs [default: target/release]")
    parser.add_argument("--postgres", nargs="?", const="", metavar="URL",
                        help="measure on PostgreSQL: on an empty database of the server at URL, or on a server of its own")
    return parser


class Bench:
    """A temporary folder with an extract in it, and the programs to try on it."""

    def __init__(self, asked):
        self.asked = asked
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="formfeed-bench.")))
        self.folder.chmod(0o755)
        self.server = self.stack.enter_context(server(self.folder, self.asked.postgres))
        self.databases = 0
        return self

    def __exit__(self, *error):
        self.stack.close()

    def program(self, name):
        return str(self.asked.programs / name)

    def extract(self, vendors):
        """Writes the extract of so many vendors; answers its folder and how many rows it has."""
        folder = self.folder / f"extract-{vendors}"
        return folder, int(output([self.program("bench-extract"), str(vendors), str(folder)]))

    def database(self):
        """The address of a fresh database of PostgreSQL."""
        self.databases += 1
        name = f"bench_{os.getpid()}_{self.databases}"
        psql(self.server, f"CREATE DATABASE {name}")
        return f"{self.server.rsplit('/', 1)[0]}/{name}"

    @contextlib.contextmanager
    def services(self):
        """Formfeed's services, in one process, on a fresh database."""
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        up = [self.program("formfeed"), "--data-dir", str(data), "up", "--port-base", "0", "--log", "warn"]
        if self.server:
            up += ["--database-url", self.database()]
        with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as process:
            try:
                if not any(line.strip() == "ready" for line in process.stdout):
                    sys.exit("formfeed up ended before it was ready")
                yield Services(self.program("formfeed"), data, process.pid)
            finally:
                process.terminate()


class Services:
    """Formfeed at work."""

    def __init__(self, program, data, pid):
        self.program, self.data, self.pid = program, data, pid

    def run(self, *line):
        """Runs a command to its end and answers its JSON."""
        return json.loads(output([self.program, "--data-dir", str(self.data), "--json", *line]))

    def memory_mib(self):
        """The most memory the process has held so far."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


@contextlib.contextmanager
def server(folder, url):
    """The address of a PostgreSQL server: the given one, or one of our own; None when none is asked for."""
    if url is None or url:
        yield url
        return
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "postgres"
    data.mkdir()
    as_owner = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(data, "postgres", "postgres")
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    start = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data} -c max_wal_size=4GB -c shared_buffers=512MB"
    control = [*as_owner, programs / "pg_ctl", "-D", data / "db", "-s", "-w"]
    subprocess.run([*as_owner, programs / "initdb", "-D", data / "db", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"],
                   check=True, stdout=subprocess.DEVNULL, cwd="/")
    subprocess.run([*control, "-o", start, "-l", data / "log", "start"], check=True, cwd="/")
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd="/")


def psql(url, *commands):
    """Runs SQL and answers what it prints, fields parted by tabs."""
    options = [part for command in commands for part in ("-c", command)]
    return output(["psql", "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", url, *options])


def output(command):
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if ran.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {ran.stderr[-2000:]}")
    return ran.stdout


def seconds(work):
    """How long some work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def median(times):
    return statistics.median(times)


def table(rows):
    """Prints what was measured and what is aimed at side by side: (row, measured, target)."""
    rows = [("", "measured", "must / after"), *rows]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        print("  ".join(part.ljust(width) for part, width in zip(row, widths)).rstrip())
