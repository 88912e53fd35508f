# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""HTTPS, NTLM, PowerShell Remoting and SSH through the real clients: pywinrm, pypsrp and the OpenSSH program."""

from __future__ import annotations

import base64
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from endpoint_fakes import OTHER, OTHER_PASSWORD, PASSWORD, USER, TalkingDoor, numbered, small_lab, until
from lab.codec import TopologyError
from lab.core.api import Session
from lab.core.server import Server
from lab.door import Finished
from lab.inventory import inventory
from lab.service import LabService
from lab.ssh.shell import command_line
from lab.topology import dumps, loads
from lab.winrm.encryption import NotSealed, unseal

winrm = pytest.importorskip("winrm", reason="pywinrm is not installed")
import requests  # noqa: E402
from winrm.exceptions import InvalidCredentialsError, WinRMTransportError  # noqa: E402


class ScriptDoor(TalkingDoor):
    """Does what the script of a PowerShell command line says."""

    def run(self, server: Server, session: Session, command_line: str, stdin: bytes, stop: threading.Event) -> Finished:
        code = command_line.rpartition(" ")[2]
        return super().run(server, session, base64.b64decode(code).decode("utf-16-le"), stdin, stop)


@contextmanager
def offering(door: TalkingDoor, *names: str) -> Iterator[LabService]:
    lab = small_lab()
    for server in lab.servers.values():
        server.transports, server.https_port, server.ssh_port = names, 0, 0
    with LabService(lab, door, linger_seconds=0.3) as service:
        yield service


def client(url: str, transport: str, password: str = PASSWORD, **options: Any) -> Any:
    return winrm.Protocol(url, transport=transport, username=USER, password=password, **options)


def echo(talk: Any, text: bytes) -> bytes:
    shell = talk.open_shell()
    command = talk.run_command(shell, "echo", console_mode_stdin=False)
    talk.send_command_input(shell, command, text, end=True)
    stdout: bytes = talk.get_command_output(shell, command)[0]
    talk.cleanup_command(shell, command)
    talk.close_shell(shell)
    return stdout


# ------------------------------------------------------------------ HTTPS


def test_https_is_verified(tmp_path: Path) -> None:
    tls = pytest.importorskip("lab.winrm.tls", reason="trustme is not installed")
    other = tls.Authority(tmp_path / "other.pem")
    door = TalkingDoor()
    with offering(door, "https") as service:
        url, trusted = service.secure["DHCP01"].url, service.ready()["ca"]
        assert echo(client(url, "basic", ca_trust_path=trusted), b"over TLS") == b"over TLS"
        assert door.sessions == [Session("DHCP01", USER, delegated=True)]
        assert not service.endpoints
        with pytest.raises(requests.exceptions.SSLError):
            client(url, "basic", ca_trust_path=str(other.certificate)).open_shell()
        with pytest.raises(InvalidCredentialsError):
            client(url, "basic", "wrong", ca_trust_path=trusted).open_shell()
        answer = requests.post(url, verify=trusted, timeout=5)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="WSMAN"')
    assert not Path(trusted).exists()


def test_a_https_client_that_never_shakes_hands_holds_up_nobody() -> None:
    pytest.importorskip("lab.winrm.tls", reason="trustme is not installed")
    import socket

    with offering(TalkingDoor(), "https") as service:
        endpoint = service.secure["DHCP01"]
        with socket.create_connection((endpoint.simulated.address, endpoint.port), timeout=5):
            assert echo(client(endpoint.url, "basic", ca_trust_path=service.ready()["ca"]), b"x") == b"x"


def test_a_https_client_that_hangs_up_ends_its_command() -> None:
    pytest.importorskip("lab.winrm.tls", reason="trustme is not installed")
    door = TalkingDoor()
    with offering(door, "https") as service:
        talk = client(service.secure["DHCP01"].url, "basic", ca_trust_path=service.ready()["ca"])
        talk.run_command(talk.open_shell(), "wait")
        assert door.waiting.wait(5)
        talk.transport.close_session()
        assert until(lambda: door.stopped == ["wait"])


# ------------------------------------------------------------------ NTLM


