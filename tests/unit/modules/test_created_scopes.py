# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""create_scopes with router, options, exclusions, reservations: whole before it serves, also after broken runs, and a
warning where the scope is there and otherwise."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest
from lab.core.api import Session
from lab.core.open_questions import every_single_change
from lab.core.server import AddressRange, DhcpClass, OptionDefinition, OptionKey, Reservation
from nothing_lost.broken_runs import _settle
from nothing_lost.shown import DEFINED, INSIDE_IT, NINE, half_made, lacks
from nothing_lost.watched import Killed, Watch, WatchedLab, held
from pairs import ONE, SCOPE, Pair, pair, steps

PARTNER = "dhcp02.contoso.example"
TASK: dict[str, Any] = {"relationship": "HQ", "create_scopes": [DEFINED], "wait_timeout": 1}
MADE = (
    "create scope 10.0.9.0 'Visitors' on DHCP01 (mask 255.255.255.0, 10.0.9.10 to 10.0.9.90, router, DNS servers, DNS "
    "domain, 1 option, 1 exclusion, 1 reservation, delay 500 ms)"
)
ROUTES = pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
PLAIN = ("scope_id", "name", "subnet_mask", "start_range", "end_range")
PRINTER = IPv4Address("10.0.9.15")


def task(**changes: Any) -> dict[str, Any]:
    """The task, with some options of the definition changed."""
    return {**TASK, "create_scopes": [{**DEFINED, **changes}]}


def whole(servers: Pair) -> None:
    """Both servers serve the scope with all that is in it, and nobody has it half made."""
    for name in ("DHCP01", "DHCP02"):
        assert lacks(servers.lab, name) == []
        assert servers.server(name).scopes[NINE].state == "Active"
        assert servers.server(name).relationship_of(NINE) is not None


@ROUTES
def test_a_scope_comes_into_failover_whole(route: dict[str, str]) -> None:
    servers = pair(ONE)
    result = servers.reached(SCOPE, **TASK, **route)
    assert steps(result)[:2] == [MADE, f"add to relationship 'HQ', copying to {PARTNER}: 10.0.9.0"]
    assert result["definition_differences"] == []
    assert "warnings" not in result
    whole(servers)


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name, answer, _switches in every_single_change()])
def test_under_every_answer_to_an_open_question(name: str, answer: Any) -> None:
    servers = pair(ONE, **{name: answer})
    node = {"id": 46, "value": ["0x08"]}  # a number, and one of a user class
    clock = {"id": 2, "value": ["3600"], "user_class": "Default BOOTP Class"}
    options = task(options=[node, clock])
    assert servers.ok(SCOPE, **options)["definition_differences"] == []
    assert all(servers.server(name).scopes[NINE].state == "Active" for name in ("DHCP01", "DHCP02"))
    again = servers.ok(SCOPE, **options)
    assert (again["changed"], again["definition_differences"]) == (False, [])


def test_what_is_in_it_costs_no_command_more() -> None:
    plain = {name: value for name, value in DEFINED.items() if name not in INSIDE_IT}
    for name in ("router", "dns_servers", "dns_domain"):
        plain.pop(name)
    bare, full = pair(ONE), pair(ONE)
    for _run in ("made", "there"):
        calls = [
            servers.ok(SCOPE, **{**TASK, "create_scopes": [definition]})["remote_calls"]
            for servers, definition in ((bare, plain), (full, DEFINED))
        ]
        assert calls[0] == calls[1]
    assert calls == [1, 1]


def test_the_diff_shows_what_it_will_have() -> None:
    (shown,) = pair(ONE).run(SCOPE, check_mode=True, **TASK)["diff"]["after"]["create_scopes"]
    client = [{"ip": "10.0.9.15", "client_id": "00-15-5d-0a-14-01", "name": "printer"}]
    assert shown == {**DEFINED, "router": ["10.0.9.1"], "state": "active", "reservations": client}


