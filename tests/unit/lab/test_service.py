# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.service and the command line: a lab as a process of its own, and Ansible against it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from endpoint_fakes import PASSWORD, USER, TalkingDoor, serve, small_lab, until
from lab.__main__ import main
from lab.doors import NoDoor, choose
from lab.inventory import inventory
from lab.powershell.engine import ENGINE_VARIABLE, NoEngine, find_engine
from lab.service import LabService

TESTS = Path(__file__).parents[2]
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")

TOPOLOGY = f"""
credentials: [{{user: '{USER}', password: 'from the file'}}]
servers:
  DHCP01:
    fqdn: dhcp01.contoso.example
    address: 127.0.0.11
    ip: 10.10.0.1
    port: 0
    scopes:
      10.20.0.0:
        {{subnet_mask: 255.255.255.0, start_range: 10.20.0.10, end_range: 10.20.0.90, name: Büro}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.2, port: 0}}
"""

MODULE = """#!powershell
#Requires -Version 5.1
Import-Module DhcpServer
$scopes = @(Get-DhcpServerv4Scope -ScopeId $complex_args.scopes -ErrorAction SilentlyContinue -ErrorVariable failed)
$names = @($scopes | ForEach-Object { $_.Name })
$ids = @($failed | ForEach-Object { $_.FullyQualifiedErrorId })
@{ changed = $false; names = $names; errors = $ids } | ConvertTo-Json -Compress
"""
PLAY = """
- hosts: dhcp01
  gather_facts: false
  tasks:
    - lab_scopes: {scopes: [10.20.0.0, 10.99.0.0]}
      register: result
    - copy: {content: '{{ result | to_json }}', dest: '{{ playbook_dir }}/result.json'}
      delegate_to: localhost
      vars: {ansible_connection: local, ansible_python_interpreter: '{{ ansible_playbook_python }}'}
"""


@contextmanager
def lab_process(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """``python -m lab serve``, ended with SIGTERM."""
    (folder / "topology.yml").write_text(TOPOLOGY)
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "lab", "serve", str(folder / "topology.yml"), "--ready", str(ready), *more]
    environment = os.environ | {"PYTHONPATH": str(TESTS), "TMPDIR": str(folder)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        end = time.monotonic() + 15
        while not ready.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        yield process, ready
    finally:
        process.terminate()
        process.wait(15)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def needs_powershell() -> None:
    try:
        find_engine()
    except NoEngine as missing:
        pytest.skip(f"no PowerShell to run: {missing}")


def test_ansible_runs_a_module_in_one_command_of_six_requests(tmp_path: Path) -> None:
    needs_powershell()
    if not PLAYBOOK.exists():
        pytest.skip("ansible-playbook is not installed beside this Python")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "lab_scopes.ps1").write_text(MODULE)
    (tmp_path / "play.yml").write_text(PLAY)
    with LabService(small_lab(scopes=1), "powershell") as service:
        (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory(service.ready())))
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        command = [str(PLAYBOOK), "-i", "hosts.yml", "play.yml"]
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        result = json.loads((tmp_path / "result.json").read_text())
        assert result["names"] == ["Büro 0"]
        assert result["errors"] == ["DHCP 20005,Get-DhcpServerv4Scope"]
        operations = [entry.operation for entry in service.lab.audit.since(0, "request")]
        assert operations == ["Create", "Command", "Send", "Receive", "Signal", "Delete"]
        counts = service.lab.audit.counts()
        assert (counts.commands, counts.writes) == (1, 0)
        assert [entry.cmdlet for entry in service.lab.audit.since(0, "cmdlet")] == ["Get-DhcpServerv4Scope"]


def test_serve_until_sigterm(tmp_path: Path) -> None:
    needs_powershell()
    audit, state = tmp_path / "audit.jsonl", tmp_path / "state.yml"
    with lab_process(tmp_path, "--audit", str(audit), "--state", str(state)) as (process, ready):
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
        servers: dict[str, Any] = json.loads(ready.read_text())["servers"]
        assert {(name, one["host"], one["user"], one["password"]) for name, one in servers.items()} == {
            ("DHCP01", "127.0.0.11", USER, "from the file"),
            ("DHCP02", "127.0.0.12", USER, "from the file"),
        }
        address = (servers["DHCP02"]["host"], servers["DHCP02"]["port"])
        with socket.create_connection(address, timeout=2) as connection:
            connection.sendall(b"POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 401")
        assert list(tmp_path.glob("windhcp-lab-*"))
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=15)
        assert (process.returncode, errors) == (0, "")
        assert re.search(r"^DHCP01 +http://127\.0\.0\.11:\d+/wsman$", output, re.MULTILINE)
        assert re.search(r"^remote side: PowerShell \d+\.\d+", output, re.MULTILINE)
    assert not ready.exists()
    assert not list(tmp_path.glob("windhcp-lab-*"))
    assert json.loads(audit.read_text())["operation"] == "Unauthorized"
    assert "10.20.0.0" in state.read_text()
    assert "from the file" not in state.read_text()
    with pytest.raises(ConnectionRefusedError), socket.create_connection(address, timeout=1):
        pass


def test_a_saved_state_goes_on_with_the_passwords_of_the_topology(tmp_path: Path) -> None:
    state = tmp_path / "state.yml"
    for _run in range(2):
        with lab_process(tmp_path, "--state", str(state), "--door", "standin") as (process, ready):
            assert process.poll() is None, process.communicate()
            assert json.loads(ready.read_text())["servers"]["DHCP01"]["password"] == "from the file"
            assert json.loads(ready.read_text())["door"] == "standin"
        assert state.exists()
        state.write_text(state.read_text().replace("Büro", "Lager"))
    assert "Lager" in state.read_text()