def test_ntlm_takes_three_requests_and_encrypts_the_rest() -> None:
    pytest.importorskip("spnego", reason="pyspnego is not installed")
    door = TalkingDoor()
    with offering(door, "ntlm") as service:
        url = service.endpoints["DHCP01"].url
        seen: list[bytes] = []
        talk = client(url, "ntlm", message_encryption="always")
        talk.transport.build_session()
        talk.transport.session.hooks["response"].append(lambda answer, **_: seen.append(answer.request.body or b""))
        text = "Schlüssel ".encode() * 20_000
        assert echo(talk, text) == text
        assert door.sessions == [Session("DHCP01", USER, delegated=False)]
        operations = [entry.operation for entry in service.lab.audit.since(0, "request")]
        assert operations[:4] == ["Unauthorized", "Unauthorized", "Authenticated", "Create"]
        assert "Unauthorized" not in operations[4:]
        assert len(seen) > 5
        assert not [body for body in seen if b"Envelope" in body or base64.b64encode(b"Schl") in body]


def test_ntlm_lets_nobody_else_in() -> None:
    pytest.importorskip("spnego", reason="pyspnego is not installed")
    door = TalkingDoor()
    with offering(door, "ntlm") as service:
        url = service.endpoints["DHCP01"].url
        for user, password in ((USER, "wrong"), ("nobody", PASSWORD), (USER, OTHER_PASSWORD)):
            talk = winrm.Protocol(url, transport="ntlm", username=user, password=password, message_encryption="always")
            with pytest.raises(InvalidCredentialsError):
                talk.open_shell()
        basic = requests.post(url, auth=requests.auth.HTTPBasicAuth(USER.encode(), PASSWORD.encode()), timeout=5)
        assert (basic.status_code, basic.headers["WWW-Authenticate"]) == (401, "Negotiate, NTLM")
        for header in ("Negotiate", "NTLM ?", "NTLM " + base64.b64encode(b"NTLMSSP\0\x03").decode()):
            assert requests.post(url, headers={"Authorization": header}, timeout=5).status_code == 401
        assert not door.sessions


def test_who_does_not_encrypt_is_refused() -> None:
    pytest.importorskip("spnego", reason="pyspnego is not installed")
    with offering(TalkingDoor(), "ntlm") as service:
        with pytest.raises(WinRMTransportError, match="403"):
            client(service.endpoints["DHCP01"].url, "ntlm", message_encryption="never").open_shell()
        assert service.lab.audit.entries[-1].operation == "Unencrypted"


@pytest.mark.parametrize("body", [b"", b"--Encrypted Boundary", b"<s:Envelope/>"])
def test_a_body_that_is_not_sealed_is_found(body: bytes) -> None:
    with pytest.raises(NotSealed):
        unseal(body, None)


# ------------------------------------------------------------------ PowerShell Remoting


@contextmanager
def pool(service: LabService, user: str = USER, password: str = PASSWORD, **options: Any) -> Iterator[Any]:
    wsman = pytest.importorskip("pypsrp.wsman", reason="pypsrp is not installed")
    powershell = pytest.importorskip("pypsrp.powershell")
    endpoint = service.endpoints["DHCP01"]
    connection = wsman.WSMan(
        endpoint.simulated.address,
        port=endpoint.port,
        ssl=False,
        auth="ntlm",
        username=user,
        password=password,
        encryption="always",
        **options,
    )
    with connection, powershell.RunspacePool(connection) as opened:
        yield opened


def pipeline(opened: Any, script: str) -> Any:
    powershell = pytest.importorskip("pypsrp.powershell")
    return powershell.PowerShell(opened).add_script(script)


@pytest.fixture
def remoting() -> Iterator[tuple[LabService, ScriptDoor]]:
    pytest.importorskip("psrpcore", reason="psrpcore is not installed")
    pytest.importorskip("pypsrp", reason="pypsrp is not installed")
    door = ScriptDoor()
    with offering(door, "psrp") as service:
        yield service, door


def test_a_pipeline_gets_its_input_and_its_output_comes_back_as_lines(remoting: tuple[LabService, ScriptDoor]) -> None:
    service, door = remoting
    with pool(service) as opened:
        first = pipeline(opened, "echo")
        assert first.invoke(["eins", "zwei ü"]) == ["eins", "zwei ü"]
        assert not first.had_errors
        second = pipeline(opened, "say 8")
        assert second.invoke() == ["00000000"]
        assert [str(error) for error in second.streams.error] == ["<stderr & more>"]
    assert door.sessions == [Session("DHCP01", USER, delegated=False)] * 2
    assert service.lab.audit.counts().commands == 2
    assert not service.endpoints["DHCP01"].shells._shells