def test_all_that_is_wrong_with_a_definition_is_told_before_anything_is_read() -> None:
    servers = pair(ONE)
    told = servers.refused(
        SCOPE, **task(router=["10.0.8.1"], delay=2000, exclusions=[{"start_range": "a", "end_range": "b"}])
    )
    for message in ("router: 10.0.8.1", "delay: is 2000", "exclusions: start_range: 'a'", "exclusions: end_range: 'b'"):
        assert f"create_scopes: 10.0.9.0: {message}" in told
    assert servers.wire.calls == 0


# --- what is there already -------------------------------------------------------------------------------------------


def _another_router(scope: Any) -> None:
    scope.options[OptionKey(3)] = ("10.0.9.254",)


def _no_exclusion(scope: Any) -> None:
    scope.exclusions = [AddressRange(IPv4Address("10.0.9.10"), IPv4Address("10.0.9.11"))]


def _another_client(scope: Any) -> None:
    scope.reservations[PRINTER] = Reservation(PRINTER, "aa-bb", "printer")


def _no_delay(scope: Any) -> None:
    scope.delay = 0


@pytest.mark.parametrize(
    ("change", "words", "difference"),
    [
        (_another_router, "router is 10.0.9.254, not 10.0.9.1", ("router", ["10.0.9.1"], ["10.0.9.254"])),
        (
            _no_exclusion,
            "exclusion 10.0.9.10 to 10.0.9.19 is not there",
            ("exclusion 10.0.9.10 to 10.0.9.19", "present", None),
        ),
        (
            _another_client,
            "reservation 10.0.9.15 is client_id 'aa-bb' name 'printer', not client_id '00-15-5d-0a-14-01' name "
            "'printer'",
            (
                "reservation 10.0.9.15",
                {"client_id": "00-15-5d-0a-14-01", "name": "printer"},
                {"client_id": "aa-bb", "name": "printer"},
            ),
        ),
        (_no_delay, "delay is 0, not 500", ("delay", 500, 0)),
    ],
)
@ROUTES
def test_what_is_there_and_otherwise_is_a_warning(
    change: Any, words: str, difference: tuple[Any, Any, Any], route: dict[str, str]
) -> None:
    servers = pair(ONE)
    servers.ok(SCOPE, **TASK)
    for name in ("DHCP01", "DHCP02"):
        change(servers.server(name).scopes[NINE])
    with servers.unchanged():
        result = servers.reached(SCOPE, **TASK, **route)
    field, declared, actual = difference
    assert result["definition_differences"] == [
        {"scope_id": "10.0.9.0", "field": field, "declared": declared, "actual": actual}
    ]
    assert result["warnings"] == [
        "create_scopes: a definition is used only to create, so what DHCP01 has otherwise is left as it is: 10.0.9.0 "
        + words
    ]


def test_what_it_has_beyond_its_definition_is_none() -> None:
    servers = pair(ONE)
    servers.ok(SCOPE, **TASK)
    for name in ("DHCP01", "DHCP02"):
        scope = servers.server(name).scopes[NINE]
        scope.options[OptionKey(44)] = ("10.0.0.9",)
        scope.reservations[IPv4Address("10.0.9.77")] = Reservation(IPv4Address("10.0.9.77"), "aa-bb")
    assert "warnings" not in servers.reached(SCOPE, **TASK)


# --- what the options need -------------------------------------------------------------------------------------------

VENDOR = {"id": 200, "value": ["x"], "vendor_class": "Phones"}


def _prepared(*names: str) -> Pair:
    """These servers have the class and the definition of VENDOR."""
    servers = pair(ONE)
    for name in names:
        servers.server(name).classes["Phones"] = DhcpClass("Phones", "Vendor", "phones")
        servers.server(name).option_definitions[OptionKey(200, "Phones")] = OptionDefinition("Url", "String")
    return servers


