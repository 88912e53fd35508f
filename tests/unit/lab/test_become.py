# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.payload, lab.become and lab.commands: the become action leaves the payload, its account runs the rest."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from typing import Any

import pytest
from endpoint_fakes import OTHER, OTHER_PASSWORD, PASSWORD, USER, TalkingDoor, small_lab
from lab.become import LogonFailed, log_on
from lab.commands import Commands
from lab.core.api import Session
from lab.core.lab import Lab
from lab.core.server import Credential
from lab.payload import Become, decode, take_become

SECRET = "never to be seen"
SCRIPT = base64.b64encode(b"#!powershell").decode()


def old(become: bool) -> bytes:
    """Of ansible-core 2.16 to 2.18."""
    manifest: dict[str, Any] = {
        "module_entry": SCRIPT,
        "module_args": {"request": "R"},
        "actions": ["module_powershell_wrapper"],
    }
    if become:
        manifest["actions"].insert(0, "become_wrapper")
        flags = "logon_type=new_credentials logon_flags=netcredentials_only"
        manifest |= {"become_user": USER, "become_password": SECRET, "become_flags": flags}
    return b"$text\r\n\0\0\0\0\r\n" + json.dumps(manifest).encode()


def new(become: bool, packed: bool = False) -> bytes:
    """Of ansible-core 2.19 to 2.21, or packed as by 2.22."""
    module: dict[str, Any] = {"Script": "a.ps1", "Variables": [{"Name": "complex_args", "Value": {"request": "R"}}]}
    if packed:
        module = {"Script": "a.ps1", "ArgumentJSON": json.dumps({"request": "R"})}
    actions: list[dict[str, Any]] = [{"name": "module_wrapper.ps1", "params": module, "secure_params": {}}]
    if become:
        params = {"BecomeUser": USER, "LogonType": "NewCredentials", "LogonFlags": "NetCredentialsOnly"}
        actions.insert(0, {"name": "become_wrapper.ps1", "params": params, "secure_params": {"BecomePassword": SECRET}})
    manifest = json.dumps({"scripts": {"a.ps1": {"script": SCRIPT}}, "actions": actions}).encode()
    text = base64.b64encode(gzip.compress(manifest)) if packed else manifest
    return b'{"name": "exec_wrapper"}\n\0\0\0\0\n' + text


@pytest.mark.parametrize(
    ("payload", "empty", "with_one"),
    [
        (old(False), b'"module_entry"', b'"csharp_utils_module": ["Ansible.Basic"], "module_entry"'),
        (new(False), b'"Script"', b'"CSharpModules": ["Ansible.Basic"], "Script"'),
    ],
)
def test_the_payload_says_which_csharp_is_compiled(payload: bytes, empty: bytes, with_one: bytes) -> None:
    assert list(decode(payload).csharp) == []
    assert list(decode(payload.replace(empty, with_one)).csharp) == ["Ansible.Basic"]


def unpacked(payload: bytes) -> bytes:
    text = payload.rpartition(b"\0\0\0\0")[2].strip()
    return text if text.startswith(b"{") else gzip.decompress(base64.b64decode(text))


WITH = pytest.mark.parametrize("payload", [old(True), new(True), new(True, packed=True)])
WITHOUT = pytest.mark.parametrize("payload", [old(False), new(False), new(False, packed=True)])


@WITH
def test_the_action_and_its_password_leave_the_payload_of_every_core(payload: bytes) -> None:
    become, rest = take_become(payload)
    assert become is not None
    assert (become.user, become.password, become.logon_type) == (USER, SECRET, "newcredentials")
    assert SECRET not in repr(become)
    assert b"become" not in unpacked(rest).lower()
    assert SECRET.encode() not in unpacked(rest)
    assert rest.startswith(payload.partition(b"\0\0\0\0")[0])
    sent = decode(rest)
    assert (sent.script, sent.arguments) == (b"#!powershell", {"request": "R"})


@WITHOUT
def test_a_payload_without_become_stays_as_it_is(payload: bytes) -> None:
    assert take_become(payload) == (None, payload)