def test_large_messages_are_fragments_both_ways(remoting: tuple[LabService, ScriptDoor]) -> None:
    service, _door = remoting
    with pool(service) as opened:
        assert pipeline(opened, "say 600000").invoke() == [numbered(600_000).decode()]
        lines = ["x" * 100_000] * 6
        assert pipeline(opened, "echo").invoke(lines) == lines
    bodies = [entry.bytes_out for entry in service.lab.audit.since(0, "request")]
    assert (
        100_000 < max(bodies) <= 155_000
    )  # pypsrp asks for at most 153600 bytes an envelope, and encryption adds some


def test_a_pipeline_may_take_longer_than_one_receive(remoting: tuple[LabService, ScriptDoor]) -> None:
    service, _door = remoting
    with pool(service, operation_timeout=1, read_timeout=5) as opened:
        assert pipeline(opened, "wait 2.5").invoke() == ["waited"]
    assert [entry.operation for entry in service.lab.audit.entries].count("Fault") == 2


def test_stop_ends_a_pipeline_and_closing_ends_all(remoting: tuple[LabService, ScriptDoor]) -> None:
    service, door = remoting
    with pool(service) as opened:
        stopped = pipeline(opened, "wait")
        stopped.begin_invoke()
        assert door.waiting.wait(5)
        stopped.stop()
        assert door.stopped == ["wait"]
        door.waiting.clear()
        pipeline(opened, "wait").begin_invoke()
        assert door.waiting.wait(5)
    assert door.stopped == ["wait", "wait"]


def test_what_is_no_script_is_an_error_record(remoting: tuple[LabService, ScriptDoor]) -> None:
    service, door = remoting
    powershell = pytest.importorskip("pypsrp.powershell")
    with pool(service) as opened:
        cmdlet = powershell.PowerShell(opened).add_cmdlet("Get-Process")
        assert cmdlet.invoke() == []
        assert "pipelines of one script" in str(cmdlet.streams.error[0])
    assert not door.sessions


def test_a_server_without_remoting_says_so() -> None:
    pytest.importorskip("pypsrp", reason="pypsrp is not installed")
    from pypsrp.exceptions import AuthenticationError, WSManFaultError

    with offering(ScriptDoor(), "ntlm") as service:
        with pytest.raises(WSManFaultError, match="does not offer PowerShell Remoting"), pool(service):
            pass
        with pytest.raises(AuthenticationError), pool(service, password="wrong"):
            pass


# ------------------------------------------------------------------ SSH


@pytest.fixture
def ssh_lab() -> Iterator[tuple[LabService, TalkingDoor]]:
    pytest.importorskip("asyncssh", reason="asyncssh is not installed")
    if shutil.which("ssh") is None:
        pytest.skip("there is no program ssh (the Debian package openssh-client has it)")
    door = ScriptDoor()
    with offering(door, "ssh") as service:
        yield service, door


def ssh(service: LabService, command: str, user: str = USER, key: str = "", more: tuple[str, ...] = ()) -> list[str]:
    files, server = service.ready()["ssh"], service.ready()["servers"]["DHCP01"]
    options = [
        "-F",
        "none",
        "-o",
        "BatchMode=yes",
        "-o",
        f"UserKnownHostsFile={files['known_hosts']}",
        "-o",
        "IdentitiesOnly=yes",
    ]
    return [
        "ssh",
        *options,
        *more,
        "-i",
        key or files["key"],
        "-l",
        user,
        "-p",
        str(server["port"]),
        server["host"],
        command,
    ]


