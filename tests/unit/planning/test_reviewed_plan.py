# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan of several hosts as a document: what is in it, what is taken for one, and what it is compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import reviewed_plan
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.reviewed_plan import (
    Document,
    Planned,
    check_hosts,
    compare,
    document,
    hosts_of,
    planned,
    read,
)
from reviewed import CREATED, GOES, STEP, TAKEN, sample

SCHEMA = json.loads((Path(__file__).parents[3] / "extensions/plan/plan.schema.json").read_text(encoding="utf-8"))
RESULT = {"plan": [STEP], "removals": [GOES], "warnings": ["Look."]}


def now(host: str = "dhcp01", result: Any = MappingProxyType(RESULT), **taken: Any) -> Planned:
    return planned(host, result, {**TAKEN, **taken})


def refused(data: Any) -> str:
    with pytest.raises(Refused) as error:
        read(data)
    return str(error.value)


# --- made ------------------------------------------------------------------------------------------------------------


def test_the_document_is_as_its_schema_says_and_comes_back() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    made = json.loads(json.dumps(sample()))
    jsonschema.validate(made, SCHEMA)
    assert read(made) == made
    assert {name: one.plan.steps for name, one in hosts_of(made).items()} == {
        "dhcp01": (("DHCP01", "do this"),),
        "dhcp02": (),
    }
    assert made["counts"] == {"hosts": 2, "steps": 1, "removals": 1}


def test_hosts_with_the_same_variables_share_them() -> None:
    other = now("dhcp03", variables={"failover_orphan": True})
    made = document([now("dhcp01"), now("dhcp02"), other], CREATED)
    assert [group["hosts"] for group in made["options"]] == [["dhcp01", "dhcp02"], ["dhcp03"]]


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        (None, "dhcp01: there is no result of a check run."),
        ({"unreachable": True, "msg": "no route\nmore"}, "dhcp01: cannot be reached: no route more."),
        ({"failed": True, "msg": "No."}, "dhcp01: has failed: No."),
        ({"failed": True}, "dhcp01: has failed: it gave no reason."),
        ({"changed": False}, "dhcp01: there is no plan in the result of the check run."),
    ],
)
def test_a_host_without_a_plan_is_named(result: Any, problem: str) -> None:
    with pytest.raises(Refused) as error:
        now(result=result)
    assert str(error.value) == problem


@pytest.mark.parametrize(
    ("result", "site", "why"),
    [
        ({"failed": True, "msg": "DHCP01 is in maintenance."}, {}, "DHCP01 is in maintenance."),
        (None, {"failed": True, "msg": "The data:\n- is wrong."}, "The data: - is wrong."),
        (RESULT, {"failed": True, "msg": "It is wrong now."}, "It is wrong now."),
    ],
)
def test_a_role_that_failed_says_why_though_it_left_nothing_else(result: Any, site: Any, why: str) -> None:
    with pytest.raises(Refused) as error:
        planned("dhcp01", result, None, site)
    assert str(error.value) == f"dhcp01: has failed: {why}"


def test_a_host_that_writes_nothing_has_an_empty_plan() -> None:
    assert now(result={"skipped": True}).plan.is_empty


# --- read ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [None, [], "x", 1, {}, {"schema": "windhcp.failover/report/1"}])
def test_something_else_is_no_plan(data: Any) -> None:
    assert "is no plan of windhcp.failover.plan" in refused(data)


@pytest.mark.parametrize(
    "change", [{"schema": "windhcp.failover/plan/2"}, {"collection": "9.9.9"}, {"collection": None}]
)
def test_another_version_is_told(change: dict[str, Any]) -> None:
    assert "and this is " in refused({**sample(), **change})


