#!/usr/bin/env python3
"""Spooling: a sheet from its submission to completed on a printer that throws all away, and jobs a second, against a raw queue of CUPS.

Also how long a printer stands still between two sheets, and what jobs in line cost. Needs `cupsd` with its socket backend
(Debian: `apt-get install cups`), which is started on a free port and stopped.
"""

import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection

from bench import Bench, arguments, median, output, table

CUPSD_CONF = """\
Listen 127.0.0.1:{port}
Browsing Off
WebInterface No
LogLevel error
IdleExitTimeout 0
MaxJobs 0
MaxLogSize 0
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    AuthType None
    Order deny,allow
  </Limit>
</Policy>
"""
CUPS_FILES_CONF = """\
User lp
Group lp
SystemGroup root lpadmin
ServerRoot {root}/etc
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/state
ServerKeychain {root}/etc/ssl
DataDir /usr/share/cups
ServerBin /usr/lib/cups
DocumentRoot /usr/share/cups/doc-root
AccessLog {root}/log/access_log
ErrorLog {root}/log/error_log
PageLog {root}/log/page_log
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def null_printer():
    """The port of a raw TCP printer that throws all away."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            with contextlib.suppress(OSError):
                while True:
                    stream, _ = server.accept()
                    threading.Thread(target=drain, args=[stream], daemon=True).start()

        def drain(stream):
            with stream:
                while stream.recv(65536):
                    pass

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@contextlib.contextmanager
def cups(folder, printer_port):
    """A CUPS of its own with one raw queue; its port."""
    root, port = folder / "cups", free_port()
    for name in ["etc/ssl", "etc/ppd", "spool/tmp", "cache", "state", "log"]:
        (root / name).mkdir(parents=True)
    (root / "etc/cupsd.conf").write_text(CUPSD_CONF.format(port=port))
    (root / "etc/cups-files.conf").write_text(CUPS_FILES_CONF.format(root=root))
    if os.geteuid() == 0:
        for path in [root, *root.rglob("*")]:
            shutil.chown(path, "root", "lp")
            path.chmod(0o770 if path.is_dir() else 0o640)
    files = ["-c", root / "etc/cupsd.conf", "-s", root / "etc/cups-files.conf"]
    with subprocess.Popen([shutil.which("cupsd") or "/usr/sbin/cupsd", "-f", *files], stderr=subprocess.DEVNULL) as daemon:
        try:
            environment = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{port}"}
            queue = ["lpadmin", "-p", "null", "-E", "-v", f"socket://127.0.0.1:{printer_port}", "-m", "raw"]
            for _ in range(100):
                if subprocess.run(queue, env=environment, stderr=subprocess.DEVNULL).returncode == 0:
                    break
                time.sleep(0.1)
            else:
                sys.exit("CUPS makes no queue")
            yield port
        finally:
            daemon.terminate()


class Queue:
    """A queue of CUPS, spoken to over one connection."""

    def __init__(self, port):
        self.connection = HTTPConnection("127.0.0.1", port)
        self.uri = f"ipp://127.0.0.1:{port}/printers/null"

    def ask(self, operation, attributes, document=b""):
        """Asks, and answers the bytes of the answer."""
        operation_group = [(0x47, "attributes-charset", "utf-8"), (0x48, "attributes-natural-language", "en"), *attributes]
        body = struct.pack(">BBHIB", 2, 0, operation, 1, 1)
        for tag, name, value in operation_group:
            value = value if isinstance(value, bytes) else value.encode()
            body += struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value
        self.connection.request("POST", "/printers/null", body + b"\3" + document, {"Content-Type": "application/ipp"})
        answer = self.connection.getresponse().read()
        if len(answer) < 4 or struct.unpack(">H", answer[2:4])[0] > 0xFF:
            sys.exit(f"CUPS refuses: {answer[:200]}")
        return answer

    def submit(self, document):
        """Prints a document; answers the job's number."""
        answer = self.ask(0x0002, [(0x45, "printer-uri", self.uri), (0x42, "requesting-user-name", "bench"),
                                   (0x49, "document-format", "application/vnd.cups-raw")], document)
        return integer(answer, b"job-id")

    def has_ended(self, job):
        answer = self.ask(0x0009, [(0x45, "printer-uri", self.uri), (0x21, "job-id", struct.pack(">i", job)),
                                   (0x42, "requesting-user-name", "bench"), (0x44, "requested-attributes", "job-state")])
        state = integer(answer, b"job-state")
        if state > 9 or state in (7, 8):
            sys.exit(f"CUPS ended job {job} in state {state}")
        return state == 9

    def wait_for(self, job):
        while not self.has_ended(job):
            pass


def integer(answer, name):
    """The value of an attribute that is an integer or an enum."""
    at = answer.index(struct.pack(">H", len(name)) + name) + 2 + len(name)
    return struct.unpack(">i", answer[at + 2:at + 6])[0]


def of_cups(folder, jobs):
    """Milliseconds from submission to completed, and jobs a second."""
    document = b"x" * 1000
    with null_printer() as port, cups(folder, port) as server:
        queue = Queue(server)
        times = []
        for _ in range(jobs):
            begin = time.perf_counter()
            queue.wait_for(queue.submit(document))
            times.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        submitted = [queue.submit(document) for _ in range(jobs)]
        for job in submitted:
            queue.wait_for(job)
        return median(times) * 1e3, jobs / (time.perf_counter() - begin)


def main():
    parser = arguments(__doc__, 100_000)
    parser.add_argument("--jobs", type=int, default=200, help="jobs of one sheet [default: 200]")
    asked = parser.parse_args()
    with Bench(asked) as bench:
        program = bench.program("bench-spool")

        def measured(what, count):
            return json.loads(output([program, what, str(count)]))

        ours = measured("null", asked.jobs)
        baseline, rate = of_cups(bench.folder, asked.jobs)
        gap = measured("gap", max(asked.jobs // 4, 5))
        queued = measured("queued", asked.vendors)
        print(f"{asked.jobs} jobs; {asked.vendors} in line")
        table([
            ("submitted to completed", f"{ours['milliseconds']:.1f} ms", ""),
            ("the same, CUPS, raw queue", f"{baseline:.1f} ms", ""),
            ("ratio", f"{ours['milliseconds'] / baseline:.2f}", "1 / 0.25"),
            ("jobs a second", f"{ours['jobs_per_second']:.0f}", ""),
            ("the same, CUPS, raw queue", f"{rate:.0f}", ""),
            ("ratio", f"{ours['jobs_per_second'] / rate:.2f}", "- / 5"),
            ("printer stands still, median", f"{gap['median']:.1f} ms", "20 ms / 2 ms"),
            ("printer stands still, p99", f"{gap['p99']:.1f} ms", "20 ms / 2 ms"),
            ("a sheet, hardly any in line", f"{queued['few']:.1f} ms", ""),
            (f"a sheet, {asked.vendors} in line", f"{queued['many']:.1f} ms", ""),
            ("ratio", f"{queued['many'] / queued['few']:.2f}", "2 / 1.1"),
        ])


main()
