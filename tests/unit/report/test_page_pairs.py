# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A pair's panel: what it is, one sentence for each server, what happened, and its scopes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_pairs import panels
from ansible_collections.windhcp.failover.plugins.plugin_utils._report.page_verdicts import Places
from example_fleet import scope
from fleets import CREATED
from read_page import Element, read

SINCE = "2026-11-25T08:00:00+00:00"


def half(host: str | None, **changes: Any) -> dict[str, Any]:
    shown = {
        "host": host,
        "server": (host or "partner").upper(),
        "collected": True,
        "state": "Normal",
        "state_since": SINCE,
    }
    return {**shown, "server_role": None, "load_balance_percent": 50, **changes}


def pair(**changes: Any) -> dict[str, Any]:
    shown = {
        "relationship": "HQ",
        "status": "ok",
        "in_sync": True,
        "healthy": True,
        "mode": "load_balance",
        "reserve_percent": None,
    }
    settings = {"max_client_lead_time": 3600, "state_switch_interval": 0, "enable_auth": True, "scopes": 1}
    return {
        **shown,
        **settings,
        "halves": [half("a"), half("b")],
        "verdicts": [],
        "events": [],
        "scope_list": [],
        **changes,
    }


def panel(*, verdicts: Any = (), servers: Any = (), **changes: Any) -> Element:
    return read(panels(Places.of({"pairs": [pair(**changes)], "verdicts": verdicts, "servers": servers}), CREATED))


def sentences(*halves: dict[str, Any], **changes: Any) -> list[str]:
    return [one.words for one in panel(halves=list(halves), **changes).one("ul", "halves").all("p")]


def test_each_server_has_its_sentence() -> None:
    assert sentences(half("a", load_balance_percent=70), half("b", state="PartnerDown", load_balance_percent=30)) == [
        "A is Normal since 2026-11-25 08:00:00 UTC (1 day); it answers 70 % of the clients.",
        "B is PartnerDown since 2026-11-25 08:00:00 UTC (1 day); it answers 30 % of the clients.",
    ]


def test_in_hot_standby_it_says_who_does_what() -> None:
    roles = [
        half("a", server_role="active", load_balance_percent=None),
        half("b", server_role="standby", load_balance_percent=None),
    ]
    said = sentences(*roles, mode="hot_standby", reserve_percent=5)
    assert [one.partition("; ")[2] for one in said] == [
        "it is the active server.",
        "it is the standby server and keeps 5 % of the addresses.",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"collected": False},
            "B was not read; as its partner sees it, it is Normal since 2026-11-25 08:00:00 UTC (1 day).",
        ),
        ({"collected": False, "state": None}, "B was not read; nobody saw its state."),
        ({"collected": None, "state": None}, "B was not read; nobody saw its state."),
        ({"collected": True, "present": False, "state": None}, "B was read, and does not have it."),
        ({"state": None, "load_balance_percent": None}, "B is in a state that is unknown."),
        ({"state_since": None, "load_balance_percent": None}, "B is Normal, since when is unknown."),
        ({"server": "dc7", "load_balance_percent": None}, "dc7 (b) is Normal since 2026-11-25 08:00:00 UTC (1 day)."),
    ],
)
def test_what_is_not_known_of_a_server_is_said(changes: dict[str, Any], says: str) -> None:
    assert sentences(half("a"), half("b", **changes))[1] == says


def test_a_server_leads_to_what_is_said_of_it_as_a_whole() -> None:
    of_server = {"id": "no_room", "severity": "warning", "sentence": "no room", "host": "b", "hosts": ["b"]}
    tree = panel(verdicts=[of_server], servers=[{"host": "a"}, {"host": "b"}])
    assert [(one.text, one.attributes["href"]) for one in tree.all("a")] == [("1 finding of the server itself", "#s1")]
    assert tree.one("details", "panel").attributes["data-s"] == "ok"


def test_the_line_that_is_seen_of_a_closed_panel() -> None:
    tree = panel(
        status="critical", in_sync=False, healthy=None, fullest={"scope_id": "10.0.1.0", "percent_in_use": 95.56}
    )
    assert (
        tree.all("summary")[0].words == "critical" + "HQA and B" + "in sync no" + "healthy unknown" + "fullest 95.56 %"
    )
    assert tree.one("b", "w96").text == "95.56 %"
    assert panel().one("b", "unknown").words == "unknown"


