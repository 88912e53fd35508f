# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every way in that Ansible has for Windows, and become with runas on each: the modules do the same everywhere."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pytest
from harness import Run, Site, lab
from lab import topology, transports

RELATIONSHIP = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.10.10.0"]}
NETWORK_ONLY = "logon_type=new_credentials logon_flags=netcredentials_only"
NEEDS = {
    "https": ("trustme", "winrm"),
    "ntlm": ("spnego", "winrm"),
    "psrp": ("psrpcore", "pypsrp"),
    "ssh": ("asyncssh",),
}


@pytest.fixture(params=transports.NAMES)
def transport(request: pytest.FixtureRequest) -> str:
    return needs(request.param)


def needs(transport: str) -> str:
    missing = [name for name in NEEDS.get(transport, ()) if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{transport} needs the Python packages {', '.join(missing)}")
    if transport == "ssh" and shutil.which("ssh") is None:
        pytest.skip("there is no program ssh (the Debian package openssh-client has it)")
    return transport


def task(name: str, **keywords: Any) -> dict[str, Any]:
    return {"name": name, "windhcp.failover.dhcp_failover_relationship": RELATIONSHIP, **keywords}


def runas(site: Site, user: str, **variables: Any) -> dict[str, Any]:
    """The keywords of a task that runs as another account, its password as from a vault unless ``variables`` say it."""
    variables = {"ansible_become_password": password(site, user), **variables}
    return {"become": True, "become_method": "runas", "become_user": user, "vars": variables}


def password(site: Site, user: str) -> str:
    return next(one.password for one in site.lab.servers["DHCP01"].credentials if one.user == user)


def as_user(site: Site, user: str) -> Mapping[str, Any]:
    return (
        {"ansible_user": user, "ansible_password": password(site, user)}
        if site.transport != "ssh"
        else {"ansible_user": user}
    )


def denied_at_the_partner(run: Run, name: str) -> bool:
    return "denied at the partner" in run.result(name)["msg"] and "WIN32 5" in run.result(name)["msg"]


def test_an_account_without_delegation_reads_and_with_become_it_changes(transport: str, door: str, net: str) -> None:
    """One logon for all: its own rights end at the second server, those of the become user do not."""
    if door == "powershell" and transport in ("winrm", "https"):
        pytest.skip("what runs is what comes over ntlm as well")
    with Site(lab(), door, net, transport) as site:
        become = runas(site, "administrator")
        tasks = [
            {"name": "Read", "windhcp.failover.dhcp_failover_info": {}},
            task("Without", ignore_errors=True),
            task("With", **become),
            task("Again", **become),
        ]
        run = site.play(tasks, vars=as_user(site, "nohop")).ok()
        assert "10.10.10.0" in json.dumps(run.result("Read")["unprotected_scopes"])
        assert denied_at_the_partner(run, "Without")
        assert (run.result("With")["changed"], run.result("Again")["changed"]) == (True, False)
        assert run.written == ["Add-DhcpServerv4Failover"]
        assert "HQ" in site.lab.servers["DHCP02"].relationships
        commands = [(entry.user, entry.become_user) for entry in site.lab.audit.since(0, "command")]
        assert set(commands) == {("nohop", ""), ("nohop", "administrator")}
        assert [entry.user for entry in site.lab.audit.entries if entry.write] == ["administrator"]
        assert (run.counts.requests == 0) == (transport == "ssh")
        assert password(site, "administrator") not in json.dumps(
            [asdict(entry) for entry in site.lab.audit.entries], default=str
        )
        assert password(site, "administrator") not in topology.dumps(site.lab)


def test_whether_a_logon_passes_its_credentials_on(transport: str, net: str) -> None:
    """The account could, but a network logon and a logon with a key have no credentials to pass on."""
    with Site(lab(), "standin", net, transport) as site:
        run = site.play([task("Plain", ignore_errors=True), task("Again", ignore_errors=True)]).ok()
        if transport in ("winrm", "https"):
            assert (run.result("Plain")["changed"], run.result("Again")["changed"]) == (True, False)
        else:
            assert denied_at_the_partner(run, "Plain")
            assert site.lab.servers["DHCP01"].relationships == site.lab.servers["DHCP02"].relationships == {}


def test_a_wrong_become_password_runs_nothing(transport: str, net: str) -> None:
    with Site(lab(), "standin", net, transport) as site:
        run = site.play([task("Wrong", **runas(site, "administrator", ansible_become_password="no such password"))])
        assert run.code == 2
        assert "The user name or password is incorrect, Win32ErrorCode 1326" in run.result("Wrong")["msg"]
        assert "no such password" not in json.dumps([asdict(entry) for entry in site.lab.audit.entries], default=str)
        assert not site.lab.audit.since(0, "cmdlet")


def test_new_credentials_are_for_the_network_only(door: str, net: str) -> None:
    """Who runs the task stays who it is; the partner sees the become user, and only there its password matters."""
    with Site(lab(), door, net) as site:
        good = runas(site, "administrator", ansible_become_flags=NETWORK_ONLY)
        bad = runas(
            site, "administrator", ansible_become_flags=NETWORK_ONLY, ansible_become_password="no such password"
        )
        run = site.play(
            [task("Bad", ignore_errors=True, **bad), task("Good", **good)], vars=as_user(site, "nohop")
        ).ok()
        assert denied_at_the_partner(run, "Bad")
        assert run.result("Good")["changed"]
        assert {entry.user for entry in site.lab.audit.since(0, "cmdlet")} == {"nohop"}
        assert "HQ" in site.lab.servers["DHCP02"].relationships


@pytest.mark.parametrize("transport", ["winrm", "https", "ntlm", "psrp"])
def test_a_wrong_password_is_let_in_nowhere(transport: str, net: str) -> None:
    with Site(lab(), "standin", net, needs(transport)) as site:
        run = site.play([task("In")], vars={"ansible_password": "no such password"})
        assert [one["status"] for one in run.tasks] == ["unreachable"]
        assert run.counts.commands == 0
        assert run.counts.requests > 0
        assert {entry.operation for entry in site.lab.audit.since(0, "request")} == {"Unauthorized"}


def test_https_believes_no_other_authority(net: str, tmp_path: Any) -> None:
    needs("https")
    from lab.winrm.tls import Authority

    other = Authority(tmp_path / "other.pem")
    with Site(lab(), "standin", net, "https") as site:
        run = site.play([task("In")], vars={"ansible_winrm_ca_trust_path": str(other.certificate)})
        assert [one["status"] for one in run.tasks] == ["unreachable"]
        assert "certificate verify failed" in run.output
        assert run.counts.requests == 0


def test_ssh_knows_its_servers_and_its_key(net: str, tmp_path: Any) -> None:
    needs("ssh")
    (tmp_path / "nobody").write_text("", encoding="utf-8")
    with Site(lab(), "standin", net, "ssh") as site:
        strangers = f"-F none -o UserKnownHostsFile={tmp_path / 'nobody'}"
        for variables in ({"ansible_ssh_common_args": strangers}, {"ansible_user": "nobody"}):
            run = site.play([task("In")], vars=variables)
            assert [one["status"] for one in run.tasks] == ["unreachable"]
            assert run.counts.commands == 0


def test_a_jea_endpoint_is_named(net: str) -> None:
    """One that takes no scripts at all: not even the first line of what Ansible sends runs there."""
    with Site(lab(), "standin", net, needs("psrp")) as site:
        read = {"name": "Read", "windhcp.failover.dhcp_failover_info": {}}
        result = site.play([read], vars={"ansible_psrp_configuration_name": "Helpdesk"}).failure("Read")
        assert "restricted language mode there (the endpoint takes no scripts, ScriptsNotAllowed)" in result["msg"]
        assert "connect to Microsoft.PowerShell" in result["msg"]
        assert not result["changed"]
