# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The servers: who was not read and why, what they serve alone, with whom they are, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_servers import cards, server_tone
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_verdicts import Places
from read_page import Element, read


def server(host: str, **changes: Any) -> dict[str, Any]:
    shown = {"host": host, "name": host.upper(), "collected": True, "problem": None, "status": "ok"}
    return {**shown, "relationships": 1, "scopes": 2, "unprotected_scopes": [], **changes}


def shown(*servers: dict[str, Any], **more: Any) -> Element:
    return read(cards(Places.of({"servers": servers, **more})))


def test_one_that_there_is_nothing_to_say_of_is_a_line() -> None:
    tree = shown(server("a"))
    assert tree.one("div", "server").words == "okA1 relationship2 scopes"
    assert tree.all("details") == []


def test_the_worst_first() -> None:
    tree = shown(server("a"), server("b", status="warning"), server("c", status="critical"), server("d"))
    assert [one.text for one in tree.all("h3")] == ["C", "B", "A", "D"]
    assert [one.attributes["id"] for one in tree.walk() if "id" in one.attributes] == ["s2", "s1", "s0", "s3"]


def test_one_that_was_not_read_says_why() -> None:
    tree = shown(server("a", name=None, collected=False, problem="It does not answer.", relationships=0, scopes=None))
    assert (tree.one("h3").text, tree.one("p", "why").text) == ("a", "Not read: It does not answer.")
    assert tree.one("span", "sum").text == "not read"
    assert "open" in tree.one("details").attributes
    assert shown(server("a", collected=None)).one("p", "why").text == "Not read: unknown"


@pytest.mark.parametrize(
    ("status", "collected", "look"),
    [
        ("ok", True, "ok"),
        ("ok", False, "unknown"),
        ("ok", None, "unknown"),
        ("critical", False, "critical"),
        (None, True, "unknown"),
    ],
)
def test_one_that_was_not_read_is_never_good(status: Any, collected: Any, look: str) -> None:
    assert server_tone({"status": status, "collected": collected}) == look


def test_what_it_serves_alone() -> None:
    tree = shown(server("a", unprotected_scopes=["10.0.3.0", "10.0.4.0"]))
    assert tree.one("p", "alone").text == "In no relationship: 10.0.3.0, 10.0.4.0"
    assert "2 without a partner" in tree.one("summary").text


def test_with_whom_it_is() -> None:
    halves = [{"host": "a", "server": "A"}, {"host": "b", "server": "B"}]
    tree = shown(server("a"), pairs=[{"relationship": "HQ", "status": "critical", "halves": halves}])
    assert tree.one("p", "with").words == "In failover: critical: HQ A, B"
    assert tree.one("a").attributes["href"] == "#p0"


def test_what_is_said_of_two_servers_is_told_by_one_and_pointed_at_by_the_other() -> None:
    twice = {
        "id": "served_twice",
        "severity": "critical",
        "sentence": "both serve",
        "cure": "",
        "host": "a",
        "hosts": ["a", "b"],
    }
    tree = shown(server("a"), server("b"), verdicts=[twice])
    first, second = tree.all("details", "server")
    assert first.one("p", "say").words == "critical both serve"
    assert second.one("p", "see").words == "critical Served twice: see A"
    assert second.attributes["data-s"] == "critical"


def test_what_a_pair_tells_is_pointed_at_by_a_server_that_is_not_in_it() -> None:
    """DHCP03 serves a scope of a relationship that it is not in; the servers of that are led to it anyway."""
    halves = [{"host": "a", "server": "A"}, {"host": "b", "server": "B"}]
    pair = {"relationship": "HQ", "status": "critical", "halves": halves, "verdicts": [0]}
    twice = {"id": "served_twice", "severity": "critical", "sentence": "x", "host": "a", "hosts": ["a", "c"]}
    tree = shown(server("a"), server("c"), pairs=[pair], verdicts=[twice])
    assert [one.words for one in tree.all("p", "see")] == ["critical Served twice: see HQ A, B"]


def test_another_name_than_the_hosts_is_shown() -> None:
    assert shown(server("10.0.0.1", name="DC7")).one("span", "who").text == "10.0.0.1"
    assert shown(server("dc7")).all("span", "who") == []


def test_nobody_was_asked() -> None:
    assert shown().words == "No server was asked."
