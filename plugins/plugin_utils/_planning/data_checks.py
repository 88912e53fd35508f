# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a run with the declared data would be refused: by what the role itself said of it in check mode. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._model.texts import reason, short, without_nothing
from .checklist import FAIL, LATER, PASS, UNKNOWN, VARIABLE, Row, stopping, title

_CURE = "mend what it says, in the data or on the server, and run again"
_REFUSED = "failed"


@dataclass(frozen=True)
class Entry:
    """A relationship of the data, by its servers alone: nothing else of it, least of all a secret, is carried on."""

    name: str
    primary: str
    partner: str
    partner_server: str = ""

    @property
    def way(self) -> tuple[str, str]:
        """From the server that writes to the other one."""
        return (self.primary, self.partner)

    def says(self, status: str, evidence: str, cure: str = "") -> Row:
        """What would become of it."""
        return Row("data", f"'{self.name}' ({self.primary}, {self.partner})", status, evidence, cure, self.way)


@dataclass(frozen=True)
class Tried:
    """What the role's tasks returned on a host, each as a variable holds it; nothing where it did not run. `refused`:
    of one that failed, whichever it was."""

    site: Mapping[str, Any]
    result: Mapping[str, Any]
    refused: Mapping[str, Any] = field(default_factory=dict)


def entries(data: object) -> Sequence[Entry]:
    """Those of the data that name two servers; what is wrong with others the role tells."""
    listed = data if isinstance(data, (list, tuple)) else ()
    return [
        Entry(str(entry["name"]), str(entry["primary"]), str(entry["partner"]), str(entry.get("partner_server") or ""))
        for entry in listed
        if isinstance(entry, Mapping) and {"name", "primary", "partner"} <= {*entry}
    ]


def unresolved(message: str) -> Row:
    """The data names what there is not."""
    return Row("data", VARIABLE, FAIL, message, "define what it names (a vault file, mostly: -e @FILE), and run again")


def is_tried(host: str, data: object, known: Sequence[Row]) -> bool:
    """Whether the role is worth running: it has something to say of the data itself, or of an entry that the host
    writes and whose servers can be asked."""
    declared = entries(data)
    if not any(host in entry.way for entry in declared):
        return bool(data)
    stopping = [stops(entry, known) for entry in declared if entry.primary == host]
    return any(stopper is None or stopper.id in LATER for stopper in stopping)


def stops(entry: Entry, known: Sequence[Row]) -> Row | None:
    """What has failed without which it is not known what the servers would say to an entry."""
    return stopping("data", entry.way, [row for row in known if row.status == FAIL])


def of_host(host: str, declared: Sequence[Entry], tried: Tried, known: Sequence[Row]) -> Iterator[Row]:
    """What a host that writes some of the data would be told. `known`: the rows of everything else."""
    if tried.site.get(_REFUSED):
        yield Row("data", VARIABLE, FAIL, reason(tried.site), _CURE)
        return
    if tried.refused and not tried.result:
        yield Row("data", "variables of the role", FAIL, reason(tried.refused), _CURE)
        return
    mine = [entry for entry in declared if entry.primary == host]
    told = {str(one["name"]): one for one in tried.result.get("relationships") or ()}
    if tried.result.get(_REFUSED) and not told:
        yield from _all_refused(host, mine, tried.result, known)
        return
    for entry in mine:
        stopper, outcome = stops(entry, known), told.get(entry.name)
        if outcome is not None and outcome["outcome"] in ("ok", "changed"):
            would = short(outcome["msg"]) if outcome["outcome"] == "changed" else "change nothing"
            yield entry.says(PASS, f"a run would {would}")
        elif stopper is not None:
            yield _not_known(entry, stopper)
        elif outcome is not None and outcome["outcome"] == "skipped":
            yield entry.says(UNKNOWN, without_nothing(str(outcome["msg"])), _CURE)
        elif outcome is not None:
            yield entry.says(FAIL, reason(outcome), _CURE)
        else:
            yield entry.says(UNKNOWN, "the role did not run with it", "run again; where it stays so, please report it")


def _all_refused(host: str, mine: Sequence[Entry], result: Mapping[str, Any], known: Sequence[Row]) -> Iterator[Row]:
    """A list that was refused as a whole: one thing is wrong with it, and nothing is known of all else."""
    stoppers = {entry: stopper for entry in mine if (stopper := stops(entry, known)) is not None}
    named = next((entry for entry in mine if entry.name == result.get("refused_for")), None)
    named = mine[0] if len(mine) == 1 else named
    at_fault = stoppers.get(named) if named else next(iter(stoppers.values()), None)
    is_data = at_fault is None
    if at_fault is None:
        said = reason(result)
        at_fault = named.says(FAIL, said, _CURE) if named else Row("data", f"{VARIABLE} of {host}", FAIL, said, _CURE)
        yield at_fault
    yield from (_not_known(entry, stoppers.get(entry, at_fault)) for entry in mine if not (is_data and entry == named))


def _not_known(entry: Entry, stopper: Row) -> Row:
    return entry.says(UNKNOWN, f"not known as long as this fails: {title(stopper)}", "mend that, and run again")


def of_nobody(declared: Sequence[Entry], hosts: Collection[str]) -> Iterator[Row]:
    """Entries whose primary is not among the hosts of the run."""
    for entry in declared:
        if entry.primary not in hosts:
            cure = f"add {entry.primary} to the hosts of the run (failover_hosts)"
            yield entry.says(UNKNOWN, f"{entry.primary}, which writes it, is not among the hosts of this run", cure)
