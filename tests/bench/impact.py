#!/usr/bin/env python3
"""Impact printers: bytes of a stream for each byte that is printed, by dialect.

Copy A on preprinted stock, three forms to a sheet. A grid of blanks, whole and with the blanks at line ends left out, is
what a program writes that knows nothing of its printer. A line printer has no more than that: no target is set for it.
"""

import json

from bench import Bench, arguments, output, table

NO_TARGET = {"line", "grid of blanks", "trimmed blanks"}


def main():
    asked = arguments(__doc__, 3_000).parse_args()
    with Bench(asked) as bench:
        told = bench.folder / "impact.json"
        output([bench.program("bench-render"), "impact", str(asked.vendors), str(told)])
        measured = json.loads(told.read_text())
    sheets, payload = measured["sheets"], measured["payload"]
    print(f"{sheets} sheets of {payload / sheets:.0f} bytes of text")
    table([
        (name, f"{bytes / payload:.2f} x, {bytes / sheets:.0f} bytes a sheet", "" if name in NO_TARGET else "1.6 x / 1.35 x")
        for name, bytes in measured["streams"].items()
    ])


if __name__ == "__main__":
    main()
