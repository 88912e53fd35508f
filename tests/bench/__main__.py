# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m bench: the rows at the sizes, the parts, and the goals. `make bench` hands over its variables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from harness import COLLECTIONS
from lab.doors import NAMES, NoDoor
from lab.powershell.engine import NoEngine, find_engine

from bench import parts, plots, report
from bench.costs import Costs
from bench.door import POWERSHELL, STANDIN, BenchDoor
from bench.goals import ENGINE, LARGE, MANY, SERVER
from bench.results import STORED, Cell, Results, differing, loads, machine
from bench.rows import COLLECTION, DEFAULT_ROWS, OTHER, ROWS, Other, Row, is_there
from bench.running import Bench, Failed
from bench.servers import Kept, estate
from bench.sizes import NoSize, Size

DEFAULT_SIZES = ("1/1", SERVER, LARGE, MANY)
OTHER_SIZES = (ENGINE,)  # where the other collection's script is run as well
DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "benchmark.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where counts that have to be equal are not."""
    options = _options(arguments)
    try:
        bench = Bench(options.door, options.net, options.runs, options.other)
        results = run(options, bench)
        again = [run(options, bench)] if options.twice else []
    except (NoSize, NoDoor, Failed, OSError, KeyError) as error:
        print(f"{error}", file=sys.stderr)
        return 2
    print(report.text(results, Costs(options.startup, options.compiling, options.round_trip)))
    wrong = [words for other in again for words in differing(results, other)]
    if options.compare:
        wrong += differing(loads(STORED.read_text(encoding="utf-8")), results)
    print("\n".join(["Counts differ:", *wrong]) if wrong else "Counts are equal." * bool(again or options.compare))
    if options.docs:
        write(results)
    return int(bool(wrong))


def run(options: argparse.Namespace, bench: Bench) -> Results:
    """Everything that was asked for, told on the error output as it comes. Raises Failed, NoSize, NoDoor, OSError."""
    door = BenchDoor(options.door, estate(Size(1, 1)).lab)
    described = door.description
    door.close()
    results = Results(machine(described), options.command)
    for size in options.sizes:
        for cell in cells(options.rows, size, bench):
            told = f"{cell.measured.tasks:.2f} s" if cell.measured else cell.missing
            print(f"{cell.size} {cell.row}: {told}", file=sys.stderr, flush=True)
            results = replace(results, cells=[*results.cells, cell])
    for kind in options.parts:
        for word in parts.SIZES[kind] if parts.is_there(kind) else ():
            part = parts.measure(kind, word, options.runs)
            print(f"{word} {kind}: {part.cpu:.3f} s", file=sys.stderr, flush=True)
            results = replace(results, parts=[*results.parts, part])
    return results


def cells(rows: Sequence[str], size: Size, bench: Bench) -> Iterator[Cell]:
    """The rows at one size. Raises Failed, NoDoor."""
    servers = estate(size)
    kept = Kept(servers.lab)
    for name in rows:
        row = bench.other.row if name == OTHER and bench.other else ROWS.get(name)
        if row and size.change and not row.changes:
            continue
        why = missing(row, size, bench)
        if row is None or why:
            yield Cell(name, row.words if row else "another collection", str(size), missing=why)
        else:
            yield Cell(name, row.words, str(size), bench.measure(row, servers, kept, size.door))


def missing(row: Row | None, size: Size, bench: Bench) -> str:
    """Why a row is not measured; "" where it is."""
    if row is None:
        return "not run (OTHER= names no collection)"
    if not is_there(row, COLLECTIONS / "ansible_collections" / COLLECTION.replace(".", "/")):
        return "not there"
    door = size.door or bench.door
    if door == POWERSHELL and not has_engine():
        return "not run (there is no PowerShell here)"
    if size.change and row.name == OTHER and door == STANDIN:
        return "not run (its script needs DOOR=powershell)"
    return ""


def has_engine() -> bool:
    """Whether the door with a real PowerShell can be had."""
    try:
        find_engine()
    except NoEngine:
        return False
    return True


def write(results: Results) -> None:
    """The page, its plots, and the results that others are compared with. Raises OSError, ValueError."""
    PAGE.write_text(report.page(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    for name, picture in plots.plots(results).items():
        (DOCS / name).write_text(picture, encoding="utf-8")
    STORED.write_text(results.dumps(), encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rows", type=str.split, default=[])
    parser.add_argument("--sizes", type=str.split, default=[])
    parser.add_argument("--parts", choices=("yes", "no"), default="yes")
    parser.add_argument("--door", choices=NAMES, default="standin")
    parser.add_argument("--net", default="127.0.77", help="loopback addresses of the lab")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--other", default="", help="the root of another collection")
    parser.add_argument("--other-task", default=str(Path(__file__).with_name("other_task.yml")))
    parser.add_argument("--startup", type=float, default=0.0, help="seconds")
    parser.add_argument("--compiling", type=float, default=0.0)
    parser.add_argument("--round-trip", type=float, default=0.0)
    parser.add_argument("--twice", action="store_true", help="and the counts have to be the same")
    parser.add_argument("--compare", action="store_true", help="with the counts in the docs")
    parser.add_argument("--docs", action="store_true", help="write the page in the docs")
    parser.add_argument("--command", default="make bench")
    options = parser.parse_args(arguments)
    options.rows = options.rows or [*DEFAULT_ROWS, *([OTHER] if options.other else [])]
    unknown = [row for row in options.rows if row not in (*ROWS, OTHER)]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join((*ROWS, OTHER))}")
    try:
        more = OTHER_SIZES if options.other else ()
        options.sizes = [Size.parse(word) for word in options.sizes or (*DEFAULT_SIZES, *more)]
        options.other = Other.load(options.other, options.other_task) if options.other else None
    except (NoSize, OSError) as error:
        parser.error(str(error))
    options.parts = tuple(parts.SIZES) if options.parts == "yes" else ()
    return options


if __name__ == "__main__":
    sys.exit(main())
