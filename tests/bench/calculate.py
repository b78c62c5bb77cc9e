#!/usr/bin/env python3
"""Calculate: `formfeed calculate` by INCOME_FIRST against the same rule as SQL inside the database, to the cent.

Also how the time grows from a tenth of the vendors, the memory it takes, and how long one recipient's explanation takes.
The baseline, `income_first.sql`, runs over plain tables that hold nothing but what it needs, and stores the amounts only.
"""

import random
import sqlite3

from bench import PAYER, YEAR, Bench, arguments, median, output, psql, seconds, table

TYPES = """nonemployee_compensation excess_golden_parachute rents royalties other_income federal_income_tax_withheld
    fishing_boat_proceeds medical_payments direct_sales substitute_payments crop_insurance attorney_gross_proceeds
    fish_purchased section_409a_deferrals nonqualified_deferred_compensation state_tax_withheld""".split()
CORPORATIONS_TOO = {"medical_payments", "attorney_gross_proceeds", "fish_purchased", "substitute_payments"}
PAYERS = {"BANK": "BENCH", "YARD": "BENCH", "SIDE": "OTHER"}

# Plain tables: name, columns, key, and the loaded table they come from.
PLAIN = [
    ("vendors", "vendor_id flag_1099 classification default_income_type pay_vendor_id", "vendor_id", "vendors"),
    ("vouchers", "voucher_id vendor_id", "voucher_id", "vouchers"),
    ("voucher_lines", "voucher_id line amount sales_tax reportable income_type accountable_plan", "voucher_id, line", "voucher_lines"),
    ("payments", "payment_id pay_vendor_id method payment_date cash_account_id amount federal_tax_withheld "
     "state_tax_withheld void_date", "payment_id", "payments"),
    ("applications", "voucher_id payment_id amount", "voucher_id, payment_id", "payment_applications"),
]
CENTS = {"amount", "sales_tax", "federal_tax_withheld", "state_tax_withheld"}
INDEX = "CREATE INDEX applications_by_payment ON applications (payment_id)"


def fixed_tables():
    """The small tables, as statements."""
    yield "CREATE TABLE cash_accounts (cash_account_id TEXT PRIMARY KEY, payer_id TEXT NOT NULL)"
    yield "CREATE TABLE income_types (place INTEGER PRIMARY KEY, income_type TEXT NOT NULL UNIQUE, reaches_corporations TEXT NOT NULL)"
    for account, payer in PAYERS.items():
        yield f"INSERT INTO cash_accounts VALUES ('{account}', '{payer}')"
    for place, name in enumerate(TYPES):
        yield f"INSERT INTO income_types VALUES ({place}, '{name}', '{'Y' if name in CORPORATIONS_TOO else 'N'}')"


def plain_tables(source, cents, without_rowid):
    """The large ones; `source` names a loaded table, `cents` reads an amount of it."""
    for name, columns, key, origin in PLAIN:
        columns = columns.split()
        defined = ", ".join(f"{column} {'BIGINT' if column in CENTS else 'TEXT'} NOT NULL" for column in columns)
        chosen = ", ".join(cents(column) if column in CENTS else column for column in columns)
        yield f"CREATE TABLE {name} ({defined}, PRIMARY KEY ({key})){without_rowid}"
        yield f"INSERT INTO {name} SELECT {chosen} FROM {source(origin)} ORDER BY {key}"
    yield INDEX


def rule():
    from bench import HERE
    return (HERE / "income_first.sql").read_text()


class Sqlite:
    """The rule inside SQLite."""

    name = "SQLite"

    def __init__(self, bench, extract):
        loaded, self.path = bench.folder / "loaded.db", bench.folder / "plain.db"
        for file in (*bench.folder.glob("loaded.db*"), *bench.folder.glob("plain.db*")):
            file.unlink()
        output([bench.program("bench-insert"), str(extract), str(loaded)])
        connection = self.open()
        connection.execute(f"ATTACH '{loaded}' AS loaded")
        for statement in (*fixed_tables(), *plain_tables(lambda table: f"loaded.{table}", str, " WITHOUT ROWID")):
            connection.execute(statement)
        connection.close()

    def open(self):
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384")
        return connection

    def run(self):
        connection = self.open()
        connection.executescript("DROP TABLE IF EXISTS information;" + rule())
        connection.close()

    def rows(self):
        connection = self.open()
        yield from connection.execute("SELECT recipient_id, income_type, total, taxable FROM information")
        connection.close()


