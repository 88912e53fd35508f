# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A reply is checked once: what is in it is what was asked, and what cannot be read is told with server, cmdlet and
property."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.server import ClockOffset
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.texts import short, shown
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, server_replies
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.remote_error import RemoteError
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.reply import (
    Failure,
    Place,
    Reply,
    ReplyObject,
    Request,
    Result,
    parse,
)

INPUTS = Path(__file__).with_name("inputs")
PLACE = Place("dhcp01", "Get-DhcpServerv4Failover")
NOW = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
READ, AGAIN = cmdlets.get_failover(), cmdlets.get_scopes("dhcp02")
SET, WAIT = (
    cmdlets.set_failover("HQ", {"reserve_percent": 7}, None),
    cmdlets.wait_for_state("HQ", cmdlets.AwaitedStates(["Normal"]), 1),
)


def found(**properties: Any) -> ReplyObject:
    return ReplyObject(PLACE, properties)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, []), ("10.0.1.0", ["10.0.1.0"]), ([], []), (["10.0.2.0", "10.0.1.0"], ["10.0.2.0", "10.0.1.0"])],
)
def test_a_property_that_a_script_defines_has_three_shapes(value: Any, expected: list[str]) -> None:
    assert found(ScopeId=value).addresses("ScopeId") == tuple(map(IPv4Address, expected))


def test_what_windows_sends_for_one_scope() -> None:
    """A relationship with one scope has a bare address, and no list of one."""
    shown = ReplyObject(PLACE, json.loads((INPUTS / "failover_one_scope.json").read_text(encoding="utf-8")))
    answer = Result("failover", PLACE, (shown,))
    (relationship,) = server_replies.relationships([answer], "dhcp01")
    assert relationship.scopes == (IPv4Address("198.51.100.0"),)
    assert (relationship.name, relationship.state, relationship.is_primary) == ("site-a", "Normal", True)


Reader = Callable[[ReplyObject], Any]
UNREADABLE: list[tuple[Reader, Any, str]] = [
    (lambda answer: answer.addresses("P"), "1", "'1', which is not an IPv4 address"),
    (lambda answer: answer.addresses("P"), ["10.0.1.0", None], "null, which is not an IPv4 address"),
    (lambda answer: answer.addresses("P"), 167772160, "167772160, which is not an IPv4 address"),
    (
        lambda answer: answer.addresses("P"),
        {"value": ["10.0.1.0"], "Count": 1},
        "an object, which is not an IPv4 address",
    ),
    (lambda answer: answer.address("P"), "10.0.1.0/24", "which is not an IPv4 address"),
    *(
        (lambda answer: answer.address_text("P"), text, "which is not an IPv4 address")
        for text in ("", "01.2.3.4", " 1.2.3.4", "1.2.3.4\0", "1.2.3.\uff14", "1.2.3", "0x1.2.3.4", "1.2.3.256")
    ),
    (lambda answer: answer.optional_address("P"), "fe80::1", "'fe80::1', which is not an IPv4 address"),
    (lambda answer: answer.number("P"), None, "null, which is not a number"),
    (lambda answer: answer.number("P"), "5", "'5', which is not a number"),
    (lambda answer: answer.number("P"), True, "true, which is not a number"),
    (lambda answer: answer.number("P"), 5.5, "5.5, which is not a number"),
    (lambda answer: answer.number("P"), float("nan"), "nan, which is not a number"),
    (lambda answer: answer.number("P"), -1, "-1, and 0 to 4294967295 are possible"),
    (lambda answer: answer.number("P", 100), 101, "101, and 0 to 100 are possible"),
    (lambda answer: answer.number("P"), 10**5000, "a number of more than 30 digits"),
    *(
        (lambda answer: answer.mask("P"), mask, f"'{mask}', which is not a subnet mask")
        for mask in ("255.0.255.0", str(IPv4Address(0)), "0.0.0.255", "1.2.3.4")
    ),
    (lambda answer: answer.mask("P"), "24", "'24', which is not an IPv4 address"),
    (lambda answer: answer.fraction("P"), "12,5", "'12,5', which is not a number"),
    (lambda answer: answer.fraction("P"), "-1", "'-1', which is not a number"),
    (lambda answer: answer.fraction("P"), 10**400, "a number of more than 30 digits"),
    (lambda answer: answer.fraction("P"), [1], "a list of 1"),
    (lambda answer: answer.flag("P"), "True", "'True', and neither true nor false"),
    (lambda answer: answer.text("P"), 5, "5, which is no text"),
    (lambda answer: answer.text("P"), ["x"], "a list of 1, which is no text"),
    (lambda answer: answer.name("P"), None, "'', and it cannot be empty"),
    (lambda answer: answer.choice("P", {"A": 1, "B": 2}), "C", "'C', and none of A, B"),
    (lambda answer: answer.moment("P"), "2026-02-30T08:00:00Z", "which is not a time"),
    (lambda answer: answer.moment("P"), None, "null, which is not a time"),
    (lambda answer: answer.text("P"), {"x" * 1000: 1}, "an object, which is no text"),
    (lambda answer: answer.address("P"), "x" * 1000, f"'{'x' * 80}...', which is not"),
    (lambda answer: answer.address("P"), "a\x1b[31m\r\nb\ud800", r"'a\\x1b\[31m b\\ud800', which is not"),
]


