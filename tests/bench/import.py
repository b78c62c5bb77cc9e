#!/usr/bin/env python3
"""Import: rows a second of `formfeed import` against the same rows without gRPC, checks and versions.

The baseline on SQLite is `bench-insert`, prepared statements into tables with the same columns and keys, WAL and
synchronous=FULL like Formfeed's; on PostgreSQL it is bare COPY into such tables.
"""

import csv

from bench import Bench, arguments, median, output, psql, seconds, table

KEYS = {
    "vendors": "vendor_id",
    "vendor_addresses": "vendor_id, address_code",
    "vouchers": "voucher_id",
    "voucher_lines": "voucher_id, line",
    "payments": "payment_id",
    "payment_applications": "payment_id, voucher_id",
}
AMOUNTS = {"amount", "sales_tax", "discount", "invoice_amount", "federal_tax_withheld", "state_tax_withheld"}


def copy(url, extract):
    """Bare COPY of every file into a table of the same columns and key."""
    for name, key in KEYS.items():
        with open(extract / f"{name}.csv", newline="", encoding="utf-8") as file:
            columns = next(csv.reader(file))
        columns = ", ".join(f"{column} {'NUMERIC(15, 2)' if column in AMOUNTS else 'TEXT'} NOT NULL" for column in columns)
        path = extract / f"{name}.csv"
        psql(url, f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({key}))",
             f"\\copy {name} FROM '{path}' WITH (FORMAT csv, HEADER, NULL '\\N')")


def main():
    asked = arguments(__doc__, 100_000).parse_args()
    with Bench(asked) as bench:
        extract, rows = bench.extract(asked.vendors)
        ours, memory, baseline = [], [], []
        for _ in range(asked.runs):
            with bench.services() as services:
                ours.append(seconds(lambda: services.run("import", str(extract))))
                memory.append(services.memory_mib())
            if bench.server:
                url = bench.database()
                baseline.append(seconds(lambda: copy(url, extract)))
            else:
                database = bench.folder / "baseline.db"
                for file in bench.folder.glob("baseline.db*"):
                    file.unlink()
                insert = [bench.program("bench-insert"), str(extract), str(database)]
                baseline.append(seconds(lambda: output(insert)))
        name = "COPY" if bench.server else "prepared inserts"
        print(f"{asked.vendors} vendors, {rows} rows")
        table([
            ("formfeed import", f"{rows / median(ours):,.0f} rows/s", ""),
            (f"bare {name}", f"{rows / median(baseline):,.0f} rows/s", ""),
            ("ratio", f"{median(baseline) / median(ours):.2f} x", "- / 0.8 x" if bench.server else "0.4 x / 0.8 x"),
            ("memory of the services", f"{max(memory):.0f} MiB", ""),
        ])


if __name__ == "__main__":
    main()