@pytest.mark.parametrize(
    "text", [b"", b"become_wrapper", b"\0\0\0\0 no JSON \0\0\0\0", b"x\0\0\0\0[1]", b"x\0\0\0\0{}"]
)
def test_what_is_no_payload_stays_as_it_is(text: bytes) -> None:
    assert take_become(text) == (None, text)


@pytest.fixture
def lab() -> Lab:
    return small_lab()


def logged_on(lab: Lab, by: str = OTHER, **asked: Any) -> Session:
    become = Become(**{"user": USER, "password": PASSWORD, "logon_type": "interactive", "failure": "", **asked})
    return log_on(become, Session("DHCP01", by, delegated=False), lab.servers.values(), lab.servers["DHCP01"])


def test_a_logon_with_a_password_has_credentials_for_a_second_server(lab: Lab) -> None:
    assert logged_on(lab) == Session("DHCP01", USER, delegated=True)
    assert logged_on(lab, user=USER.upper()).user == USER
    assert logged_on(lab, user=f".\\{OTHER}", password=OTHER_PASSWORD) == Session("DHCP01", OTHER, delegated=True)
    assert logged_on(lab, logon_type="batch").delegated
    assert not logged_on(lab, logon_type="network").delegated


def test_a_logon_without_a_password_has_none_and_needs_an_administrator(lab: Lab) -> None:
    assert logged_on(lab, password=None) == Session("DHCP01", USER, delegated=False)
    lab.servers["DHCP01"].credentials = (Credential(USER, PASSWORD), Credential(OTHER, OTHER_PASSWORD, admin=False))
    with pytest.raises(LogonFailed, match="account without a password"):
        logged_on(lab, password=None)


def test_wrong_passwords_and_unknown_accounts(lab: Lab) -> None:
    for wrong in ("", "x", PASSWORD.upper()):
        with pytest.raises(LogonFailed, match="1326"):
            logged_on(lab, password=wrong)
    with pytest.raises(LogonFailed, match="identity references"):
        logged_on(lab, user="nobody")


def test_new_credentials_are_asked_for_at_the_second_server(lab: Lab) -> None:
    lab.servers["DHCP02"].credentials += (Credential("partner only", "p"),)
    new_session = logged_on(lab, user="partner only", password="p", logon_type="newcredentials")
    assert new_session == Session("DHCP01", OTHER, delegated=True, network_user="partner only")
    assert not logged_on(lab, user="partner only", password="x", logon_type="newcredentials").delegated


def test_rights_at_the_partner_are_those_of_the_network_user(lab: Lab) -> None:
    there = {"ComputerName": "dhcp02.contoso.example"}
    lab.servers["DHCP02"].credentials = (Credential("partner only", "p"), Credential("weak", "w", admin=False))
    for user, answers in (("partner only", True), ("weak", False)):
        session = Session("DHCP01", USER, delegated=True, network_user=user)
        assert (not lab.invoke(session, "Get-DhcpServerv4Scope", there).errors) is answers
        assert not lab.invoke(session, "Get-DhcpServerv4Scope", {}).errors


@WITH
def test_commands_run_as_the_become_user_and_log_no_password(lab: Lab, payload: bytes) -> None:
    door = TalkingDoor()
    ended = Commands(lab, lab.servers["DHCP01"], door).run(Session("DHCP01", OTHER), "echo", payload, threading.Event())
    assert ended.stdout == take_become(payload)[1]
    assert door.sessions == [Session("DHCP01", OTHER, delegated=False, network_user=USER)]
    assert [(entry.user, entry.become_user) for entry in lab.audit.entries] == [(OTHER, USER)]
    assert SECRET not in repr(lab.audit.entries)


def test_a_logon_that_fails_runs_nothing(lab: Lab) -> None:
    door = TalkingDoor()
    payload = new(True).replace(b"NewCredentials", b"Interactive")
    ended = Commands(lab, lab.servers["DHCP01"], door).run(Session("DHCP01", OTHER), "echo", payload, threading.Event())
    said = json.loads(ended.stdout)
    assert (ended.exit_code, ended.processes, said["failed"], door.sessions) == (1, 0, True, [])
    assert "Failed to logon CONTOSO\\operator (The user name or password is incorrect" in said["msg"]
    assert SECRET not in said["msg"]