@pytest.mark.parametrize(
    ("ready", "options", "message"),
    [
        (
            (),
            [VENDOR],
            "create_scopes: 10.0.9.0: options: DHCP01 has no vendor class 'Phones'; add it (Add-DhcpServerv4Class), on "
            "both servers, or correct the name. create_scopes: 10.0.9.0: options: 200: DHCP01 has no definition of "
            "option 200 of vendor class 'Phones'; add it (Add-DhcpServerv4OptionDefinition), on both servers. Nothing "
            "was changed.",
        ),
        (
            ("DHCP01",),
            [VENDOR],
            "{there} lacks what the scopes use, and Windows does not replicate it: vendor class 'Phones', definition "
            "of option 200 of vendor class 'Phones'.",
        ),
        (
            (),
            [{"id": 46, "value": ["mixed"]}, {"id": 2, "value": ["1", "2"]}],
            "create_scopes: 10.0.9.0: options: 2: the value is 2 values, where it takes one. create_scopes: 10.0.9.0: "
            "options: 46: the value is 'mixed', where the type is Byte: write 8 or 0x8. Nothing was changed.",
        ),
    ],
    ids=["nowhere", "not at the partner", "another type"],
)
@ROUTES
def test_what_an_option_needs_is_known_before_the_scope_is_made(
    ready: tuple[str, ...], options: list[Any], message: str, route: dict[str, str]
) -> None:
    there = "DHCP02" if route else PARTNER
    told = _prepared(*ready).refused(SCOPE, **task(options=options), **route)
    assert told.startswith(message.format(there=there))


@ROUTES
def test_options_of_classes(route: dict[str, str]) -> None:
    servers = _prepared("DHCP01", "DHCP02")
    user = {"id": 42, "value": ["10.0.0.9"], "user_class": "default bootp class"}
    result = servers.reached(SCOPE, **task(options=[VENDOR, user]), **route)
    assert result["definition_differences"] == []
    for name in ("DHCP01", "DHCP02"):
        assert OptionKey(200, "Phones") in servers.server(name).scopes[NINE].options


# --- broken runs -----------------------------------------------------------------------------------------------------


def broken(servers: Pair, at: int) -> bool:
    """A run that is killed with its write of this number; whether it came as far."""
    assert isinstance(servers.lab, WatchedLab)
    watch = servers.lab.watch = Watch(held(servers.lab), die_at=at, after=True, never=half_made)
    try:
        servers.run(SCOPE, **TASK)
    except Killed:
        _settle(servers.lab)
        servers.wire.pause(3600)
        return True
    finally:
        assert watch.lost == []
        servers.lab.watch = None
    return False


WRITES = 10  # the scope, an exclusion, a reservation, four options, joining, twice into service


@pytest.mark.parametrize("first", range(WRITES))
def test_a_run_that_is_broken_off_twice_is_finished_by_the_third(first: int) -> None:
    for second in range(WRITES):
        servers = pair(ONE)
        assert broken(servers, first)
        broken(servers, second)
        servers.ok(SCOPE, **TASK)
        whole(servers)
        assert not servers.ok(SCOPE, **TASK)["changed"]


def test_the_next_run_says_what_it_completes() -> None:
    servers = pair(ONE)
    assert broken(servers, 3)
    result = servers.reached(SCOPE, **TASK)
    assert steps(result) == [
        "complete scope 10.0.9.0 on DHCP01, which a broken run has begun (DNS servers, DNS domain, 1 option)",
        f"add to relationship 'HQ', copying to {PARTNER}: 10.0.9.0",
        "activate 10.0.9.0 on DHCP01",
        f"activate 10.0.9.0 on {PARTNER}",
    ]
    assert "warnings" not in result
    whole(servers)


def test_a_definition_that_was_mended_meanwhile_counts() -> None:
    servers = pair(ONE)
    assert broken(servers, 3)
    result = servers.reached(SCOPE, **task(router=["10.0.9.2"], exclusions=[]))
    assert "(router, DNS servers, DNS domain, 1 option)" in steps(result)[0]
    for name in ("DHCP01", "DHCP02"):
        assert servers.server(name).scopes[NINE].options[OptionKey(3)] == ("10.0.9.2",)