class Postgres:
    """The rule inside PostgreSQL."""

    name = "PostgreSQL"

    def __init__(self, bench, extract):
        import importlib
        self.url = bench.database()
        psql(self.url, "CREATE SCHEMA loaded")
        importlib.import_module("import").copy(f"{self.url}?options=-csearch_path%3Dloaded", extract)
        cents = "CAST({0} * 100 AS BIGINT)".format
        psql(self.url, *fixed_tables(), *plain_tables(lambda table: f"loaded.{table}", cents, ""))
        psql(self.url, "VACUUM ANALYZE")

    def run(self):
        psql(self.url, "DROP TABLE IF EXISTS information")
        psql(self.url, rule())

    def rows(self):
        for line in psql(self.url, "SELECT recipient_id, income_type, total, taxable FROM information").splitlines():
            recipient, income_type, total, taxable = line.split("\t")
            yield recipient, income_type, int(total), int(taxable)


def cents(amount):
    return int(amount.replace(".", ""))


def compare(services, baseline):
    """Both come to the same amounts, recipient by recipient and to the cent."""
    rows = services.run("info", "list", "--payer", PAYER, "--tax-year", YEAR)
    ours = {(row["recipient_id"], row["income_type"], cents(row["total_1099_amount"]), cents(row["taxable_amount"])) for row in rows}
    theirs = set(baseline.rows())
    if ours != theirs:
        raise SystemExit(f"the amounts differ: {sorted(ours ^ theirs)[:10]}")
    return sorted({row["recipient_id"] for row in rows})


def measure(bench, vendors, runs, explain):
    """Seconds of each run, ours and the baseline's; memory; seconds of explanations; and who is explained."""
    extract, rows = bench.extract(vendors)
    baseline = (Postgres if bench.server else Sqlite)(bench, extract)
    calculate = ["calculate", "--payer", PAYER, "--tax-year", YEAR]
    ours, theirs, explained = [], [], []
    with bench.services() as services:
        services.run("import", str(extract))
        for _ in range(runs):
            ours.append(seconds(lambda: services.run(*calculate)))
            theirs.append(seconds(baseline.run))
        memory = services.memory_mib()
        recipients = compare(services, baseline)
        for recipient in random.Random(1099).choices(recipients, k=explain):
            asked = ["info", "explain", "--payer", PAYER, "--tax-year", YEAR, "--recipient", recipient]
            explained.append(seconds(lambda: services.run(*asked)))
    return rows, ours, theirs, memory, explained, baseline.name


def main():
    parser = arguments(__doc__, 100_000)
    parser.add_argument("--explain", type=int, default=20, help="recipients to explain [default: 20]")
    asked = parser.parse_args()
    with Bench(asked) as bench:
        _, smaller, *_ = measure(bench, max(asked.vendors // 10, 1), asked.runs, 0)
        rows, ours, theirs, memory, explained, name = measure(bench, asked.vendors, asked.runs, asked.explain)
        print(f"{asked.vendors} vendors, {rows} rows; the amounts agree to the cent")
        table([
            ("formfeed calculate", f"{median(ours):.2f} s", ""),
            (f"the rule as SQL in {name}", f"{median(theirs):.2f} s", ""),
            ("ratio", f"{median(ours) / median(theirs):.2f} x", "1 x / 0.25 x"),
            ("growth from a tenth", f"{median(ours) / median(smaller):.1f} x", "12 x / 10.5 x"),
            ("memory of the services", f"{memory:.0f} MiB", "200 MiB"),
            ("explain one recipient, whole process", f"{median(explained) * 1000:.0f} ms", "50 ms / 10 ms"),
        ])


if __name__ == "__main__":
    main()
