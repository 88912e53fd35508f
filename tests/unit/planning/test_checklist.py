# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every check is in the table once for whatever it is about. What nobody knows is unknown, with the reason, and never
PASS."""

from __future__ import annotations

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.checklist import (
    CHECKS,
    DATA,
    FAIL,
    PAIR,
    PASS,
    SERVER,
    UNKNOWN,
    WAY,
    Row,
    completed,
    of_pair,
    of_server,
    of_way,
    stopping,
    summary,
)

ONE, TWO = "dhcp01", "dhcp02"
WAYS = [(ONE, TWO), (TWO, ONE)]


def found(rows: list[Row], id_: str, subject: str) -> Row:
    (row,) = [row for row in completed(rows, [ONE, TWO], WAYS) if (row.id, row.subject) == (id_, subject)]
    return row


def test_every_check_is_there_for_every_server_way_and_pair() -> None:
    rows = completed([], [ONE, TWO], WAYS)
    count = {SERVER: 2, WAY: 2, PAIR: 1, DATA: 1}
    assert [row.check.of for row in rows] == sorted((row.check.of for row in rows), key=list(count).index)
    for check in CHECKS.values():
        assert sum(row.id == check.id for row in rows) == count[check.of], check.id
    assert {row.status for row in rows} == {UNKNOWN}
    assert all(row.evidence and row.cure for row in rows)


def test_what_a_check_needs_stands_before_it() -> None:
    order = list(CHECKS)
    assert [
        check.id for check in CHECKS.values() for need in check.needs if order.index(need) > order.index(check.id)
    ] == []


@pytest.mark.parametrize("id_", [check.id for check in CHECKS.values() if check.of == SERVER and check.needs])
def test_what_fails_first_is_the_reason_of_all_that_needs_it(id_: str) -> None:
    row = found([of_server("port", TWO, FAIL, "refused", "open it")], id_, TWO)
    assert (row.status, row.evidence) == (UNKNOWN, "not known as long as this fails: dhcp02, port")
    other = found([of_server("port", TWO, FAIL, "refused", "open it")], id_, ONE)
    assert "dhcp02" not in other.evidence, "it is no reason of another server's"


def test_an_unknown_reason_hands_on_what_it_takes() -> None:
    well = [
        of_server(check.id, server, PASS, "")
        for check in CHECKS.values()
        if check.of == SERVER
        for server in (ONE, TWO)
    ]
    well += [of_way("name", (ONE, TWO), PASS, "")]
    row = found([*well, of_way("rpc", (ONE, TWO), UNKNOWN, "nobody knows", "ask somebody")], "hop", "dhcp01 -> dhcp02")
    assert (row.status, row.cure) == (UNKNOWN, "ask somebody")
    assert row.evidence == "not known as long as this is unknown: dhcp01 -> dhcp02, RPC"


def test_the_partners_own_fault_is_a_reason_too() -> None:
    row = found([of_server("logon", TWO, FAIL, "rejected")], "rpc", "dhcp01 -> dhcp02")
    assert row.evidence == "not known as long as this fails: dhcp02, logon"


def test_a_server_that_is_no_host_of_the_run() -> None:
    rows = completed([of_server("version", "far.example", PASS, "10.0")], [ONE], [(ONE, "far.example")])
    far = {row.id: row for row in rows if row.servers == ("far.example",)}
    assert far["version"].status == PASS
    assert {row.evidence for row in far.values() if row.status == UNKNOWN} == {"it is not among the hosts of this run"}
    assert "let it be one of them (failover_hosts, --limit)" in {row.cure.split(";")[0] for row in far.values()}


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [(PASS, FAIL, FAIL), (FAIL, UNKNOWN, FAIL), (UNKNOWN, PASS, PASS), (PASS, UNKNOWN, PASS)],
)
def test_of_two_answers_about_a_pair_that_one_counts_who_knows_more(first: str, second: str, kept: str) -> None:
    rows = [of_pair("clocks", (ONE, TWO), first, "a", "b"), of_pair("clocks", (TWO, ONE), second, "a", "b")]
    assert found(rows, "clocks", "dhcp01, dhcp02").status == kept


def test_the_way_back_is_no_reason() -> None:
    back = of_way("rpc", (TWO, ONE), FAIL, "nobody")
    assert stopping("hop", (ONE, TWO), [back]) is None
    assert stopping("hop", (TWO, ONE), [back]) == back
    assert stopping("clocks", (ONE, TWO), [back]) == back, "they are about both"


def test_a_relationship_stands_for_the_contact_of_its_pair() -> None:
    row = Row("contact", "'HQ' (dhcp01, dhcp02)", PASS, "Normal", servers=(ONE, TWO))
    assert [one.subject for one in completed([row], [ONE, TWO], WAYS) if one.id == "contact"] == [row.subject]


def test_what_stops_is_what_failed_before_what_is_unknown() -> None:
    unknown, failed = of_server("port", ONE, UNKNOWN, "", ""), of_server("logon", ONE, FAIL, "", "")
    assert stopping("role", (ONE,), [unknown, failed]) == failed
    assert stopping("role", (ONE,), [unknown]) == unknown
    assert stopping("role", (TWO,), [unknown, failed]) is None
    assert stopping("port", (ONE,), [unknown, failed]) is None


def test_the_summary_counts_and_names_the_first() -> None:
    rows = completed([of_server("api", TWO, FAIL, "no such library", "install it")], [ONE, TWO], WAYS)
    assert summary(rows).startswith(f"1 of {len(rows)} checks failed ({len(rows) - 1} are unknown). ")
    assert summary(rows).endswith("The first: dhcp02, API: no such library -> install it")
    assert summary([of_server("api", TWO, PASS, "")]) == "Nothing failed: 1 of 1 checks passed, 0 are unknown."


def test_a_row_is_read_as_it_was_shown() -> None:
    row = of_way("hop", (ONE, TWO), FAIL, "denied", "become")
    assert Row.read(row.public()) == row
    with pytest.raises(KeyError):
        Row.read({**row.public(), "id": "hope"})
