"""Rows for people: on the terminal, and between the markers of docs/performance.md."""
import os
import re
import shlex
import sys

from . import place

PAGE = os.path.join(place.ROOT, "docs", "performance.md")
COLUMNS = ["case", "batch", "threads", "Sarsen", "peer", "ratio", "spread", "the peer"]
# The share of the machine that others may take before a row says so.
BUSY = 0.1
WIDTHS = [18, 6, 8, 13, 13, 8, 8, 0]


def header():
    return line(COLUMNS)


def line(cells):
    return "".join(str(cell).ljust(width) if i == 0 or width == 0 else str(cell).rjust(width) + "  " * (i == len(cells) - 2)
                   for i, (cell, width) in enumerate(zip(cells, WIDTHS))).rstrip()


def text(row):
    return line(cells(row)) + ("   machine busy" if row.get("foreign", 0) > BUSY else "")


def cells(row):
    peer = row["peer"] if row["bench"] != "alloc" else f"{row['peer']}, {row['unit']}"
    if "accuracy" in row:
        peer += f"; accuracy {row['accuracy']:.4f} against {row['their_accuracy']:.4f}"
    if not row.get("holds", True):
        peer += ": missed"
    return [row["case"], row["batch"] or "", row["threads"], number(row["ours"]), number(row["theirs"]),
            number(row["ratio"], "{:.2f}"), number(row["spread"], "{:.2f}"), peer]


def number(value, form=None):
    if value is None:
        return ""
    if form:
        return form.format(value)
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def markdown(rows):
    """The table of a kind, headed by the command that prints it, the machine, the versions and the units."""
    # What was typed, where a command calls another.
    typed = shlex.split(os.environ.get("SARSEN_BENCH_COMMAND", "")) or sys.argv
    command = shlex.join([f"bench/{os.path.basename(typed[0])}", *(a for a in typed[1:] if a not in ("--write", "--install", "--record"))])
    units = dict.fromkeys(row["unit"] for row in rows) if rows[0]["bench"] != "alloc" else []
    engines = dict.fromkeys(row["engine"] for row in rows if "engine" in row)
    foreign = max(row.get("foreign", 0) for row in rows)
    head = [f"`{command}`", place.machine(), *engines, *units]
    if foreign > BUSY:
        head.append(f"while others took up to {foreign:.0%} of the machine")
    lines = [f"{'; '.join(head)}.", "", "| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    return "\n".join(lines + ["| " + " | ".join(map(str, cells(row))) + " |" for row in rows])


def write(bench, rows):
    """Replaces what stands between <!-- bench:KIND --> and <!-- /bench -->."""
    with open(PAGE) as f:
        page = f.read()
    pattern = re.compile(rf"(<!-- bench:{bench} -->\n).*?(\n<!-- /bench -->)", re.DOTALL)
    if not pattern.search(page):
        sys.exit(f"docs/performance.md has no place for this table: add the lines <!-- bench:{bench} --> and <!-- /bench -->")
    with open(PAGE, "w") as f:
        f.write(pattern.sub(lambda found: found[1] + markdown(rows) + found[2], page))
