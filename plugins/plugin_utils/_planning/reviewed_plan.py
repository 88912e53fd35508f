# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The plan of several hosts as a document that is reviewed and then carried out: plain data (plan.schema.json), made of
the results of a check run, and compared with those of another one. No I/O.

It is no program: whoever carries it out makes the plan anew, of the variables that it has, and compares. What is read
of a file may be anything, so it is taken only if it is what would be written of what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._model.refusal import Refused
from .._model.role_variables import OF_ALL, OF_ENTRY, VARIABLES
from .._model.site import refusal
from .._model.texts import few, reason, shown
from .._model.version import VERSION
from .agreed_plan import AgreedPlan, of_result

SCHEMA = "windhcp.failover/plan/1"
PLAN = "plan (failover_plan_file or failover_plan_data of the playbooks)"
ANEW = "Make a new plan (windhcp.failover.plan)."
HELD = ("variable", "variables", "site", "refused")  # options that name what `planned` takes of a host
Document = Mapping[str, Any]
# a type, one of some values, a list of one shape, or a dictionary with just these keys
_SHAPE: Any = {
    "schema": str,
    "created": str,
    "collection": str,
    "fingerprint": str,
    "counts": {"hosts": int, "steps": int, "removals": int},
    "hosts": [
        {
            "host": str,
            "steps": [{"server": str, "step": str}],
            "removals": [
                {
                    "scope_id": str,
                    "server": str,
                    "kept_on": str,
                    "other_copy": ("delete", "disable", "replace"),
                    "differences": [str],
                }
            ],
            "secrets": [{"relationship": str, "variable": (OF_ENTRY, OF_ALL)}],
            "warnings": [str],
        }
    ],
    "options": [{"hosts": [str], "variables": dict}],
}


@dataclass(frozen=True)
class Planned:
    """What a host has for a plan. `variables` and `secrets`: as they were taken down of the role (`role_variables`)."""

    host: str
    plan: AgreedPlan
    variables: Mapping[str, Any]
    secrets: Sequence[Mapping[str, str]] = ()
    warnings: Sequence[str] = ()

    @property
    def taken(self) -> Mapping[str, Any]:
        """As `role_variables.taken_down` gave it."""
        return {"variables": self.variables, "secrets": self.secrets}


def planned(host: str, result: object, taken: object, site: object = None, refused: object = None) -> Planned:
    """`result`: of dhcp_failover in check mode, or of a task that was skipped since the host writes nothing. `taken`:
    of dhcp_failover_plan_variables. `site`: of dhcp_failover_site, which runs before. `refused`: of whichever task
    failed. Raises Refused."""
    for ran in (site, result, refused):
        if isinstance(ran, Mapping) and (ran.get("unreachable") or ran.get("failed")):
            what = "cannot be reached" if ran.get("unreachable") else "has failed"
            raise Refused(f"{host}: {what}: {reason(ran).rstrip('.')}.")
    if not isinstance(result, Mapping) or not isinstance(taken, Mapping):
        raise Refused(f"{host}: there is no result of a check run.")
    if "plan" not in result and not result.get("skipped"):
        raise Refused(f"{host}: there is no plan in the result of the check run.")
    warnings = [] if result.get("skipped") else [str(words) for words in result.get("warnings") or ()]
    return Planned(host, of_result(result), taken["variables"], taken["secrets"], warnings)


# --- made and read ---------------------------------------------------------------------------------------------------


def document(hosts: Sequence[Planned], created: str, collection: str = VERSION) -> Document:
    """The plan of these hosts. `created`: when."""
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "created": created,
        "collection": collection,
        "counts": {
            "hosts": len(hosts),
            "steps": sum(len(one.plan.steps) for one in hosts),
            "removals": sum(len(one.plan.removals) for one in hosts),
        },
        "hosts": [_host(one) for one in hosts],
        "options": _options(hosts),
    }
    return {**made, "fingerprint": fingerprint(made)}


def _host(one: Planned) -> Mapping[str, Any]:
    return {
        "host": one.host,
        **shown_plan(one.plan, "steps"),
        "secrets": list(one.secrets),
        "warnings": list(one.warnings),
    }


def shown_plan(plan: AgreedPlan, steps: str = "plan") -> Mapping[str, Any]:
    """As a task's result has it. `steps`: what they are called."""
    return {
        steps: [{"server": server, "step": words} for server, words in plan.steps],
        "removals": [dict(removal) for removal in plan.removals],
    }


def _options(hosts: Sequence[Planned]) -> Sequence[Mapping[str, Any]]:
    """Most often all hosts have the same."""
    groups: list[dict[str, Any]] = []
    for one in hosts:
        same = next((group for group in groups if group["variables"] == one.variables), None)
        if same is None:
            groups.append({"hosts": [one.host], "variables": one.variables})
        else:
            same["hosts"].append(one.host)
    return groups


