# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.winrm.endpoint and shells, through the real pywinrm client and through plain HTTP."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from endpoint_fakes import OTHER, OTHER_PASSWORD, PASSWORD, USER, TalkingDoor, numbered, serve, small_lab, until
from lab.core.api import Session
from lab.core.server import Credential
from lab.service import LabService, NotLoopback
from lab.winrm import wsman
from lab.winrm.authentication import Basic
from lab.winrm.shells import Shells

winrm = pytest.importorskip("winrm", reason="pywinrm is not installed")
import requests  # noqa: E402
from winrm.exceptions import InvalidCredentialsError, WinRMOperationTimeoutError, WSManFaultError  # noqa: E402


@pytest.fixture
def door() -> TalkingDoor:
    return TalkingDoor()


@pytest.fixture
def service(door: TalkingDoor) -> Iterator[LabService]:
    with serve(door, linger_seconds=0.3) as running:
        yield running


def client(service: LabService, user: str = USER, password: str = PASSWORD, timeout: int = 20) -> Any:
    endpoint = service.endpoints["DHCP01"]
    return winrm.Protocol(
        f"http://{endpoint.simulated.address}:{endpoint.port}/wsman",
        transport="basic",
        username=user,
        password=password,
        operation_timeout_sec=timeout,
        read_timeout_sec=timeout + 10,
    )


def post(service: LabService, body: bytes, user: str = USER, password: str = PASSWORD) -> http.client.HTTPResponse:
    endpoint = service.endpoints["DHCP01"]
    connection = http.client.HTTPConnection(endpoint.simulated.address, endpoint.port, timeout=10)
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    connection.request("POST", "/wsman", body, {"Authorization": f"Basic {token}"})
    return connection.getresponse()


def test_every_request_is_counted_and_all_use_one_connection(
    service: LabService, door: TalkingDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections: set[object] = set()
    endpoint = service.endpoints["DHCP01"]
    handle = endpoint.shells.handle

    def noting(request: wsman.Request, session: Session, connection: object, gone: Callable[[], bool]) -> bytes:
        connections.add(connection)
        return handle(request, session, connection, gone)

    monkeypatch.setattr(endpoint.shells, "handle", noting)
    talk = client(service)
    shell = talk.open_shell(codepage=65001)
    command = talk.run_command(shell, "echo", ["a", "b"], console_mode_stdin=False)
    talk.send_command_input(shell, command, b"first ")
    talk.send_command_input(shell, command, b"second", end=True)
    assert talk.get_command_output(shell, command) == (b"first second", b"", 0)
    talk.cleanup_command(shell, command)
    talk.close_shell(shell)
    audit = service.lab.audit
    operations = [entry.operation for entry in audit.since(0, "request")]
    assert operations == ["Create", "Command", "Send", "Send", "Receive", "Signal", "Delete"]
    assert [(entry.server, entry.door, entry.processes) for entry in audit.since(0, "command")] == [
        ("DHCP01", "talking", 1)
    ]
    assert all(entry.bytes_in > 1000 and entry.bytes_out > 600 for entry in audit.since(0, "request"))
    assert len(connections) == 1
    assert [(one.server, one.user, one.delegated) for one in door.sessions] == [("DHCP01", USER, True)]


def test_a_large_output_takes_several_receives(service: LabService) -> None:
    talk = client(service)
    shell = talk.open_shell()
    command = talk.run_command(shell, "say 400000")
    stdout, stderr, code = talk.get_command_output(shell, command)
    assert (stdout, stderr, code) == (numbered(400000), b"<stderr & more>", 3)
    receives = [entry for entry in service.lab.audit.entries if entry.operation == "Receive"]
    assert len(receives) == 4  # pywinrm asks for at most 153600 bytes an envelope
    assert all(entry.bytes_out <= 153600 for entry in receives)


def test_receive_times_out_while_the_command_runs_and_then_gets_its_end(service: LabService) -> None:
    talk = client(service, timeout=1)
    shell = talk.open_shell()
    command = talk.run_command(shell, "wait 1.5")
    begin = time.monotonic()
    with pytest.raises(WinRMOperationTimeoutError):
        talk.get_command_output_raw(shell, command)
    assert 0.9 < time.monotonic() - begin < 1.4
    assert talk.get_command_output(shell, command) == (b"waited", b"", 0)


def test_wrong_password_and_unknown_user(service: LabService, door: TalkingDoor) -> None:
    for user, password in ((USER, "wrong"), ("nobody", PASSWORD), (USER, ""), (OTHER, PASSWORD)):
        with pytest.raises(InvalidCredentialsError):
            client(service, user, password).open_shell()
    answer = post(service, b"", password="wrong")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="WSMAN"')
    assert not door.sessions


def test_basic_authentication() -> None:
    account = Credential(USER, PASSWORD)
    basic = Basic([Credential("x", "y"), account])

    def ask(text: str) -> Credential | None:
        return basic.authenticate("Basic " + base64.b64encode(text.encode()).decode())

    assert ask(f"{USER}:{PASSWORD}") == account
    assert ask(f"{USER.upper()}:{PASSWORD}") == account
    assert ask(f"{USER}:{PASSWORD.upper()}") is None
    assert ask(USER) is None
    assert ask("x:") is None
    assert all(
        basic.authenticate(header) is None for header in (None, "", "Basic", "Basic ?", "Basic /w==", "Negotiate eA==")
    )


def test_signal_ends_a_running_command(service: LabService, door: TalkingDoor) -> None:
    talk = client(service)
    shell = talk.open_shell()
    command = talk.run_command(shell, "wait")
    assert door.waiting.wait(5)
    talk.cleanup_command(shell, command)
    assert door.stopped == ["wait"]
    with pytest.raises(WSManFaultError):
        talk.get_command_output_raw(shell, command)
    talk.cleanup_command(shell, command)  # again: no fault


def test_delete_ends_its_commands_and_the_shell(service: LabService, door: TalkingDoor) -> None:
    talk = client(service)
    shell = talk.open_shell()
    talk.run_command(shell, "wait")
    assert door.waiting.wait(5)
    talk.close_shell(shell, close_session=False)
    assert door.stopped == ["wait"]
    with pytest.raises(WSManFaultError) as caught:
        talk.run_command(shell, "echo")
    assert caught.value.wsman_fault_code == 2150858843


def test_a_client_that_hangs_up_leaves_nothing_behind(service: LabService, door: TalkingDoor) -> None:
    talk = client(service)
    shell = talk.open_shell()
    command = talk.run_command(shell, "wait")
    assert door.waiting.wait(5)

    def ask() -> None:
        with contextlib.suppress(requests.RequestException, WinRMOperationTimeoutError):
            talk.get_command_output_raw(shell, command)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.2)
    for connection in list(service.endpoints["DHCP01"]._connections):
        connection.shutdown(socket.SHUT_RD)  # as the server sees a client that is gone
    assert until(lambda: door.stopped == ["wait"])
    asking.join(5)
    assert not service.endpoints["DHCP01"].shells._shells


