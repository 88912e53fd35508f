# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page tells the whole report, is sound HTML whatever the report holds, and loads and runs nothing but its own."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import pairwise
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.texts import CONTROLS, in_sight
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page import page
from example_fleet import company, large
from faults import FAULTS, healthy
from fleets import CREATED, plain, reported, seen
from hostile import NAMES, hostile, named, nothing
from read_page import Element, read


@cache
def example() -> Mapping[str, Any]:
    return company().report()


def faulty(kind: str) -> Mapping[str, Any]:
    servers = healthy()
    FAULTS[kind].plant(servers)
    return reported(servers)


def unreadable() -> Mapping[str, Any]:
    both = seen(healthy())
    return plain(report([both[0], Seen("dhcp02", problem="It does not answer.")], CREATED))


REPORTS: dict[str, Callable[[], Mapping[str, Any]]] = {
    "an example": example,
    "a healthy pair": lambda: reported(healthy()),
    "a server that was not read": unreadable,
    "a partner that the inventory lacks": lambda: reported(healthy(), ("dhcp01",)),
    "nobody": lambda: plain(report([], CREATED)),
    "nothing at all": dict,
    "nothing is known": lambda: nothing(example()),
    "empty lists": lambda: {"servers": [], "pairs": [], "verdicts": [], "counts": {}, "off": []},
    "empty entries": lambda: {"servers": [{}], "pairs": [{}, {"halves": [{}, {}]}], "verdicts": [{}]},
    "100 pairs": lambda: large(100, 2).report(),
}


def hostile_example(kind: str) -> Mapping[str, Any]:
    return hostile(example(), kind)


REPORTS |= {f"hostile: {kind}": partial(hostile_example, kind) for kind in NAMES}