def test_the_settings() -> None:
    def settings(**changes: Any) -> dict[str, str]:
        return {one.one("dt").text: one.one("dd").text for one in panel(**changes).one("dl", "set").all("div")}

    assert settings(fullest={"scope_id": "10.0.1.0", "percent_in_use": 4}) == {
        "Mode": "load balance, 50 % / 50 %",
        "Maximum client lead time": "01:00:00",
        "State switchover interval": "off",
        "Messages authenticated": "yes",
        "Scopes": "1",
        "Fullest scope": "10.0.1.0, 4 %",
    }
    other = settings(mode="hot_standby", reserve_percent=5, state_switch_interval=90000, enable_auth=False)
    assert [other["Mode"], other["State switchover interval"], other["Messages authenticated"]] == [
        "hot standby, 5 % in reserve",
        "1.01:00:00",
        "no",
    ]
    keys = ("mode", "max_client_lead_time", "state_switch_interval", "enable_auth", "scopes")
    unknown = settings(halves=[], **dict.fromkeys(keys))
    assert set(unknown.values()) == {"unknown"}


def test_what_happened_is_told_without_saying_it_twice() -> None:
    events = [
        {
            "time": SINCE,
            "server": "A",
            "text": "state of A changed from Normal to PartnerDown",
            "from": "Normal",
            "to": "PartnerDown",
        },
        {
            "time": SINCE,
            "server": "B",
            "kind": "configuration",
            "from": None,
            "to": "5 %",
            "scope_id": "10.0.1.0",
            "by": "CORP\\olsen",
        },
        {"time": None},
    ]
    assert [one.words for one in panel(events=events).one("ol", "line").all("li")] == [
        "2026-11-25 08:00:00 UTC state of A changed from Normal to PartnerDown",
        "2026-11-25 08:00:00 UTC B configuration unknown → 5 % scope 10.0.1.0 by CORP\\olsen",
        "unknown",
    ]
    assert panel(events=None).all("ol", "line") == []
    assert "7 older events not shown" in panel(events=events, events_left_out=7).text


def rows(**changes: Any) -> list[list[str]]:
    return [
        [cell.words for cell in row.all("th") + row.all("td")] for row in panel(**changes).one("table", "sc").all("tr")
    ]


def test_the_scopes_and_how_full_each_is() -> None:
    scopes = [
        {"host": "a", **scope("10.0.1.0", "Clients", 25.0)},
        {"host": "a", **scope("10.0.2.0", "", None), "state": "inactive"},
    ]
    assert rows(scope_list=scopes) == [
        ["Scope", "Name", "Range", "State", "In use", "Free", "Free on A", "Free on B"],
        ["10.0.1.0/24", "Clients", "10.0.1.10 \u2013 10.0.1.249", "active", "25 %", "180", "90", "90"],
        ["10.0.2.0/24", "", "10.0.2.10 \u2013 10.0.2.249", "inactive", "unknown", "unknown", "unknown", "unknown"],
    ]
    tree = panel(scope_list=scopes)
    assert [one.attributes["class"] for one in tree.all("td") if one.attributes] == ["w25", "w"]
    assert tree.one("table", "sc").one("caption").text == "Scopes of HQ, and how full each is"
    assert {one.attributes["scope"] for one in tree.one("table", "sc").all("th")} == {"col", "row"}


def test_what_is_free_stands_below_the_server_that_has_it() -> None:
    shares = {"free_here": 1, "free_at_partner": 2}
    scopes = [{**scope("10.0.1.0", "x", 5), "host": host, **shares} for host in ("a", "b")]
    assert [row[-2:] for row in rows(scope_list=scopes)[1:]] == [["1", "2"], ["2", "1"]]


@pytest.mark.parametrize(
    ("share", "width"),
    [
        (0, "w0"),
        (99.6, "w100"),
        (250, "w100"),
        (-3, "w0"),
        (True, "w"),
        ("95", "w"),
        (float("nan"), "w"),
        (float("inf"), "w100"),
    ],
)
def test_a_bar_is_never_longer_than_its_room(share: Any, width: str) -> None:
    shown = panel(scope_list=[{"percent_in_use": share}]).one("table", "sc")
    assert [one.attributes["class"] for one in shown.all("td") if one.attributes] == [width]


def test_without_scopes_it_says_why() -> None:
    assert "they were not collected" in panel(scope_list=None).text
    assert "none" in panel(scope_list=[], scopes=0).one("p", "calm").text


def test_a_large_table_is_folded_and_a_small_fleet_is_open() -> None:
    tree = panel(scope_list=[scope(f"10.0.{number}.0", "x", 1) for number in range(13)])
    assert ["open" in one.attributes for one in tree.all("details")] == [True, False]
    many = [pair(relationship=str(number), status="critical" if number == 4 else "ok") for number in range(6)]
    shown = read(panels(Places.of({"pairs": many}), CREATED)).all("details", "panel")
    assert [(one.all("h3")[0].text, "open" in one.attributes) for one in shown] == [
        ("4", True),
        *((name, False) for name in "01235"),
    ]


def test_no_pair_at_all_is_said() -> None:
    assert "no failover relationship" in panels(Places.of({}), CREATED)