def fingerprint(made: Document) -> str:
    """Of all that is in a document but itself. No secret is."""
    rest = {key: value for key, value in made.items() if key != "fingerprint"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def read(data: Any) -> Document:
    """What was read of a file, if it is a plan of this version, and says of itself what follows from it. Raises
    Refused."""
    if not isinstance(data, Mapping) or not str(data.get("schema")).startswith("windhcp.failover/plan/"):
        raise Refused(f"{PLAN}: is no plan of windhcp.failover.plan. {ANEW}")
    made_by, schema = data.get("collection"), data["schema"]
    if schema != SCHEMA or made_by != VERSION:
        by = f"version {shown(made_by)} of the collection (format {shown(schema)})"
        raise Refused(f"{PLAN}: was made by {by}, and this is {VERSION}. {ANEW}")
    wrong = _misfit(data, _SHAPE, "")
    if wrong:
        raise Refused(f"{PLAN}: {wrong}; somebody has changed it. {ANEW}")
    given = {host: group["variables"] for group in data["options"] for host in group["hosts"]}
    listed = [entry["host"] for entry in data["hosts"]]
    unknown = sorted({name for variables in given.values() for name in variables if name not in VARIABLES})
    if unknown or set(listed) != set(given) or len(set(listed)) < len(listed):
        what = (
            f"options has {few(map(shown, unknown))}, which is no variable of the role" if unknown else "hosts differ"
        )
        raise Refused(f"{PLAN}: {what}; somebody has changed it. {ANEW}")
    if document([of_entry(entry, given[entry["host"]]) for entry in data["hosts"]], data["created"]) != data:
        raise Refused(f"{PLAN}: its parts, or its fingerprint, do not agree; somebody has changed it. {ANEW}")
    return data


def of_entry(entry: Mapping[str, Any], variables: Mapping[str, Any]) -> Planned:
    """A host of a document."""
    plan = of_result({"plan": entry["steps"], "removals": entry["removals"]})
    return Planned(entry["host"], plan, variables, entry["secrets"], entry["warnings"])


def hosts_of(made: Document) -> Mapping[str, Planned]:
    """The hosts of a document that was read, by name."""
    given = {host: group["variables"] for group in made["options"] for host in group["hosts"]}
    return {entry["host"]: of_entry(entry, given[entry["host"]]) for entry in made["hosts"]}


def _misfit(value: Any, shape: Any, where: str) -> str | None:
    """What of a value has another shape."""
    if isinstance(shape, type):
        return None if value.__class__ is shape else f"{where} is {shown(value)}"
    if isinstance(shape, tuple):
        return None if isinstance(value, str) and value in shape else f"{where} is {shown(value)}"
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{where} is {shown(value)}"
        parts = ((each, shape[0], f"{where}[{number}]") for number, each in enumerate(value))
    else:
        if not isinstance(value, dict) or value.keys() != shape.keys():
            return f"{where or 'it'} has other keys than a plan"
        parts = ((value[key], shape[key], f"{where}.{key}".lstrip(".")) for key in shape)
    return next(filter(None, (_misfit(*part) for part in parts)), None)


# --- compared --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """`to_do`: hosts on which just the steps of the plan are to be done. `done`: those that have had some, and on which
    nothing is to be done any more."""

    to_do: tuple[str, ...]
    done: tuple[str, ...]


def check_same(made: Document, meant: str | None) -> None:
    """Raises Refused where the plan is not the one of this fingerprint. None: any."""
    if meant is not None and meant != made["fingerprint"]:
        raise Refused(
            f"{PLAN}: is another plan ({made['fingerprint']}) than the one that is meant ({shown(meant)}; "
            "failover_plan_fingerprint, or what this run has read before)."
        )


def check_hosts(made: Document, hosts: Iterable[str]) -> None:
    """Raises Refused where a run is not about all hosts of the plan."""
    missing = [entry["host"] for entry in made["hosts"] if entry["host"] not in {*hosts}]
    if missing:
        raise Refused(
            f"{PLAN}: is a plan for {few(missing)}, too, which this run leaves out (failover_hosts, --limit) or the "
            "inventory has not."
        )


def compare(made: Document, now: Mapping[str, Planned | Refused]) -> Comparison:
    """`now`: what each host of the plan would do, or why that is not known. Raises Refused with all that is
    otherwise."""
    unknown: list[str] = []
    otherwise: list[str] = []
    to_do, done = [], []
    for host, was in hosts_of(made).items():
        one = now[host]
        if isinstance(one, Refused):
            unknown.append(str(one))
            continue
        found = [*_other_options(was, one), *_other_plan(was.plan, one.plan)]
        otherwise += [f"{host}: {difference}" for difference in found]
        if not one.plan.is_empty:
            to_do.append(host)
        elif not was.plan.is_empty:
            done.append(host)
    if otherwise:
        raise refusal(f"{PLAN}: is not what would be done now. {ANEW.rstrip('.')}", [*unknown, *otherwise])
    if unknown:
        what = "it is not known whether that is what would be done now. Mend this and run the same command again"
        raise refusal(f"{PLAN}: {what}", unknown)
    return Comparison(tuple(to_do), tuple(done))


def _other_plan(was: AgreedPlan, now: AgreedPlan) -> list[str]:
    """Nothing, where nothing is to be done: what was to be reached is there, whoever did it."""
    differences = [] if now.is_empty else was.otherwise(now)
    if differences and not any(words.startswith("new:") for words in differences):
        left = few((f"{server}: {words}" for server, words in now.steps), between="; ")
        differences.append(f"a part of it is done, and this is left: {left}")
    return differences


def _other_options(was: Planned, now: Planned) -> list[str]:
    """Variables that are given with a higher precedence (-e), and secrets that are not where they were."""
    names = [name for name in VARIABLES if was.variables.get(name) != now.variables.get(name)]
    other = [f"{name}: is given as another value than the plan has; leave it out" for name in names]
    mine, theirs = ({(each["relationship"], each["variable"]) for each in one.secrets} for one in (was, now))
    other += [f"{variable}: has no secret for '{name}', and had one" for name, variable in sorted(mine - theirs)]
    other += [f"{variable}: has a secret for '{name}', and had none" for name, variable in sorted(theirs - mine)]
    return other