def test_ssh_runs_one_command_with_its_input(ssh_lab: tuple[LabService, TalkingDoor]) -> None:
    service, door = ssh_lab
    text = "Büro\n".encode() * 50_000
    ended = subprocess.run(ssh(service, "echo"), input=text, capture_output=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout) == (0, text)
    said = subprocess.run(ssh(service, "say 300000"), input=b"", capture_output=True, timeout=20, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (3, numbered(300_000), b"<stderr & more>")
    assert door.sessions == [Session("DHCP01", USER, delegated=False)] * 2
    assert service.lab.audit.counts().commands == 2


def test_ssh_lets_in_its_accounts_with_the_key(ssh_lab: tuple[LabService, TalkingDoor], tmp_path: Path) -> None:
    service, door = ssh_lab
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    for line in (ssh(service, "echo", user="nobody"), ssh(service, "echo", key=str(tmp_path / "key"))):
        ended = subprocess.run(line, input=b"", capture_output=True, timeout=20, check=False)
        assert (ended.returncode, b"Permission denied" in ended.stderr) == (255, True)
    strict = ("-o", f"UserKnownHostsFile={tmp_path / 'none'}", "-o", "StrictHostKeyChecking=yes")
    line = ssh(service, "echo")
    line[3:3] = strict  # the first one counts
    assert (
        b"Host key verification failed"
        in subprocess.run(line, input=b"", capture_output=True, timeout=20, check=False).stderr
    )
    assert (
        subprocess.run(
            ssh(service, "echo", user=OTHER), input=b"x", capture_output=True, timeout=20, check=False
        ).stdout
        == b"x"
    )
    assert [session.user for session in door.sessions] == [OTHER]


def test_a_ssh_client_that_hangs_up_ends_its_command(ssh_lab: tuple[LabService, TalkingDoor]) -> None:
    service, door = ssh_lab
    process = subprocess.Popen(ssh(service, "wait"), stdin=subprocess.DEVNULL)
    assert door.waiting.wait(10)
    process.kill()
    process.wait()
    assert until(lambda: door.stopped == ["wait"])


def test_stop_ends_what_runs_over_ssh() -> None:
    pytest.importorskip("asyncssh", reason="asyncssh is not installed")
    if shutil.which("ssh") is None:
        pytest.skip("there is no program ssh (the Debian package openssh-client has it)")
    door = ScriptDoor()
    with offering(door, "ssh") as service:
        key = Path(service.ready()["ssh"]["key"])
        process = subprocess.Popen(ssh(service, "wait"), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert door.waiting.wait(10)
        assert key.stat().st_mode & 0o77 == 0
    assert (process.wait(10), door.stopped, door.closed) == (255, ["wait"], True)
    assert not key.exists()


@pytest.mark.parametrize("line", ["PowerShell -NoProfile -EncodedCommand QQA=", "powershell -EncodedCommand 'QQA='"])
def test_a_plain_call_of_powershell_needs_no_shell(line: str) -> None:
    assert command_line(line) == line.replace("'", "")
    assert command_line(f"chcp.com 65001 > $null ; {line}") == line.replace("'", "")


@pytest.mark.parametrize(
    "line", ["Get-Date; 'ü'", "powershell -Command 'a b'", "powershell -Command a; b", "PowerShell"]
)
def test_any_other_line_is_a_script_for_the_shell(line: str) -> None:
    code = command_line(line).rpartition(" -EncodedCommand ")[2]
    assert base64.b64decode(code).decode("utf-16-le") == line


# ------------------------------------------------------------------ what a topology offers

TOPOLOGY = """
credentials: [{user: admin, password: random}]
servers:
  DHCP01: {fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.1, transports: [%s]}
"""


def test_a_topology_says_what_a_server_offers() -> None:
    lab = loads(TOPOLOGY % "ntlm, https")
    assert lab.servers["DHCP01"].transports == ("ntlm", "https")
    assert loads(dumps(lab)).servers["DHCP01"].transports == ("ntlm", "https")
    with pytest.raises(TopologyError, match=r"servers\.DHCP01\.transports.*winrm, https, ntlm, psrp, ssh"):
        loads(TOPOLOGY % "telnet")


def test_an_inventory_has_the_servers_that_offer_the_transport() -> None:
    ready = {
        "servers": {
            "A": {"host": "127.0.0.11", "user": "u", "password": "p", "ports": {"winrm": 1, "ssh": 2}},
            "B": {"host": "127.0.0.12", "user": "u", "password": "p", "ports": {"https": 3}},
        },
        "ca": "ca.pem",
        "ssh": {"key": "key", "known_hosts": "known"},
    }
    https = inventory(ready, "https")["dhcp_servers"]
    assert https["hosts"] == {
        "b": {"ansible_host": "127.0.0.12", "ansible_port": 3, "ansible_user": "u", "ansible_password": "p"}
    }
    assert https["vars"]["ansible_winrm_ca_trust_path"] == "ca.pem"
    assert "ansible_winrm_server_cert_validation" not in https["vars"]
    ssh_hosts = inventory(ready, "ssh")["dhcp_servers"]
    assert ssh_hosts["hosts"] == {"a": {"ansible_host": "127.0.0.11", "ansible_port": 2, "ansible_user": "u"}}
    assert ssh_hosts["vars"]["ansible_shell_type"] == "powershell"
    assert inventory(ready, "psrp")["dhcp_servers"] == {"hosts": {}, "vars": {}}