def test_a_shell_outlives_a_connection_if_its_client_comes_back(door: TalkingDoor) -> None:
    with serve(door, linger_seconds=1.0) as service:
        talk = client(service)
        shell = talk.open_shell()
        command = talk.run_command(shell, "wait 1.6")
        talk.transport.close_session()
        assert client(service).get_command_output(shell, command) == (b"waited", b"", 0)


def test_a_shell_belongs_to_its_user(service: LabService) -> None:
    shell = client(service).open_shell()
    with pytest.raises(WSManFaultError) as caught:
        client(service, OTHER, OTHER_PASSWORD).run_command(shell, "echo")
    assert caught.value.wsman_fault_code == 2150858843


def test_a_fault_of_the_door_reaches_the_client_as_an_exit_code(service: LabService) -> None:
    talk = client(service)
    shell = talk.open_shell()
    stdout, stderr, code = talk.get_command_output(shell, talk.run_command(shell, "break"))
    assert (stdout, code) == (b"", 1)
    assert b"a fault of the door" in stderr


@pytest.mark.parametrize("body", [b"", b"nonsense", b"<a/>", b"x" * 512_001])
def test_a_malformed_request_gets_a_fault(service: LabService, body: bytes) -> None:
    answer = post(service, body)
    text = answer.read()
    assert answer.status == 500
    assert b"<s:Fault>" in text
    assert b"Traceback" not in text


def test_a_fault_of_the_lab_is_no_traceback(service: LabService, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("inner secret")

    monkeypatch.setattr(Shells, "handle", fail)
    with pytest.raises(WSManFaultError) as caught:
        client(service).open_shell()
    assert caught.value.wsman_fault_code == 1359
    assert "inner secret" not in str(caught.value)


def test_only_loopback_addresses_are_bound(door: TalkingDoor) -> None:
    for address in ("0.0.0.0", "192.0.2.1", "::"):  # noqa: S104
        lab = small_lab()
        lab.servers["DHCP02"] = replace(lab.servers["DHCP02"], address=address)
        with pytest.raises(NotLoopback):
            LabService(lab, door).start()
    assert door.closed


def test_stop_ends_what_runs_and_frees_the_port(door: TalkingDoor) -> None:
    service = serve(door)
    service.start()
    talk = client(service)
    talk.run_command(talk.open_shell(), "wait")
    assert door.waiting.wait(5)
    address = service.endpoints["DHCP01"].server_address
    service.stop()
    assert door.stopped == ["wait"]
    assert door.closed
    with pytest.raises(ConnectionRefusedError), socket.create_connection(address, timeout=1):  # type: ignore[arg-type]
        pass


def test_start_up_time_of_a_server_is_added(service: LabService) -> None:
    service.lab.servers["DHCP01"].startup_seconds = 0.5
    talk = client(service)
    shell = talk.open_shell()
    begin = time.monotonic()
    talk.get_command_output(shell, talk.run_command(shell, "say 1"))
    assert time.monotonic() - begin >= 0.5
