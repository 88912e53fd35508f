# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The picture has each relationship once, with its shape and its words, in rows that cannot cover each other."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_verdicts import Places
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.pair_picture import (
    ROW,
    edges,
    picture,
    shortened,
    stars,
)
from example_fleet import company
from read_page import Element, read


def pair(one: str | None, other: str | None, name: str = "", status: str = "ok", **of_second: Any) -> dict[str, Any]:
    halves = [{"host": host, "server": host or "x", "collected": True, "state": "Normal"} for host in (one, other)]
    halves[1].update(of_second)
    return {
        "relationship": name or f"{one}-{other}",
        "status": status,
        "in_sync": True,
        "healthy": True,
        "halves": halves,
    }


def drawn(*pairs: dict[str, Any], servers: Any = ()) -> Element:
    return read(picture(Places.of({"pairs": pairs, "servers": servers})))


def layout(*pairs: dict[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    return [
        (star.hub[2:], [key[2:] for key, _edges in star.spokes], sorted(key[2:] for key in star.again))
        for star in stars(edges(pairs))
    ]


def test_a_pair_is_two_boxes_and_a_line() -> None:
    star = drawn(pair("a", "b", "HQ", "critical")).one("svg", "star")
    assert [one.text for one in star.all("text")] == ["HQ", "critical", "b", "Normal", "a", "Normal"]
    assert (
        len(star.all("path", "e")) == len(star.all("path", "critical")) == len(star.all("use", href="#i-critical")) == 1
    )
    assert star.all("a")[0].attributes["href"] == "#p0"


def test_a_hub_has_its_spokes_below_each_other() -> None:
    pairs = [pair(f"spoke{number}", "hub") for number in range(10)]
    assert layout(*pairs) == [("hub", [f"spoke{number}" for number in range(10)], [])]
    star = drawn(*pairs).one("svg", "star")
    tops = sorted(float(one.attributes["y"]) for one in star.all("rect") if one.attributes["x"] != "1")
    assert [after - before for before, after in pairwise(tops)] == [ROW] * 9
    assert "10 relationships" in star.text


def test_relationships_of_the_same_two_servers_have_rows_of_their_own() -> None:
    star = drawn(pair("a", "b", "one"), pair("b", "a", "two")).one("svg", "star")
    assert [one.text for one in star.all("text", "rel")] == ["one", "two"]
    assert [one.attributes["height"] for one in star.all("rect")] == ["106", "106"]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ("ab bc ca", [("a", ["b", "c"], []), ("b", ["c"], ["b", "c"])]),
        ("ab bc cd de", [("b", ["a", "c"], []), ("d", ["c", "e"], ["c"])]),
        ("ab cd ce", [("c", ["d", "e"], []), ("a", ["b"], [])]),
        (
            "ab ac ad bc bd cd",
            [("a", ["b", "c", "d"], []), ("b", ["c", "d"], ["b", "c", "d"]), ("c", ["d"], ["c", "d"])],
        ),
    ],
)
def test_rings_chains_and_meshes_are_stars_that_repeat_a_server(pairs: str, expected: Any) -> None:
    made = [pair(*ends) for ends in pairs.split()]
    assert layout(*made) == expected
    told = [edge.index for star in stars(edges(made)) for _key, several in star.spokes for edge in several]
    assert sorted(told) == list(range(len(made)))


def test_the_worst_is_first_and_many_are_folded() -> None:
    pairs = [pair(f"a{number}", f"b{number}", status="critical" if number == 40 else "ok") for number in range(50)]
    tree = drawn(*pairs)
    assert tree.all("svg", "star")[0].all("text", "rel")[0].text == "a40-b40"
    assert tree.all("details")[0].one("summary").text == "26 more"
    assert (len(tree.all("svg", "star")), len(tree.all("details")[0].all("svg", "star"))) == (50, 26)


def test_one_that_was_not_read_looks_different_and_says_so() -> None:
    box = drawn(pair("a", "b", state="PartnerDown", collected=False)).one("g", "dark")
    assert [one.text for one in box.all("text")] == ["b", "not read", "seen as PartnerDown"]


def test_one_that_was_read_and_has_no_half_says_so() -> None:
    box = drawn(pair("a", "b", state=None, present=False)).all("g", "box")[0]
    assert [one.text for one in box.all("text")] == ["b", "missing"]


def test_a_long_state_takes_two_lines() -> None:
    box = drawn(pair("a", "b", state="CommunicationInterrupted")).all("g", "box")[0]
    assert [one.text for one in box.all("text")] == ["b", "Communication", "Interrupted"]


def test_it_has_a_title_a_description_and_the_same_in_words() -> None:
    tree = drawn(pair("a", "b", "HQ", "warning", state="PartnerDown"))
    star = tree.one("svg", "star")
    assert star.attributes["role"] == "img"
    told = [star.one(id=id_).text for id_ in star.attributes["aria-labelledby"].split()]
    assert told == ["a and b", "HQ with b: warning, Normal / PartnerDown"]
    assert tree.one("details").one("li").text == "HQ: warning; a is Normal and b is PartnerDown"
    assert {one.attributes["tabindex"] for one in star.all("a")} == {"-1"}  # the words have the links for the keyboard


def test_an_unknown_partner_without_a_host_is_known_by_its_name() -> None:
    assert layout(pair("a", None), pair("b", None)) == [("x", ["a", "b"], [])]


@pytest.mark.parametrize("halves", [[], [{}], [{}, {}], [{"host": "a"}, {"host": "a"}], None])
def test_what_cannot_be_drawn_is_told_in_words(halves: Any) -> None:
    tree = drawn({"relationship": "HQ", "halves": halves})
    assert tree.all("svg") == []
    assert tree.one("li").text.startswith("HQ: unknown;")


def test_who_is_in_no_relationship_is_told() -> None:
    tree = drawn(pair("a", "b"), servers=[{"host": "a"}, {"host": "c", "name": "C"}])
    assert tree.all("p", "calm")[0].text == "In no relationship that was read: C"


def test_the_same_report_gives_the_same_picture() -> None:
    shown = company().report()
    assert picture(Places.of(shown)) == picture(Places.of(shown))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("short", "short"),
        ("exactly ten", "exactly t\u2026"),
        ("UPPER CASE", "UPPER C\u2026"),
        ("本本本本本本", "本本本本本\u2026"),
        ("e" + "\u0301" * 125, "e" + "\u0301" * 125),
        ("W" * 126, "W" * 7 + "\u2026"),
    ],
)
def test_a_name_that_is_too_wide_is_cut(value: str, shown: str) -> None:
    assert shortened(value, 10) == shown


def test_a_thousand_relationships_are_laid_out_at_once() -> None:
    start = time.process_time()
    hub = [pair(f"s{number}", "hub") for number in range(500)]
    picture(Places.of({"pairs": [*hub, *(pair(f"a{number}", f"b{number}") for number in range(500))]}))
    assert time.process_time() - start < 3
