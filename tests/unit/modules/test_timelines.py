# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""dhcp_failover_info, gather: events and safety_copies: since when, by both servers' logs, and what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from lab.core.open_questions import Switches, every_single_change
from lab.core.world import World
from pairs import ONE, THREE, TWO, Pair, pair

INFO, PARTNER = "dhcp_failover_info", "dhcp02.contoso.example"
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
SWITCHES = [(name, answer) for name, answer, _all in every_single_change() if name.startswith("event_")]


def dated(*scopes: Any, **switches: Any) -> Pair:
    """Made at noon of a clock that goes when it is told to."""
    servers = Pair()
    servers.lab.switches = Switches(**switches)
    servers.lab.clock = NOON
    task = {"name": "HQ", "partner_server": PARTNER, "scopes": [str(scope) for scope in scopes or (ONE,)]}
    servers.ok("dhcp_failover_relationship", **task)
    return servers


def info(servers: Pair, **options: Any) -> dict[str, Any]:
    with servers.unchanged():
        return servers.ok(INFO, **{"gather": ["events"], **options})


def entry(servers: Pair, **options: Any) -> dict[str, Any]:
    (found,) = info(servers, **options)["relationships"]
    return dict(found)


def shown(found: dict[str, Any], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(event[key] for key in keys) for event in found["events"]]


@ROUTES
def test_what_both_servers_logged_of_a_pair_that_lost_contact(route: dict[str, str]) -> None:
    servers = dated()
    servers.lab.clock = NOON + timedelta(days=1)
    servers.lab.cut_link("DHCP01", "DHCP02", "failover")
    servers.lab.meet()
    servers.lab.clock += timedelta(hours=2)
    found = entry(servers, **route)
    assert (found["state"], found["events_problem"]) == ("CommunicationInterrupted", None)
    assert (found["state_since"], found["partner_state_since"]) == ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z")
    partner = PARTNER if not route else "DHCP02"
    assert shown(found, "time", "server", "about", "from", "to")[-2:] == [
        ("2026-03-02T12:00:00Z", "DHCP01", "DHCP01", "Normal", "CommunicationInterrupted"),
        ("2026-03-02T12:00:00Z", partner, partner, "Normal", "CommunicationInterrupted"),
    ]
    made = [event for event in found["events"] if event["id"] == 20240]
    assert [(event["server"], event["to"], event["by"]) for event in made] == [
        ("DHCP01", "load_balance", "admin"),
        (partner, "load_balance", "admin"),
    ]


@pytest.mark.parametrize(("switch", "answer"), SWITCHES)
@ROUTES
def test_whatever_an_event_calls_a_state_and_a_server(route: dict[str, str], switch: str, answer: str) -> None:
    servers = dated(**{switch: answer})
    found = entry(servers, **route)
    assert (found["state_since"], found["partner_state_since"]) == ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")
    assert {event["to"] for event in found["events"] if event["kind"] == "state"} == {"Startup", "Normal"}


def test_changes_of_the_configuration_with_who_made_them() -> None:
    servers = dated(ONE)
    servers.ok("dhcp_failover_scope", relationship="HQ", scopes=[str(TWO)])
    servers.lab.clock = NOON + timedelta(days=1)
    servers.ok("dhcp_failover_relationship", name="HQ", partner_server=PARTNER, max_client_lead_time=7200)
    servers.ok("dhcp_failover_scope", **servers.remove(TWO, keep_scopes_on="this_server", other_copy="delete"))
    found = entry(servers)
    keys = ("id", "from", "to", "scope_id", "by")
    here = [told for told in shown(found, "server", "kind", *keys) if told[:2] == ("DHCP01", "configuration")]
    assert [told[2:] for told in here] == [
        (20240, None, "load_balance", None, "admin"),
        (20243, None, None, "10.0.2.0", "admin"),
        (20245, "3600", "7200", None, "admin"),
        (20244, None, None, "10.0.2.0", "admin"),
    ]


@pytest.mark.parametrize(
    ("gather", "route", "calls"),
    [
        (["events"], {}, 2),
        (["drift"], {}, 2),
        (["drift", "events"], {}, 2),
        (["drift", "health", "events", "safety_copies"], {}, 2),
        (["events"], {"partner_host": "dhcp02"}, 2),
        (["drift", "events"], {"partner_host": "dhcp02"}, 3),
        (["safety_copies"], {}, 1),
        (["health", "safety_copies"], {}, 1),
    ],
)
def test_no_remote_command_of_its_own(gather: list[str], route: dict[str, str], calls: int) -> None:
    servers = dated()
    without = [one for one in gather if one not in ("events", "safety_copies")]
    before = info(servers, gather=without, **route)["remote_calls"]
    result = info(servers, gather=gather, **route)
    assert result["remote_calls"] == calls
    if "drift" in gather:
        assert before == calls


def test_a_server_without_failover_is_asked_once() -> None:
    assert info(Pair())["remote_calls"] == 1


def test_only_what_was_asked_for() -> None:
    (found,) = info(dated(), gather=[])["relationships"]
    assert "events" not in found
    (found,) = info(dated())["relationships"]
    assert "drift" not in found