@pytest.mark.parametrize(
    ("read", "value", "message"),
    UNREADABLE,
    ids=[f"{number} {message[:30]}" for number, (_r, _v, message) in enumerate(UNREADABLE)],
)
def test_what_cannot_be_read_is_told_with_server_cmdlet_and_property(read: Reader, value: Any, message: str) -> None:
    with pytest.raises(
        UnexpectedReply,
        match=f"^On dhcp01: Get-DhcpServerv4Failover answered something that cannot be read: P is .*{message}",
    ):
        read(found(P=value))
    with pytest.raises(
        UnexpectedReply,
        match=r"On dhcp01: an object that Get-DhcpServerv4Failover answered has no property P \(it has 'Q'\)",
    ) as missing:
        found(Q=value).value("P")
    assert missing.value.__cause__ is None


def test_null_and_missing_where_they_mean_nothing() -> None:
    assert (found(P=None).text("P"), found(P=None).flag("P"), found(P=None).optional_number("P")) == ("", False, None)
    assert (found().optional_text("P"), found(P="").optional_text("P"), found().optional_address("P")) == (
        None,
        None,
        None,
    )
    assert (found(P="0.5").fraction("P"), found(P=7).fraction("P")) == (0.5, 7.0)
    assert [found(P=value).fraction("P") for value in ("NaN", "Infinity", float("nan"), None)] == [None] * 4
    assert [found(P=mask).mask("P") for mask in ("128.0.0.0", "255.255.255.255")] == [
        "128.0.0.0",
        "255.255.255.255",
    ]


def test_a_secret_is_taken_out_before_a_text_is_cut() -> None:
    secret = "Kx7-secret"

    def hide(text: str) -> str:
        return text.replace(secret, "***")

    text = "y" * 75 + secret
    assert secret[:4] not in shown(text, hide)
    assert short(text, 77, hide) == "y" * 75 + "**" + "..."


def raw(**changes: Any) -> dict[str, Any]:
    """A reply to a write of one read, two calls and one read after them."""
    reply = {
        "status": "done",
        "fingerprint": "0" * 64,
        "before": [answered(READ)],
        "calls": [answered(SET), answered(WAIT)],
        "finally": [answered(AGAIN)],
        "errors": [],
        "clock": "2026-03-01T08:00:30.500Z",
    }
    return {**reply, **changes}


