# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a whole run came to, as the text that its playbook ends with. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .removal_list import NOTHING, copy_lines, prefix
from .server_list import extra_list
from .step_list import difference_lines, step_lines
from .texts import few, in_sight, plain_causes

Result = Mapping[str, Any]
DRY_RUN = "A dry run, nothing was written. What failover_dry_run: false would do:"
CHECK = "Check mode, nothing was written. What a run without --check would do:"
DONE = "What was done:"
PLANNED = "What was found and planned where it FAILED, none of it or not all of it done:"
ONLY_PLANNED = "Nothing was written. What would be done now:"
IN_ORDER = "Nothing is to be done"
# of a host that has no result at all, since Ansible refused what comes before the first task
_NOT_RUN: Result = {"failed": True, "msg": "none of its tasks has run; the error above says why"}
_REASON_LIMIT = 3000  # characters: the task itself shows all of it


@dataclass(frozen=True)
class _Outcome:
    """What the tasks of a host returned. `every`: also those that were skipped, or had nothing to loop over."""

    host: str
    every: Sequence[Result]

    @property
    def results(self) -> Sequence[Result]:
        """Those that ran."""
        return [result for result in self.every if not result.get("skipped")]

    @property
    def failed(self) -> Sequence[Result]:
        return [result for result in self.results if _failed(result)]

    @property
    def acts(self) -> bool:
        """Whether something was, or would be, done here; what only checks the data has no plan."""
        return any(result.get("plan") or result.get("removals") or result.get("changed") for result in self.results)

    @property
    def is_asked(self) -> bool:
        """Whether something was to be found out about this host at all."""
        return bool(self.failed) or any("plan" in result for result in self.results)


@dataclass(frozen=True)
class Ending:
    """How a list ends, and what is in it.

    `dry_run`: failover_dry_run; `check`: ansible_check_mode; `planned`: a run that only planned. `copies`: it is also
    said where no copy goes. `extra`: and what is there and not declared. `closing`: the last line says what to do next:
    `then`, where something was done; `again`, where something failed; `otherwise`, beside that nothing is.
    """

    dry_run: bool = False
    check: bool = False
    planned: bool = False
    copies: bool = False
    extra: bool = True
    closing: bool = True
    then: str = "windhcp.failover.info shows what is there now"
    again: str = "run the same command again"
    otherwise: str = ""

    @property
    def writes(self) -> bool:
        """Whether the run was one that writes."""
        return not (self.dry_run or self.check or self.planned)

    @property
    def headline(self) -> str:
        """What the steps are."""
        if self.planned:
            return ONLY_PLANNED
        return DRY_RUN if self.dry_run else CHECK if self.check else DONE

    @property
    def next(self) -> str:
        """What follows where something was, or would be, done."""
        if self.writes or self.planned:
            return self.then
        ways = ["with -e failover_dry_run=false"] * self.dry_run + ["without --check"] * self.check
        return f"to do it, the same command {' and '.join(ways)}"


def outcome_list(
    hosts: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]], variables: Sequence[str], **options: Any
) -> list[str]:
    """What was, or would be, done, what failed, and what to do next; a host with nothing to do is not told of.

    `variables`: that hold the results of the tasks, loops too, in the order in which they run. `options`: of Ending.
    """
    ending = Ending(**options)
    every = [_Outcome(host, _results(hostvars[host], variables) or [_NOT_RUN]) for host in hosts]
    outcomes = [outcome for outcome in every if outcome.is_asked]
    found: list[str] = []
    well = [result for outcome in outcomes for result in outcome.results if _is_carried_out(result)]
    failed = [result for outcome in outcomes for result in outcome.failed]
    done, planned = _lines(well), _lines([result for result in failed if not _is_carried_out(result)])
    if done or any(result.get("changed") for result in well):
        none = ending.copies and not failed and not any(result.get("removals") for result in well)
        found += [ending.headline, *([NOTHING] if none else []), *done]
    found += [PLANNED, *planned] if planned else []
    warnings = [line for outcome in outcomes or every for line in _warnings(outcome)]
    found += warnings
    found += _failures(outcomes)
    found += [f"{outcome.host}: {line}" for outcome in outcomes for line in _extra(outcome) if ending.extra]
    if not failed:
        found += dict.fromkeys(f"Note: {note}." for outcome in outcomes or every for note in _notes(outcome))
    if ending.closing:
        found += _next(outcomes, ending) or (_idle(every, ending) if found == warnings else [])
    return [in_sight(line) for line in found]