@pytest.mark.parametrize("problem", ["closed", "denied", "absent"])
def test_a_log_of_the_partner_that_cannot_be_read(problem: str) -> None:
    servers = dated()
    servers.server("DHCP02").event_log = problem
    found = entry(servers)
    assert {event["server"] for event in found["events"]} == {"DHCP01"}
    assert found["events_problem"].startswith(f"{PARTNER}: the event log cannot be read (")
    assert found["state_since"] == "2026-03-01T12:00:00Z"
    assert found["partner_state_since"] == "2026-03-01T12:00:00Z", "the partner told this server"
    assert entry(servers, partner_host="dhcp02")["events_problem"] is None or problem != "closed"


def test_a_log_of_this_server_that_cannot_be_read() -> None:
    servers = dated()
    for name in ("DHCP01", "DHCP02"):
        servers.server(name).event_log = "denied"
    found = entry(servers)
    assert (found["events"], found["state_since"], found["partner_state_since"]) == (None, None, None)
    assert found["events_problem"].count("Event Log Readers") == 2


@ROUTES
def test_a_partner_that_cannot_be_read(route: dict[str, str]) -> None:
    servers = dated()
    servers.server("DHCP02").reachable = False
    found = entry(servers, **route)
    assert found["events"]
    assert found["events_problem"]
    assert found["partner_state_since"] is None
    assert found["state_since"]


def test_what_is_older_than_the_window_is_not_known() -> None:
    servers = dated()
    servers.lab.clock = NOON + timedelta(days=31)
    found = entry(servers)
    assert (found["events"], found["state_since"], found["events_problem"]) == ([], None, None)


def test_events_that_do_not_fit_and_hostile_values_are_told_in_sight() -> None:
    servers = dated()
    lab: World = servers.lab
    lab.clock = NOON + timedelta(days=1)
    lab.logs.add(lab, servers.server("DHCP01"), 20245, ("HQ", "\x1b[2J"))
    lab.logs.add(lab, servers.server("DHCP01"), 20243, ("\x1b[2J\u202e10.0.9.0", "HQ", "\x07"))
    odd, added = entry(servers)["events"][-2:]
    assert odd["text"] == "event 20245, which cannot be read; its values: HQ, \\x1b[2J"
    assert (odd["kind"], odd["id"], odd["server"], odd["about"]) == ("configuration", 20245, "DHCP01", None)
    assert added["text"] == "scope \\x1b[2J\\u202e10.0.9.0 added"


def test_the_safety_copies_of_this_server_the_newest_first() -> None:
    servers = dated(ONE, TWO)
    nothing = info(servers, gather=["safety_copies"])
    assert (nothing["safety_copies"], nothing["safety_copies_problem"]) == ([], None)
    assert "events" not in nothing["relationships"][0]
    for day, scope in enumerate((ONE, TWO)):
        servers.lab.clock = NOON + timedelta(days=day)
        leave = servers.remove(scope, keep_scopes_on="partner", other_copy="delete")
        servers.ok("dhcp_failover_scope", **leave)
    result = info(servers, gather=["safety_copies"])
    copies = [(copy["time"], copy["label"], copy["relationship"]) for copy in result["safety_copies"]]
    assert copies == [("2026-03-02T12:00:00Z", "HQ", "HQ"), ("2026-03-01T12:00:00Z", "HQ", "HQ")]
    assert all(copy["size"] > 0 for copy in result["safety_copies"])
    newest = result["safety_copies"][0]["path"]
    assert newest.startswith("C:\\ProgramData\\windhcp.failover\\safety-copies\\DHCP01-HQ-20260302T120000Z-")
    shown_again = servers.ok("dhcp_failover_restore", path=newest, scopes=[str(TWO)], check_mode=True)
    assert shown_again["changed"]


def test_a_folder_that_somebody_planted_and_a_file_that_is_a_link() -> None:
    servers = dated(ONE, TWO)
    servers.ok("dhcp_failover_scope", **servers.remove(TWO, keep_scopes_on="partner", other_copy="delete"))
    folder = "C:\\ProgramData\\windhcp.failover\\safety-copies"
    files = servers.wire.files["DHCP01"]
    files.make_link(f"{folder}\\DHCP01-HQ-20260101T000000Z-00000000.xml")
    result = info(servers, gather=["safety_copies"])
    assert len(result["safety_copies"]) == 1
    assert result["safety_copies_problem"].endswith("00000000.xml is a link.")
    files.set_access(folder, "O:BUG:BUD:(A;OICI;FA;;;BU)")
    result = info(servers, gather=["safety_copies"])
    assert result["safety_copies"] is None
    assert "does not belong to administrators" in result["safety_copies_problem"]


def test_events_of_two_relationships_do_not_mix() -> None:
    servers = pair(ONE)
    other = {"name": "Lab", "partner_server": "dhcp03.contoso.example", "scopes": [str(THREE)]}
    servers.ok("dhcp_failover_relationship", **other)
    found = {each["name"]: each for each in info(servers)["relationships"]}
    assert {event["scope_id"] for event in found["Lab"]["events"]} == {None}
    about = {event["about"] for event in found["Lab"]["events"] if event["kind"] == "state"}
    assert about == {"DHCP01", "dhcp03.contoso.example"}
    assert info(servers, name="Lab")["relationships"] == [found["Lab"]]