@pytest.mark.parametrize("module", [SCOPE, "dhcp_failover_relationship"])
def test_nobody_else_takes_it_into_failover(module: str) -> None:
    servers = pair(ONE)
    assert broken(servers, 2)
    name = {"relationship": "HQ"} if module == SCOPE else {"name": "HQ"}
    told = servers.refused(module, **name, scopes=["10.0.1.0", "10.0.9.0"], wait_timeout=1)
    assert told.startswith("scopes: 10.0.9.0 was being created on DHCP01 by an earlier run (")
    assert "Run the task that defines it (create_scopes), or look at it and activate it there" in told
    servers.server("DHCP01").scopes[NINE].state = "Active"  # a person looked at it
    servers.ok(module, **name, scopes=["10.0.1.0", "10.0.9.0"], wait_timeout=1)


def test_what_somebody_took_into_failover_half_made_is_not_activated() -> None:
    servers = pair(ONE)
    assert broken(servers, 2)
    session = servers.server("DHCP01").credentials[0].user
    outcome = servers.lab.invoke(
        Session("DHCP01", session), "Add-DhcpServerv4FailoverScope", {"Name": "HQ", "ScopeId": (NINE,)}
    )
    assert not outcome.errors
    for options in (TASK, {**TASK, "create_scopes": None, "scopes": ["10.0.1.0"]}):
        with servers.unchanged():
            result = servers.ok(SCOPE, **options)
        assert "an earlier run that was broken off created 10.0.9.0 on DHCP01" in result["warnings"][0]
        assert "on both servers of 'HQ', and activate it on both" in result["warnings"][0]


def test_an_error_in_the_middle_is_told_and_the_next_run_goes_on() -> None:
    servers = pair(ONE)
    servers.lab.fail_next("DHCP01", "Add-DhcpServerv4Reservation", "DHCP 20022")
    result = servers.run(SCOPE, **TASK)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "an address of create_scopes is reserved already" in result["msg"]
    assert "Written before: scope 10.0.9.0 is new." in result["msg"]
    assert servers.server("DHCP01").scopes[NINE].state == "InActive"
    servers.ok(SCOPE, **TASK)
    whole(servers)


@pytest.mark.parametrize("number", [1, 2], ids=["nobody serves it", "one of the two does"])
@ROUTES
def test_what_a_broken_run_of_the_partner_made_serves_or_is_told_with_its_cure(
    number: int, route: dict[str, str]
) -> None:
    """Over a hop its notes are not known, and a person may have put the scope out of service."""
    servers, plain = pair(ONE), {**TASK, "create_scopes": [{key: DEFINED[key] for key in PLAIN}]}
    lab = servers.lab
    assert isinstance(lab, WatchedLab)
    lab.watch = Watch(held(lab), die_at=number, after=True)
    with pytest.raises(Killed):
        servers.run(SCOPE, host="dhcp02", **plain)
    lab.watch = None
    servers.wire.pause(600)
    result = servers.ok(SCOPE, **plain, **route)
    if route:
        assert [servers.server(name).scopes[NINE].state for name in ("DHCP01", "DHCP02")] == ["Active"] * 2
        return
    assert "the task that created it was broken off: run that again, on its server" in result["warnings"][0]
    servers.ok(SCOPE, host="dhcp02", **plain)
    assert [servers.server(name).scopes[NINE].state for name in ("DHCP01", "DHCP02")] == ["Active"] * 2


def test_one_that_a_person_made_is_never_completed() -> None:
    servers = pair(ONE)
    scope = replace(servers.server("DHCP01").scopes[ONE], scope_id=NINE, start_range=IPv4Address("10.0.9.10"))
    scope = replace(scope, end_range=IPv4Address("10.0.9.90"), name="Visitors", state="InActive", leases={}, options={})
    servers.server("DHCP01").scopes[NINE] = scope
    result = servers.reached(SCOPE, **TASK)
    assert steps(result) == [f"add to relationship 'HQ', copying to {PARTNER}: 10.0.9.0"]
    assert "10.0.9.0 state is inactive, not active; 10.0.9.0 router is not there" in result["warnings"][0]
