# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the role said of the data in check mode, as rows; what the servers' own faults explain is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.checklist import (
    FAIL,
    PASS,
    UNKNOWN,
    Row,
    of_pair,
    of_server,
    of_way,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.data_checks import (
    Tried,
    entries,
    is_tried,
    of_host,
    of_nobody,
    unresolved,
)

HQ = {"name": "HQ", "primary": "dhcp01", "partner": "dhcp02", "shared_secret": "kept out of sight"}
HOP = of_way("hop", ("dhcp01", "dhcp02"), FAIL, "denied", "become")
CLOCKS = of_pair("clocks", ("dhcp01", "dhcp02"), FAIL, "apart", "w32tm")
AUTHORISED = of_server("authorised", "dhcp02", FAIL, "not", "do it")


def told(result: dict[str, Any], known: tuple[Row, ...] = (), site: dict[str, Any] | None = None) -> Row:
    (row,) = of_host("dhcp01", entries([HQ]), Tried(site or {}, result), known)
    return row


def outcome(word: str, msg: str = "") -> dict[str, Any]:
    return {"relationships": [{"name": "HQ", "outcome": word, "msg": msg}], "failed": word == "failed", "msg": "all"}


def test_only_the_servers_are_taken_from_the_data() -> None:
    (entry,) = entries([HQ, {"name": "no servers"}, "text", None])
    assert "kept out of sight" not in str(vars(entry))
    assert entry.way == ("dhcp01", "dhcp02")
    assert entries(None) == entries("text") == []


@pytest.mark.parametrize(
    ("result", "status", "evidence"),
    [
        (outcome("ok"), PASS, "a run would change nothing"),
        (outcome("changed", "create relationship 'HQ'"), PASS, "a run would create relationship 'HQ'"),
        (outcome("failed", "10.0.9.0 is no scope."), FAIL, "10.0.9.0 is no scope."),
        (outcome("skipped", "it hangs together with 'X'"), UNKNOWN, "it hangs together with 'X'"),
        ({"failed": True, "msg": "no\nroom."}, FAIL, "no room."),
        ({"failed": True}, FAIL, "it gave no reason"),
        ({}, UNKNOWN, "the role did not run with it"),
    ],
)
def test_what_the_role_would_do(result: dict[str, Any], status: str, evidence: str) -> None:
    row = told(result)
    assert (row.status, row.evidence, row.subject) == (status, evidence, "'HQ' (dhcp01, dhcp02)")
    assert bool(row.cure) is (status != PASS)


@pytest.mark.parametrize("fault", [HOP, CLOCKS])
def test_a_refusal_that_a_fault_explains_is_unknown(fault: Row) -> None:
    row = told({"failed": True, "msg": "refused"}, (fault,))
    assert row.status == UNKNOWN
    assert fault.subject in row.evidence


FAR = {"name": "Far", "primary": "dhcp01", "partner": "dhcp03"}
HQ_ROW, FAR_ROW = "'HQ' (dhcp01, dhcp02)", "'Far' (dhcp01, dhcp03)"
ALL = "failover_relationships of dhcp01"


@pytest.mark.parametrize(
    ("result", "known", "expected"),
    [
        ({"refused_for": "HQ"}, (), {HQ_ROW: (FAIL, "no."), FAR_ROW: (UNKNOWN, f"{HQ_ROW}, data")}),
        ({"refused_for": "Far"}, (), {FAR_ROW: (FAIL, "no."), HQ_ROW: (UNKNOWN, f"{FAR_ROW}, data")}),
        ({}, (), {ALL: (FAIL, "no."), HQ_ROW: (UNKNOWN, f"{ALL}, data"), FAR_ROW: (UNKNOWN, f"{ALL}, data")}),
        ({"refused_for": "Gone"}, (), {ALL: (FAIL, "no."), HQ_ROW: (UNKNOWN, ALL), FAR_ROW: (UNKNOWN, ALL)}),
        ({}, (HOP,), {HQ_ROW: (UNKNOWN, HOP.subject), FAR_ROW: (UNKNOWN, HOP.subject)}),
        ({"refused_for": "HQ"}, (HOP,), {HQ_ROW: (UNKNOWN, HOP.subject), FAR_ROW: (UNKNOWN, HOP.subject)}),
        ({"refused_for": "Far"}, (HOP,), {HQ_ROW: (UNKNOWN, HOP.subject), FAR_ROW: (FAIL, "no.")}),
    ],
)
def test_a_list_that_is_refused_as_a_whole_is_one_fault(
    result: dict[str, Any], known: tuple[Row, ...], expected: dict[str, tuple[str, str]]
) -> None:
    rows = list(of_host("dhcp01", entries([HQ, FAR]), Tried({}, {"failed": True, "msg": "no.", **result}), known))
    assert {row.subject: row.status for row in rows} == {subject: told[0] for subject, told in expected.items()}
    assert [row for row in rows if expected[row.subject][1] not in row.evidence or not row.cure] == []


def test_what_refuses_nothing_explains_nothing() -> None:
    assert told({"failed": True, "msg": "refused"}, (AUTHORISED,)).status == FAIL
    assert told(outcome("ok"), (CLOCKS,)).status == PASS, "the role knows better"


def test_data_that_names_what_there_is_not() -> None:
    row = unresolved("'vault_secret' is undefined")
    assert (row.subject, row.status, row.evidence) == ("failover_relationships", FAIL, "'vault_secret' is undefined")


def test_data_that_is_wrong_as_a_whole() -> None:
    row = told({}, site={"failed": True, "msg": "two problems:\n- one\n- two"})
    assert (row.subject, row.status, row.evidence) == ("failover_relationships", FAIL, "two problems: - one - two")


def test_an_entry_that_no_host_of_the_run_writes() -> None:
    (row,) = of_nobody(entries([HQ]), ["dhcp02"])
    assert (row.status, row.cure) == (UNKNOWN, "add dhcp01 to the hosts of the run (failover_hosts)")
    assert list(of_nobody(entries([HQ]), ["dhcp01"])) == []


@pytest.mark.parametrize(
    ("host", "data", "known", "tried"),
    [
        ("dhcp01", [HQ], (), True),
        ("dhcp01", [HQ], (HOP,), False),
        ("dhcp01", [HQ], (CLOCKS,), True),
        ("dhcp02", [HQ], (), False),
        ("dhcp03", [HQ], (), True),  # that nobody names it is for the role to say
        ("dhcp01", [{"name": "HQ"}], (), True),  # and so is this
        ("dhcp01", [], (), False),
        ("dhcp01", None, (), False),
    ],
)
def test_whether_the_role_is_worth_asking(host: str, data: Any, known: tuple[Row, ...], tried: bool) -> None:
    assert is_tried(host, data, known) is tried
