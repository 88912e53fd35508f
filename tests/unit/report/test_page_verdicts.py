# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What to do first: the worst first, those of one kind and cure together, each with the way to its panel."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_verdicts import (
    Places,
    findings,
    severities,
    todo,
)
from read_page import Element, read


def verdict(id_: str = "scope_full", severity: str = "critical", **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "severity": severity,
        "sentence": f"{id_} here",
        "cure": "widen it",
        "host": "a",
        "hosts": ["a", "b"],
        **more,
    }


def pair(name: str, *verdicts: int) -> dict[str, Any]:
    return {
        "relationship": name,
        "halves": [{"host": "a", "server": "A"}, {"host": "b", "server": "B"}],
        "verdicts": verdicts,
    }


SERVERS = [{"host": "a", "name": "A"}, {"host": "b", "name": None}]


def first(verdicts: list[dict[str, Any]], *pairs: dict[str, Any], status: str = "critical") -> Element:
    return read(todo(Places.of({"verdicts": verdicts, "pairs": pairs, "servers": SERVERS}), status))


def test_the_worst_first_else_in_the_order_of_the_report() -> None:
    tree = first([verdict("b", "info"), verdict("c", "unknown"), verdict("d", "warning"), verdict("e"), verdict("a")])
    assert [one.text for one in tree.all("h3")] == ["E", "A", "D", "C", "B"]


def test_those_of_one_kind_with_one_cure_are_together() -> None:
    tree = first([verdict(sentence="one"), verdict(sentence="two"), verdict(sentence="three", cure="another")])
    assert [[say.text for say in one.all("p", "say")] for one in tree.all("li", "do")] == [["one", "two"], ["three"]]
    assert [one.text for one in tree.all("p", "cure")] == ["What to do: widen it", "What to do: another"]
    assert tree.all("h3")[0].words == "Scope full 2"


def test_many_of_one_kind_are_folded_and_there() -> None:
    tree = first([verdict(sentence=f"number {number}") for number in range(10)])
    assert tree.one("details").one("summary").text == "4 more"
    assert len(tree.all("p", "say")) == 10


def test_a_verdict_leads_to_its_pair_or_to_each_of_its_servers() -> None:
    tree = first([verdict(sentence="of a pair"), verdict(sentence="of servers")], pair("HQ", 0))
    assert [[link.attributes["href"] for link in one.all("a")] for one in tree.all(data_f="v")] == [
        ["#p0"],
        ["#s0", "#s1"],
    ]
    assert tree.all("p", "where")[0].text == "HQ A, B"


def test_what_leads_nowhere_is_told_all_the_same() -> None:
    tree = first([verdict(host="x", hosts=["y"]), {}], pair("HQ", 7, -1))
    assert len(tree.all("p", "say")) == 2
    assert tree.all("a") == []


@pytest.mark.parametrize(
    ("status", "says"), [("ok", "Nothing: no server"), ("unknown", "not everything"), (None, "not everything")]
)
def test_nothing_found_is_not_nothing_known(status: Any, says: str) -> None:
    assert says in first([], status=status).text


def test_a_finding_has_its_evidence_and_its_scopes() -> None:
    tree = read(findings([verdict(scopes=["10.0.1.0"], evidence={"free": 0}), verdict(evidence={}, cure="")], 4))
    assert [one.words for one in tree.all("li")] == [
        "critical scope_full hereWhat to do: widen itWhat this rests onScopes10.0.1.0Free0",
        "critical scope_full here",
    ]
    assert findings([], 4) == ""


def test_what_is_about_a_server_is_told_by_one_and_pointed_at_by_the_other() -> None:
    places = Places.of({"verdicts": [verdict(), verdict("no_room", hosts=["a"])], "servers": SERVERS})
    assert [one["id"] for one in places.own_of_server("a")] == ["scope_full", "no_room"]
    assert ([one["id"] for one, _link in places.beside_of_server("b")], places.own_of_server("b")) == (
        ["scope_full"],
        [],
    )


def test_a_filter_finds_a_panel_by_all_it_tells() -> None:
    assert severities([verdict(), verdict("x", "info")], "ok") == "critical info ok"
    assert severities([verdict("x", "other")]) == "unknown"
