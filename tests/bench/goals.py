# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the collection is to reach, each with what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench import parts
from bench.growth import exponent
from bench.results import Results
from bench.rows import OTHER
from bench.running import Measured
from bench.sizes import Size

SERVER, LARGE, MANY = "31/62", "31/3100", "1/10x100"
ENGINE = f"{SERVER}@powershell"
NOT_MEASURED = "not measured"
# what a ratio is taken of: seconds of the tasks, of the whole play, of the controller's processor
KINDS = {"tasks alone": "tasks", "whole play": "seconds", "controller CPU": "cpu"}


@dataclass(frozen=True)
class Goal:
    """`reached` None: it was not measured."""

    words: str
    wanted: str
    measured: str
    reached: bool | None

    @property
    def verdict(self) -> str:
        return {True: "reached", False: "not reached", None: NOT_MEASURED}[self.reached]


def goals(results: Results) -> Sequence[Goal]:
    """All of them, whether they were measured or not."""
    return [*_counts(results), *_ratios(results), *_parts(results), *_growth(results)]


def _counts(results: Results) -> Iterator[Goal]:
    one, role = results.cell("dhcp_failover", SERVER), results.cell("role", SERVER)
    where = f"in sync, {Size.parse(SERVER).words}"
    yield _exactly(f"dhcp_failover: remote commands ({where})", 1, one.counts.commands if one else None)
    yield _exactly(f"dhcp_failover: HTTP requests ({where})", 6, one.counts.requests if one else None)
    yield _exactly(f"role over both servers: remote commands ({where})", 1, role.counts.commands if role else None)


def _exactly(words: str, wanted: int, found: int | None) -> Goal:
    return Goal(words, str(wanted), _told(found, "{}"), None if found is None else found == wanted)


def _ratios(results: Results) -> Iterator[Goal]:
    for kind in ("tasks alone", "whole play"):
        ratio = _ratio(results, OTHER, "dhcp_failover", ENGINE, kind)
        yield _least(f"the other collection's loop to dhcp_failover, {ENGINE}, {kind}", 20, ratio)
    for size, most in ((LARGE, 1.5), (MANY, 1.2)):
        for kind in KINDS:
            ratio = _ratio(results, "dhcp_failover", "reads", size, kind)
            yield _most(f"dhcp_failover to reads, {size}, {kind}", most, ratio, "{:.2f}")


def _ratio(results: Results, over: str, under: str, size: str, kind: str) -> float | None:
    upper, lower = results.cell(over, size), results.cell(under, size)
    return None if upper is None or lower is None else _value(upper, kind) / _value(lower, kind)


def _value(one: Measured, kind: str) -> float:
    value: float = getattr(one, KINDS[kind])
    return value


def _parts(results: Results) -> Iterator[Goal]:
    for size in ("31/1000", "31/31000"):
        planning = results.part(parts.PLANNING, size)
        milliseconds = 1000 * planning.cpu if planning else None
        yield _most(f"{parts.WORDS[parts.PLANNING]}, {Size.parse(size).words}: CPU, ms", 50, milliseconds, "{:.0f}")
    drift = results.part(parts.DRIFT, "31/10000")
    yield _most("drift of 10000 scopes: CPU of the controller, s", 5, drift.cpu if drift else None, "{:.1f}")
    yield _most("drift of 10000 scopes: memory of the task, MB", 500, drift.memory if drift else None, "{:.0f}")


def _growth(results: Results) -> Iterator[Goal]:
    for kind in parts.SIZES:
        for words, sizes, count in (
            ("scopes", parts.SCOPES, lambda size: size.scopes),
            ("relationships", parts.RELATIONSHIPS, lambda size: size.relationships),
        ):
            if set(sizes) <= set(parts.SIZES[kind]):
                found = fitted(results, kind, sizes, count)
                yield _most(f"{parts.WORDS[kind]}: exponent over {words}", 1.1, found, "{:.2f}")


def fitted(results: Results, kind: str, sizes: Sequence[str], count: Callable[[Size], int]) -> float | None:
    """The exponent of its CPU; None where a size is missing."""
    found = {size: part for size in sizes if (part := results.part(kind, size))}
    if len(found) < len(sizes):
        return None
    return exponent({count(Size.parse(size)): part.cpu for size, part in found.items()})


def _most(words: str, most: float, found: float | None, form: str) -> Goal:
    return Goal(words, f"at most {most:g}", _told(found, form), None if found is None else found <= most)


def _least(words: str, least: float, found: float | None) -> Goal:
    return Goal(words, f"at least {least:g}", _told(found, "{:.1f}"), None if found is None else found >= least)


def _told(found: float | None, form: str) -> str:
    return NOT_MEASURED if found is None else form.format(found)
