# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One JSON request to the script and its reply: what goes along, what each status means, and what may be written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import cmdlets, kept_files
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import (
    NothingDone,
    RemoteFailure,
    UnexpectedReply,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.script_request import REQUEST_LIMIT, Remote

HASH = "0" * 64
DONE = {
    "status": "done",
    "fingerprint": HASH,
    "before": [],
    "calls": [],
    "finally": [],
    "errors": [],
    "clock": "2026-03-01T08:00:00.000Z",
}


def answer(operation: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": operation["id"], "objects": [], "errors": [], "warnings": [], **more}


def remote(result: Mapping[str, Any], sent: list[dict[str, Any]] | None = None, check_mode: bool = False) -> Remote:
    def execute(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if sent is not None:
            sent.append(json.loads(arguments["request"]))
        return result

    return Remote(execute, "dhcp01", check_mode)


def test_a_write_repeats_the_reads_and_holds_the_mutex() -> None:
    sent: list[dict[str, Any]] = []
    read, call, again = cmdlets.get_scopes(), cmdlets.remove_failover("HQ"), cmdlets.who_when()
    message = {**DONE, "calls": [answer(call)], "finally": [answer(again)]}
    remote({"reply": message}, sent, check_mode=True).write([read], HASH, [call], [again])
    (request,) = sent
    assert request["before"] == [cmdlets.get_scopes()]
    assert request["finally"] == [cmdlets.who_when()]
    assert request["fingerprint"] == HASH
    assert request["mutex"] > 0
    assert request["check_mode"] is True


def test_a_read_holds_no_mutex_and_calls_are_counted() -> None:
    sent: list[dict[str, Any]] = []
    client = remote({"reply": DONE}, sent)
    client.read([])
    client.read([])
    assert client.calls == 2
    assert "mutex" not in sent[0]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("busy", r"Another run is writing to this server and did not finish within 120 s \(X: not here\)"),
        (
            "no_mutex",
            r"What keeps two runs from writing at once could not be made \(X: not here\)\.",
        ),
        ("no_module", r"DhcpServer module could not be loaded \(X: not here\). Install it"),
        ("constrained_language", r"restricted language mode there \(X: not here\), .* application control .*(JEA)"),
        ("not_windows_powershell", r"no Windows PowerShell 5.1 \(X: not here\)"),
        ("script_error", "The script failed: X: not here"),
    ],
)
def test_every_status_of_the_script_has_its_cure(status: str, message: str) -> None:
    reply = {**DONE, "status": status, "errors": [{"id": "X", "message": "not here"}]}
    with pytest.raises(RemoteFailure, match=f"On dhcp01: .*{message}"):
        remote({"reply": reply}).read([])


@pytest.mark.parametrize(
    ("status", "message"), [("busy", "(who it is is not known)"), ("no_module", "(no error came with it)")]
)
def test_a_status_without_an_error_says_so(status: str, message: str) -> None:
    with pytest.raises(RemoteFailure) as raised:
        remote({"reply": {**DONE, "status": status, "errors": []}}).read([])
    assert message in str(raised.value)


def test_a_mutex_of_another_account_has_a_cure_of_its_own() -> None:
    reply = {**DONE, "status": "busy", "errors": [{"id": "windhcp.mutex", "message": "joe@work; Access is denied."}]}
    with pytest.raises(
        RemoteFailure, match=r"lets this one not wait for it .*joe@work.* local administrators"
    ) as raised:
        remote({"reply": reply}).read([])
    assert "Please report" not in str(raised.value)


@pytest.mark.parametrize(
    "error_id",
    [
        "ScriptsNotAllowed",
        "FunctionDeclarationNotSupportedInDataSection",
        "MethodInvocationNotSupportedInConstrainedLanguage",
    ],
)
def test_an_endpoint_that_takes_no_scripts_is_named(error_id: str) -> None:
    """As ansible's psrp plugin writes an error record, in whatever language its message is."""
    message = (
        f"Quatsch.\r\n    + CategoryInfo          : ParserError: (&{{1}}:String) [], X\r\n    + "
        f"FullyQualifiedErrorId : {error_id}\r\n"
    )
    with pytest.raises(
        RemoteFailure, match=rf"On dhcp01: .*takes no scripts, {error_id}\).*connect to Microsoft.PowerShell"
    ):
        remote({"module_stderr": message, "rc": 1}).read([])


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ({}, "the output was empty"),
        ({"failed": True, "msg": "no PowerShell"}, "no PowerShell"),
        ({"module_stderr": "boom", "rc": 1}, "boom"),
        ({"reply": []}, "the output was empty"),
    ],
)
def test_no_reply_is_never_an_empty_server(result: dict[str, Any], message: str) -> None:
    with pytest.raises(UnexpectedReply, match=message):
        remote(result).read([])


def test_an_unreadable_reply_to_a_write_does_not_hide_that_something_may_be_written() -> None:
    with pytest.raises(
        UnexpectedReply, match=r"dhcp01 gave no reply: boom Whether something was written is not known; run again\."
    ):
        remote({"module_stderr": "boom"}).write([], "", [cmdlets.remove_failover("HQ")])


@pytest.mark.parametrize(
    ("status", "known"),
    [
        ("busy", True),
        ("no_module", True),
        ("constrained_language", True),
        ("not_windows_powershell", True),
        ("script_error", False),
    ],
)
def test_a_write_that_failed_may_have_written_unless_the_script_ended_before(status: str, known: bool) -> None:
    reply = {**DONE, "status": status, "errors": [{"id": "X", "message": "not here"}]}
    with pytest.raises(RemoteFailure) as raised:
        remote({"reply": reply}).write([], HASH, [cmdlets.remove_failover("HQ")])
    assert ("Whether something was written is not known; run again." in str(raised.value)) is not known


def test_a_partner_that_is_lost_while_it_writes_may_have_written() -> None:
    def lost(_arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        raise RemoteFailure("partner_host: dhcp02 cannot be reached: gone")

    client = Remote(lost, "dhcp02", False)
    with pytest.raises(RemoteFailure, match=r"gone Whether something was written is not known; run again\."):
        client.write([], HASH, [cmdlets.remove_failover("HQ")])
    with pytest.raises(RemoteFailure, match=r"gone$"):
        client.read([])


def test_too_much_at_once_is_refused_before_it_is_sent() -> None:
    sent: list[dict[str, Any]] = []
    with pytest.raises(NothingDone, match="is the most sent at once"):
        remote({"reply": DONE}, sent).write([], HASH, [{"id": "x" * REQUEST_LIMIT}], [])
    assert sent == []


def test_secrets_go_beside_the_request_and_count_as_well() -> None:
    given: list[Mapping[str, Any]] = []

    def execute(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        given.append(arguments)
        ids = [call["id"] for call in json.loads(arguments["request"])["calls"]]
        return {
            "reply": {**DONE, "calls": [{"id": client, "objects": [], "errors": [], "warnings": []} for client in ids]}
        }

    client = Remote(execute, "dhcp01", False)
    client.write(
        [],
        "f",
        [kept_files.keep_text("a", "", "hush"), cmdlets.set_failover("HQ", {"shared_secret": None}, "s3cret")],
        [],
    )
    assert given[0]["secrets"] == ["hush", "s3cret"]
    assert "hush" not in given[0]["request"]
    assert "s3cret" not in given[0]["request"]
    assert "@" in json.loads(given[0]["request"])["who"]
    with pytest.raises(NothingDone, match="is the most sent at once"):
        client.write([], "f", [kept_files.keep_text("a", "", "x" * REQUEST_LIMIT)], [])
    assert len(given) == 1