def sound(tree: Element) -> None:
    """What holds of every page."""
    ids = [one.attributes["id"] for one in tree.walk() if "id" in one.attributes]
    assert [id_ for id_, times in Counter(ids).items() if times > 1] == []
    links = [one.attributes["href"] for one in tree.walk() if "href" in one.attributes]
    assert [link for link in links if link[0] != "#" or link[1:] not in ids] == []
    named = [
        one.attributes[key].split()
        for one in tree.walk()
        for key in ("aria-labelledby", "for")
        if key in one.attributes
    ]
    assert [id_ for several in named for id_ in several if id_ not in ids] == []
    headings = [int(one.tag[1]) for one in tree.walk() if re.fullmatch("h[1-6]", one.tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    attributes = {key for one in tree.walk() for key in one.attributes}
    assert {key for key in attributes if key.startswith("on") or key in ("style", "src", "srcset", "action")} == set()
    assert {one.tag for one in tree.walk()} & {
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "link",
        "base",
        "b>",
    } == set()
    assert [len(tree.all(tag)) for tag in ("script", "style", "main", "header", "footer")] == [1] * 5


@pytest.mark.parametrize("kind", REPORTS)
def test_a_page_is_sound(kind: str) -> None:
    shown = page(REPORTS[kind]())
    sound(read(shown))
    assert not re.search(r"\{[{%#]", shown), "nothing in it is a template"
    assert not re.search(f"[\x00-\x08\x0b-\x1f{CONTROLS}]", shown)
    shown.encode()


@pytest.mark.parametrize("kind", REPORTS)
def test_the_policy_lets_in_what_this_page_wrote_and_nothing_else(kind: str) -> None:
    tree = read(page(REPORTS[kind]()))
    policy = tree.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    assert (rules.pop("base-uri"), rules.pop("form-action")) == ("'none'", "'none'")
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(tree.one(tag).text.encode()).digest()).decode()
        assert rules.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert rules == {}


@pytest.mark.parametrize("kind", NAMES)
def test_a_hostile_name_changes_no_mark_of_the_page(kind: str) -> None:
    def marks(tree: Element) -> list[tuple[str, list[str], str]]:
        return [(one.tag, sorted(one.attributes), one.attributes.get("class", "")) for one in tree.walk()]

    harmless = named(example(), "x" * 20)
    with_it, without = read(page(hostile_example(kind))), read(page(harmless))
    lines = ("small",)  # long names are smaller, and the words of a state may take two lines
    of_picture = {"svg", "text"}
    assert [one for one in marks(with_it) if one[0] not in of_picture and one[2] not in lines] == [
        one for one in marks(without) if one[0] not in of_picture and one[2] not in lines
    ]
    assert [with_it.one(tag).text for tag in ("script", "style")] == [
        without.one(tag).text for tag in ("script", "style")
    ]
    assert in_sight(NAMES[kind]) in with_it.one("main").text


@pytest.mark.parametrize("kind", FAULTS)
def test_each_verdict_is_told_once_in_what_to_do_and_once_in_its_panel(kind: str) -> None:
    told(faulty(kind))


@pytest.mark.parametrize(
    "kind", ["an example", "a server that was not read", "100 pairs", "a partner that the inventory lacks"]
)
def test_each_verdict_of_a_fleet_is_told_once_in_what_to_do_and_once_in_its_panel(kind: str) -> None:
    told(REPORTS[kind]())


def told(shown: Mapping[str, Any]) -> None:
    tree = read(page(shown))
    todo, panels = tree.all("ol", "todo"), tree.all(name="facts")
    sentences = Counter(verdict["sentence"] for verdict in shown["verdicts"])
    cures = Counter(verdict["cure"] for verdict in shown["verdicts"])
    assert Counter(one.text for part in todo for one in part.all("p", "say")) == sentences
    severity = Counter(f"{verdict['severity']} {verdict['sentence']}" for verdict in shown["verdicts"])
    assert Counter(one.text for part in panels for one in part.all("p", "say")) == severity
    assert Counter(one.text.removeprefix("What to do: ") for part in panels for one in part.all("p", "cure")) == cures
    groups = {(verdict["id"], verdict["cure"]) for verdict in shown["verdicts"]}
    first = Counter(one.text.removeprefix("What to do: ") for part in todo for one in part.all("p", "cure"))
    assert first == Counter(cure for _id, cure in groups)
    for number, verdict in enumerate(shown["verdicts"]):
        link = todo[0].all(name="say")
        where = next(one for one in todo[0].all("li", data_f="v") if one.one("p", "say").text == verdict["sentence"])
        assert link
        target = tree.one(id=where.all("a")[0].attributes["href"][1:])
        assert any(verdict["sentence"] in one.text for one in target.all("p", "say")), number


def test_what_is_critical_comes_first() -> None:
    todo = read(page(example())).one("ol", "todo")
    order = [one.text for one in todo.all("span", "badge")]
    assert order == sorted(order, key=["critical", "warning", "unknown", "info"].index)
    assert order[0] == "critical"


def test_the_fleet_at_a_glance() -> None:
    tree = read(page(example()))
    assert tree.one("h1").text == "3 critical findings, 4 warnings"
    assert tree.one("head").one("title").text == "3 critical findings, 4 warnings - DHCP failover"
    assert tree.one("div", "answer").all("p")[0].text == "Made 2026-11-26 08:00:00 UTC, 18 of 19 servers read"
    numbers = [one.words for one in tree.one("dl", "nums").all("div")]
    assert numbers == ["Servers19", "Relationships14", "Scopes62", "Critical 3", "Warning 4", "Unknown 2", "Info 2"]
    assert tree.one("p", "notice").words == "1 server was not read; what only it knows is unknown: lab-dhcp02"


@pytest.mark.parametrize(
    ("shown", "headline"),
    [
        ({"status": "critical", "counts": {"critical": 1, "warning": 0}}, "1 critical finding"),
        ({"status": "critical", "counts": {"critical": 2, "warning": 1}}, "2 critical findings, 1 warning"),
        ({"status": "warning", "counts": {"warning": 1}}, "1 warning, nothing critical"),
        (
            {"status": "unknown", "counts": {"servers": 2, "collected": 1}},
            "Nothing is known to be wrong, but not all is known",
        ),
        ({"status": "unknown", "counts": {"servers": 2, "collected": 0}}, "No server could be read"),
        ({"status": None}, "Nothing is known to be wrong, but not all is known"),
        ({"status": "excellent"}, "Nothing is known to be wrong, but not all is known"),
        ({"status": "critical"}, "unknown critical findings"),
        ({"status": "ok", "counts": {"servers": 2}}, "All is well"),
        ({"status": "ok", "counts": {"servers": 0}}, "No server was asked"),
    ],
)
def test_the_headline_is_the_answer(shown: Mapping[str, Any], headline: str) -> None:
    assert read(page(shown)).one("h1").text == headline


def test_what_is_not_known_is_nowhere_shown_as_good() -> None:
    tree = read(page(nothing(example())))
    body = tree.one("main")
    assert [one for one in body.all(name="ok") if one.tag != "use" and one.tag != "path"] == []
    assert [one.tag for star in body.all("svg", "star") for one in star.all(name="ok")] == []
    panel = read(page({"pairs": [{"relationship": "HQ"}]})).one("details", "panel")
    assert panel.all("span", "badge")[0].text == "unknown"


def test_kinds_that_are_switched_off_are_named() -> None:
    shown = plain(report(seen(healthy()), CREATED, ["audit_log_off"]))
    assert (
        "Not looked for, and so not in this report: audit log off, reserve short."
        in read(page(shown)).one("footer").text
    )


def test_the_controls_are_there_for_the_script_alone() -> None:
    tree = read(page(example()))
    hidden = [one.attributes["id"] for one in tree.walk() if "hidden" in one.attributes]
    assert hidden == ["theme", "controls", "none"]
    controls = tree.one(id="controls")
    assert [
        one
        for one in tree.all("input") + tree.all("button")
        if one not in controls.all() and one.attributes["id"] != "theme"
    ] == []
    assert controls.one("output").attributes["aria-live"] == "polite"
    assert tree.all("a")[0].attributes == {"class": "skip", "href": "#todo"}


def test_the_same_report_gives_the_same_bytes() -> None:
    assert page(example()) == page(plain(example()))


def test_a_fleet_of_a_hundred_pairs_is_small_and_quick_and_grows_evenly() -> None:
    sizes, seconds = [], []
    for pairs in (25, 100):
        shown = large(pairs, 100).report()
        start = time.process_time()
        sizes.append(len(page(shown).encode()))
        seconds.append(time.process_time() - start)
    assert sizes[1] < 4_000_000
    assert sizes[1] < sizes[0] * 4
    assert seconds[1] < max(seconds[0], 0.05) * 10
    assert seconds[1] < 5