def _failed(result: Result) -> bool:
    return bool(result.get("failed") or result.get("unreachable"))


def _is_carried_out(result: Result) -> bool:
    """Whether its plan is what was, or would be, done: that of a list of relationships is, when only some of them
    failed."""
    listed = [each for each in result.get("relationships") or () if isinstance(each, Mapping)]
    return not _failed(result) or any("outcome" in each for each in listed)


def _lines(results: Sequence[Result]) -> list[str]:
    """Copies first, then what is done."""
    return [*copy_lines(results), *_steps(results)]


def _results(host: Mapping[str, Any], variables: Iterable[str]) -> Sequence[Result]:
    results: list[Result] = []
    for variable in variables:
        value = host.get(variable)
        if isinstance(value, Mapping):
            results += value.get("results") or [value]
            if _failed(value):
                break  # the next task was not run, and what its variable holds is of another play
    return results


def _notes(outcome: _Outcome) -> Iterable[str]:
    return (note for result in outcome.results for note in result.get("notes") or ())


def _steps(results: Sequence[Result]) -> Iterable[str]:
    for result in results:
        told = [*difference_lines(result), *step_lines(result), *_restored(result)]
        yield from (f"{prefix(result)}{line}" for line in told)


def _restored(result: Result) -> Iterable[str]:
    for scope in result.get("counts") or ():
        yield f"{scope['scope_id']} comes back with {scope['leases']} leases and {scope['reservations']} reservations"
    yield from (f"the server gets {addition}" for addition in result.get("server_additions") or ())


def _warnings(outcome: _Outcome) -> Iterable[str]:
    warnings = (warning for result in outcome.results for warning in result.get("warnings") or ())
    return (f"{outcome.host}: WARNING: {warning}" for warning in dict.fromkeys(map(str, warnings)))


def _failures(outcomes: Iterable[_Outcome]) -> Iterable[str]:
    """Each message whole, and once, with the hosts that failed for it."""
    hosts: dict[tuple[str, ...], list[str]] = {}
    for outcome in outcomes:
        for result in outcome.failed:
            message = plain_causes(str(result.get("msg") or "")).strip()[:_REASON_LIMIT]
            first, *more = message.splitlines() or ["it gave no reason"]
            verb = "DOES NOT ANSWER" if result.get("unreachable") else "FAILED"
            hosts.setdefault((f"{prefix(result)}{verb}: {first}", *more), []).append(outcome.host)
    for (first, *more), those in hosts.items():
        yield f"{few(dict.fromkeys(those))}: {first}"
        yield from more


def _extra(outcome: _Outcome) -> Iterable[str]:
    return (line for result in outcome.results for line in extra_list(result))


def _next(outcomes: Sequence[_Outcome], ending: Ending) -> Sequence[str]:
    if any(outcome.failed for outcome in outcomes):
        wrote = ending.writes and any(result.get("changed") for outcome in outcomes for result in outcome.results)
        done = ": what was done stays, and is not done twice" if wrote else ""
        return [f"Next: fix what is listed as FAILED, and {ending.again}{done}."]
    if any(outcome.acts for outcome in outcomes):
        return [f"Next: {ending.next}."]
    return _idle(outcomes, ending)


def _idle(outcomes: Sequence[_Outcome], ending: Ending) -> Sequence[str]:
    hosts = [outcome.host for outcome in outcomes if outcome.every]
    return [f"{IN_ORDER}: {few(hosts)}.{ending.otherwise and f' {ending.otherwise}.'}"] if hosts else []