def leaves(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from leaves(member, *path, key)


def changed(made: Document, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(made))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copy


PATHS = [path for path in leaves(json.loads(json.dumps(sample()))) if path]


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_whatever_is_changed_in_it_is_found(path: tuple[Any, ...]) -> None:
    value: Any
    for value in (None, True, 7, "{{ lookup('pipe', 'id') }}", [], {}, [[]], {"a": 1}, float("nan")):
        other = changed(sample(), path, value)
        if other != sample():
            said = refused(other)
            assert any(words in said for words in ("somebody has changed it", "version", "is no plan"))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("counts", "removals"), 0, "do not agree"),
        (("hosts", 0, "removals", 0, "other_copy"), "keep", "hosts[0].removals[0].other_copy is 'keep'"),
        (
            ("options", 0, "variables", "ansible_user"),
            "me",
            "options has 'ansible_user', which is no variable of the role",
        ),
        (("options", 0, "hosts"), ["dhcp01"], "hosts differ"),
    ],
)
def test_a_fingerprint_made_anew_does_not_help(path: tuple[Any, ...], value: Any, words: str) -> None:
    other = changed(sample(), path, value)
    assert words in refused({**other, "fingerprint": reviewed_plan.fingerprint(other)})


def test_a_document_that_says_something_else_throughout_is_another_plan() -> None:
    other = changed(sample(), ("hosts", 0, "steps", 0, "step"), "do that")
    other["fingerprint"] = reviewed_plan.fingerprint(other)
    assert read(other)["fingerprint"] != sample()["fingerprint"]


# --- compared --------------------------------------------------------------------------------------------------------


def test_the_same_is_to_be_done_and_nothing_is_done() -> None:
    other = now("dhcp02", {"skipped": True}, secrets=[])
    found = compare(sample(), {"dhcp01": now(), "dhcp02": other})
    assert (found.to_do, found.done) == (("dhcp01",), ())
    found = compare(sample(), {"dhcp01": now(result={"plan": []}), "dhcp02": other})
    assert (found.to_do, found.done) == ((), ("dhcp01",))


def test_all_that_is_otherwise_is_told_by_host() -> None:
    more = {"server": "DHCP02", "step": "do more"}
    other = {**TAKEN["variables"], "failover_wait_timeout": 60, "failover_orphan": True}
    with pytest.raises(Refused) as error:
        compare(sample(), {"dhcp01": now(variables=other), "dhcp02": now("dhcp02", {"plan": [more]}, secrets=[])})
    headline, *lines = str(error.value).split("\n- ")
    assert headline == (
        "plan (failover_plan_file or failover_plan_data of the playbooks): is not what would be done now. Make a new "
        "plan (windhcp.failover.plan), and nothing was written:"
    )
    assert lines == [
        "dhcp01: failover_wait_timeout: is given as another value than the plan has; leave it out",
        "dhcp01: failover_orphan: is given as another value than the plan has; leave it out",
        "dhcp02: new: DHCP02: do more",
    ]


def test_what_is_left_of_a_plan_is_told() -> None:
    second = {"server": "DHCP01", "step": "do that"}
    made = document([now(result={"plan": [STEP, second]})], CREATED)
    with pytest.raises(
        Refused, match=r"gone: DHCP01: do this\n- .* a part of it is done, and this is left: DHCP01: do that"
    ):
        compare(made, {"dhcp01": now(result={"plan": [second]})})


def test_a_host_that_cannot_be_reached_refuses_the_whole() -> None:
    with pytest.raises(Refused, match="dhcp02: cannot be reached: gone"):
        compare(sample(), {"dhcp01": now(), "dhcp02": Refused("dhcp02: cannot be reached: gone.")})


def test_secrets_are_where_they_were() -> None:
    one = {"relationship": "HQ", "variable": "shared_secret"}
    made = document([now(secrets=[one])], CREATED)
    with pytest.raises(Refused) as error:
        compare(made, {"dhcp01": now(secrets=[{**one, "variable": "failover_shared_secret"}])})
    assert "shared_secret: has no secret for 'HQ', and had one" in str(error.value)
    assert "failover_shared_secret: has a secret for 'HQ', and had none" in str(error.value)


def test_a_run_is_about_all_hosts_of_the_plan() -> None:
    check_hosts(sample(), ["dhcp03", "dhcp02", "dhcp01"])
    with pytest.raises(Refused, match="is a plan for dhcp02, too"):
        check_hosts(sample(), ["dhcp01"])