def answered(operation: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": operation["id"], "objects": [], "errors": [], "warnings": [], **changes}


FAILED = [{"id": "DHCP 20010,Set-X", "category": "X", "target": "", "message": "no"}]


def parsed(reply: Mapping[str, Any], fingerprint: str = "") -> Reply:
    return parse(
        reply,
        Request([READ], [SET, WAIT], [AGAIN], fingerprint),
        Place("dhcp01", "the script"),
        NOW - timedelta(seconds=2),
        NOW,
    )


def test_a_reply_as_it_should_be() -> None:
    reply = parsed(raw(calls=[answered(SET, errors=FAILED)], status="stopped"))
    ahead = timedelta(seconds=30, milliseconds=500)
    assert (reply.status, reply.now) == ("stopped", NOW + ahead)
    assert reply.offset == ClockOffset(ahead, ahead + timedelta(seconds=2, milliseconds=1))
    assert [call.errors for call in reply.calls] == [(Failure("DHCP 20010,Set-X", "no", "X", ""),)]
    assert reply.after[0].place.cmdlet == "Get-DhcpServerv4Scope -ComputerName dhcp02"
    assert (reply.before[0].computer, reply.after[0].computer) == ("", "dhcp02")


def test_what_was_read_is_sent_again_only_where_it_is_not_what_the_fingerprint_is_of() -> None:
    known = "1" * 64
    nothing: dict[str, Any] = {"calls": [], "finally": []}
    assert parsed(raw(before=[]), known).before == ()
    changed = parsed(raw(**nothing, status="changed_meanwhile"), known)
    assert ([read.id for read in changed.before], changed.calls, changed.after) == (["failover"], (), ())
    for reply, fingerprint, message in (
        (raw(), known, "before is 'failover', and nothing was asked"),
        (raw(**nothing, status="changed_meanwhile", before=[]), known, "before is null, and failover was asked"),
        (raw(status="changed_meanwhile"), known, "calls is 'set_failover, wait_for_state', and nothing was asked"),
        (raw(**nothing, status="changed_meanwhile"), "", "status is 'changed_meanwhile', and none of done, stopped"),
    ):
        with pytest.raises(UnexpectedReply, match=f"On dhcp01: .*{message}"):
            parsed(reply, fingerprint)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"status": "busyness"}, "status is 'busyness'"),
        ({"status": None}, "status is ''"),
        ({"status": "stopped"}, "status is 'stopped', which does not agree with the errors"),
        ({"calls": [answered(SET, errors=FAILED), answered(WAIT)]}, "does not agree with the errors"),
        ({"fingerprint": ""}, "fingerprint is '', which is no hash"),
        ({"fingerprint": "0" * 63}, "which is no hash"),
        ({"before": []}, "before is null, and failover was asked"),
        ({"before": [answered(AGAIN)]}, "before is 'scopes_dhcp02', and failover was asked"),
        ({"calls": [answered(WAIT), answered(SET)]}, "and set_failover, wait_for_state was asked"),
        ({"finally": [answered(AGAIN), answered(AGAIN)]}, "finally is 'scopes_dhcp02, scopes_dhcp02'"),
        ({"before": None}, "before is null, which is no list"),
        ({"before": [None]}, "before is null, which is no object"),
        ({"before": [answered(READ, objects=["x"])]}, "Get-DhcpServerv4Failover answered something .* objects is 'x'"),
        ({"before": [answered(READ, errors=[{"id": 5}])]}, "id is 5, which is no text"),
        ({"before": [answered(READ, errors=[{"message": "x"}])]}, "no property id"),
        ({"before": [answered(READ, warnings=[1])]}, "warnings is 1, which is no text"),
        ({"clock": None}, "clock is null, which is not a time"),
        ({"clock": "soon"}, "clock is 'soon', which is not a time"),
        ({"clock": "2026-03-01T08:00:30Z"}, "which is not a time"),
        ({"clock": "9999-12-31T23:59:59.000Z"}, "clock is '9999-12-31T23:59:59.000Z', which is not a time"),
    ],
)
def test_a_reply_that_answers_something_else_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UnexpectedReply, match=f"On dhcp01: .*{message}"):
        parsed(raw(**changes))


def test_a_member_that_is_missing_is_refused() -> None:
    for member in ("status", "fingerprint", "before", "calls", "finally", "clock"):
        with pytest.raises(UnexpectedReply, match=f"On dhcp01: .*no property {member}"):
            parsed({key: value for key, value in raw().items() if key != member})


def test_two_of_one_are_refused() -> None:
    scope = {
        "ScopeId": "10.0.1.0",
        "Name": "A",
        "SubnetMask": "255.255.255.0",
        "StartRange": "10.0.1.1",
        "EndRange": "10.0.1.9",
    }
    shown = ReplyObject(PLACE, {**scope, "State": "Active", "Type": "Dhcp", "Description": None, "LeaseDuration": 60})
    answers = [
        Result(f"{name}_dhcp02", PLACE, (shown, shown) if name == "scopes" else ()) for name in ("scopes", "failover")
    ]
    with pytest.raises(UnexpectedReply, match=r"ScopeId is '10\.0\.1\.0', which another object has as well"):
        server_replies.hop(answers, "dhcp01", "dhcp02")


def test_hundreds_of_errors_are_told_in_short() -> None:
    errors = tuple(Failure(f"DHCP {number},Set-X", "y" * 5000) for number in range(500))
    text = str(RemoteError(Result("set_failover", PLACE, errors=errors), "dhcp01"))
    assert text.endswith("And 492 more errors.")
    assert len(text) < 10_000
