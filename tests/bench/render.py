#!/usr/bin/env python3
"""Rendering: forms a second as PDF, whole processes.

Copy A for preprinted stock against the limit (prefixes made before, texts copied, objects streamed out) and against
printpdf; Copy B on plain paper against reportlab drawing the same page. `render.py drawn PAGE PAGES OUT` is the latter.
"""

import filecmp
import json
import os
import sys
import time

from bench import Bench, arguments, median, table


def timed(*command):
    """Runs a program; answers seconds and the most memory it held, in MiB."""
    begin = time.perf_counter()
    pid = os.posix_spawn(command[0], list(map(str, command)), os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def by_reportlab(page, pages, out):
    """Draws a page as often as asked, as a reportlab program would."""
    from reportlab.pdfgen.canvas import Canvas

    page = json.load(open(page, encoding="utf-8"))
    canvas = Canvas(out, pagesize=(612, 792))
    for _ in range(int(pages)):
        canvas.setFillGray(0.9)
        for rect in page["shades"]:
            canvas.rect(*rect, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.setLineWidth(0.6)
        for line in page["lines"]:
            canvas.line(*line)
        for face, words in [("Helvetica", page["words"]), ("Courier", page["ink"])]:
            for left, up, size, text in words:
                canvas.setFont(face, size)
                canvas.drawString(left, up, text)
        canvas.showPage()
    canvas.save()


def main():
    parser = arguments(__doc__, 300_000)
    parser.add_argument("--python", default=sys.executable, help="a Python that has reportlab [default: this one]")
    asked = parser.parse_args()
    forms = asked.vendors
    with Bench(asked) as bench:
        program = bench.program("bench-render")

        def runs(what, forms):
            out = bench.folder / f"{what}.pdf"
            measured = [timed(program, what, forms, out) for _ in range(asked.runs)]
            return median([seconds for seconds, _ in measured]), max(memory for _, memory in measured)

        ours, memory = runs("overlay", forms)
        first = bench.folder / "first.pdf"
        (bench.folder / "overlay.pdf").rename(first)
        timed(program, "overlay", forms, bench.folder / "overlay.pdf")
        same = filecmp.cmp(first, bench.folder / "overlay.pdf", shallow=False)
        limit, limit_memory = runs("limit", forms)
        library, library_memory = runs("printpdf", max(forms // 10, 1))
        sheet, _ = runs("overlay", 3)
        blank = max(forms // 10, 2)
        plain, plain_memory = runs("blank", blank)
        page = bench.folder / "page.json"
        timed(program, "drawing", 1, page)
        pages = max(blank // 20, 1)
        forms_of_page = json.loads(page.read_text())["forms"]
        drawn = [timed(asked.python, __file__, "drawn", page, pages, bench.folder / "reportlab.pdf") for _ in range(asked.runs)]
        reportlab = median([seconds for seconds, _ in drawn])
        print(f"{forms} forms")
        table([
            ("overlay", f"{forms / ours:,.0f} forms/s, {memory:.0f} MiB", "64 MiB / 32 MiB"),
            ("limit", f"{forms / limit:,.0f} forms/s, {limit_memory:.0f} MiB", ""),
            ("overlay, times the limit", f"{ours / limit:.1f} x", "16 x / 2 x"),
            ("printpdf, documents of 100 sheets", f"{forms // 10 / library:,.0f} forms/s, {library_memory:.0f} MiB", ""),
            ("the same bytes again", "yes" if same else "NO", "yes"),
            ("first sheet, whole process", f"{sheet * 1000:.0f} ms", "50 ms / 20 ms"),
            ("plain paper", f"{blank / plain:,.0f} forms/s, {plain_memory:.0f} MiB", ""),
            ("reportlab, the same page", f"{pages * forms_of_page / reportlab:,.0f} forms/s", ""),
            ("plain paper, times as fast", f"{blank / plain / (pages * forms_of_page / reportlab):.0f} x", "20 x / 50 x"),
        ])
        if not same:
            sys.exit("the same forms gave other bytes")


if __name__ == "__main__":
    if sys.argv[1:2] == ["drawn"]:
        by_reportlab(*sys.argv[2:])
    else:
        main()