def test_a_server_that_is_off_answers_nobody_and_has_power_again_the_next_time(tmp_path: Path) -> None:
    state = tmp_path / "state.yml"
    with lab_process(tmp_path, "--state", str(state), "--door", "standin", "--off", "DHCP02") as (_process, ready):
        servers = json.loads(ready.read_text())["servers"]
        socket.create_connection((servers["DHCP01"]["host"], servers["DHCP01"]["port"]), timeout=2).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((servers["DHCP02"]["host"], servers["DHCP02"]["port"]), timeout=2)
    assert "reachable" not in state.read_text()
    with lab_process(tmp_path, "--door", "standin", "--off", "DHCP09") as (process, ready):
        said = "lab: there is no server DHCP09; there are DHCP01, DHCP02\n"
        assert (process.communicate()[1], process.returncode) == (said, 1)


def test_without_power_there_is_no_way_in() -> None:
    lab = small_lab()
    lab.servers["DHCP02"].transports = ("winrm", "https", "ssh")
    with LabService(lab, "standin") as service:
        ports = [service.endpoints["DHCP02"].port, service.secure["DHCP02"].port, service.ssh_ports["DHCP02"]]
        service.switch_off("DHCP02")
        assert not lab.servers["DHCP02"].reachable
        for port in ports:
            assert until(partial(refuses, lab.servers["DHCP02"].address, port))


def refuses(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except ConnectionRefusedError:
        return True
    return False


def test_problems_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "public.yml").write_text(TOPOLOGY.replace("127.0.0.12", "192.0.2.1"))
    (tmp_path / "bad.yml").write_text("servers: [")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    for arguments, text in (
        (["serve", str(tmp_path / "none.yml")], "none.yml"),
        (["serve", str(tmp_path / "bad.yml")], "no YAML"),
        (["serve", str(tmp_path / "public.yml"), "--door", "standin"], "192.0.2.1 is no loopback address"),
        (["show", str(tmp_path / "none.yml")], "none.yml"),
    ):
        assert main(arguments) == 1
        error = capsys.readouterr().err
        assert error.startswith("lab: ")
        assert text in error


def test_an_address_that_is_taken_is_named() -> None:
    lab = small_lab()
    with LabService(lab, "standin") as service:
        lab.servers["DHCP01"].port = service.endpoints["DHCP01"].port
        second = LabService(lab, "standin")
        with pytest.raises(OSError, match=r"DHCP01 cannot listen on 127\.0\.0\.11 "):
            second.start()


def test_a_transport_that_no_server_offers_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(TalkingDoor()) as service:
        (tmp_path / "ready.json").write_text(json.dumps(service.ready()))
    assert main(["inventory", str(tmp_path / "ready.json"), "--transport", "ntlm"]) == 1
    assert capsys.readouterr().err == "lab: no server of this lab offers ntlm; there is winrm\n"


def test_show_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "topology.yml").write_text(TOPOLOGY)
    assert main(["show", str(tmp_path / "topology.yml")]) == 0
    assert "10.20.0.0" in capsys.readouterr().out


def test_inventory_is_what_ansible_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(TalkingDoor()) as service:
        ready = service.ready()
        port = service.endpoints["DHCP01"].port
    (tmp_path / "ready.json").write_text(json.dumps(ready))
    assert main(["inventory", str(tmp_path / "ready.json")]) == 0
    group = yaml.safe_load(capsys.readouterr().out)["dhcp_servers"]
    assert group["vars"] == {
        "ansible_connection": "winrm",
        "ansible_winrm_transport": "basic",
        "ansible_winrm_scheme": "http",
    }
    assert list(group["hosts"]) == ["dhcp01", "dhcp02"]
    assert group["hosts"]["dhcp01"] == {
        "ansible_host": "127.0.0.11",
        "ansible_port": port,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
    }


def test_stub_writes_the_module(tmp_path: Path) -> None:
    assert main(["stub", str(tmp_path)]) == 0
    assert "function Get-DhcpServerv4Failover {" in (tmp_path / "DhcpServer" / "DhcpServer.psm1").read_text()
    assert "'2.0.0.0'" in (tmp_path / "DhcpServer" / "DhcpServer.psd1").read_text()


def test_without_a_powershell_auto_takes_the_stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, str(tmp_path / "nothing"))
    lab = small_lab()
    assert choose("auto", lab).name == "standin"
    with pytest.raises(NoDoor, match=ENGINE_VARIABLE):
        choose("powershell", lab)


def test_two_hundred_servers_start_and_stop_at_once() -> None:
    lab = small_lab()
    first = lab.servers["DHCP01"]
    for number in range(200):
        name = f"S{number}"
        lab.servers[name] = type(first)(name, f"{name}.x", f"127.0.1.{number + 1}", first.ip, port=0)
    begin = time.monotonic()
    with LabService(lab, TalkingDoor()) as service:
        assert len({endpoint.server_address for endpoint in service.endpoints.values()}) == 202
    assert time.monotonic() - begin < 5


def test_the_service_needs_no_ansible() -> None:
    """The lab's own dependencies: the standard library and PyYAML. The other transports bring theirs when they are
    offered."""
    others = ("ansible", "winrm", "requests", "spnego", "psrpcore", "asyncssh", "trustme")
    code = f"import sys, lab.__main__; print([name for name in {others} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(TESTS)}, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
