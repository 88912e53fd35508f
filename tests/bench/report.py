# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Results as text: tables that a terminal and Markdown show alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench import parts
from bench.costs import NONE, USUAL, Costs
from bench.goals import goals
from bench.results import Cell, Results
from bench.sizes import Size

REFERENCE = "reads"
_HEAD = (
    *("row", "commands", "starts", "compiles", "requests", "kB sent", "kB received"),
    *("CPU, s", "MB", "tasks, s", "play, s", "with cost, s", "x reads"),
)
LEGEND = """\
`commands`: remote commands. `starts`: of PowerShell on the servers, `compiles`: commands for which C# is compiled
there. `requests`: of HTTP. `CPU`: of the controller with all its processes, `MB`: the largest of them. `tasks`:
seconds of the tasks alone, `play`: with Ansible's own start. `with cost`: of the play with the modelled cost of starts,
compiling and round trips; not where real ones are in it. `x reads`: tasks alone, to the same of the row reads. Seconds,
CPU and memory are medians of the runs. *: the other collection's script was not run, and cost nothing."""
Row = Sequence[str]


def text(results: Results, costs: Costs = NONE) -> str:
    """Everything, for a terminal and for Markdown."""
    return "\n\n".join(_sections(results, costs)) + "\n"


def _sections(results: Results, costs: Costs) -> Iterator[str]:
    yield table(("ran on", ""), list(results.machine.items()))
    yield f"Command: `{results.command}`"
    for size in results.sizes:
        cells = [cell for cell in results.cells if cell.size == size]
        runs = sorted({cell.measured.runs for cell in cells if cell.measured})
        times = f" ({' or '.join(map(str, runs))} run{'s' * (runs != [1])})" if runs else ""
        yield f"### {size}: {Size.parse(size).words}{times}"
        yield table(_HEAD, [_row(cell, results, costs) for cell in cells])
    if results.cells:
        yield table(("row", "what it is"), list(results.rows.items()))
        yield LEGEND
        yield f"Modelled cost: {costs.words}."
    if results.parts:
        yield "### Parts of a task, in a process of their own"
        yield table(
            ("part", "size", "CPU, ms", "MB"),
            [(parts.WORDS[one.kind], one.size, f"{1000 * one.cpu:.0f}", f"{one.memory:.0f}") for one in results.parts],
        )
    yield "### Goals"
    yield table(
        ("goal", "wanted", "measured", ""),
        [(goal.words, goal.wanted, goal.measured, goal.verdict) for goal in goals(results)],
    )


def _row(cell: Cell, results: Results, costs: Costs) -> Row:
    one = cell.measured
    if one is None:
        return (cell.row, cell.missing, *[""] * (len(_HEAD) - 2))
    reference, counts = results.cell(REFERENCE, cell.size), one.counts
    ratio = f"{one.tasks / reference.tasks:.2f}" if reference else ""
    return (
        f"{cell.row} *" if one.untold else cell.row,
        *map(str, (counts.commands, counts.starts, counts.compiles, counts.requests)),
        *(f"{size / 1000:.0f}" for size in (counts.bytes_in, counts.bytes_out)),
        *(f"{one.cpu:.2f}", f"{one.memory:.0f}", f"{one.tasks:.2f}", f"{one.seconds:.2f}"),
        *(f"{one.seconds + costs.added(one):.2f}" if one.modelled else "", ratio),
    )


def table(head: Row, rows: Sequence[Row]) -> str:
    """In Markdown, whose columns stand under each other. Numbers at the right."""
    lines = [tuple(head), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    left = [column == 0 or any(not _is_number(row[column]) for row in rows) for column in range(len(head))]

    def shown(line: Row) -> str:
        cells = (
            cell.ljust(width) if is_left else cell.rjust(width)
            for cell, width, is_left in zip(line, widths, left, strict=True)
        )
        return f"| {' | '.join(cells)} |"

    rule = "|".join(
        "-" * (width + 2) if is_left else "-" * (width + 1) + ":" for width, is_left in zip(widths, left, strict=True)
    )
    return "\n".join([shown(lines[0]), f"|{rule}|", *map(shown, lines[1:])])


def _is_number(word: str) -> bool:
    return not word.strip("0123456789.")


# --- the page in the docs ---------------------------------------------------------------------------------------------

BEGIN, END = "<!-- what follows is written by make bench -->", "<!-- until here -->"


def page(before: str, results: Results) -> str:
    """The page with these results in the place of the last ones. Raises ValueError for one that has no such place."""
    head, _begin, rest = before.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    if not end:
        raise ValueError(f"the page has no {BEGIN} ... {END}")
    return f"{head}{BEGIN}\n\n{text(results, USUAL)}\n{END}{tail}"
