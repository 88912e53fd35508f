# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbook check, over the wire: each thing broken in turn is one row that fails, with its cure. What cannot be
known by it is unknown, nothing is written, and the run fails with what failed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest
import yaml
from harness import ROOT, Run, Site
from lab import topology
from lab.core.lab import Lab
from lab.core.server import Credential
from lab.powershell.engine import NoEngine, find_engine
from lab.standin import StandinDoor
from lab.standin.own_files import FOLDER

WAY, BACK, BOTH = "dhcp01 -> dhcp02", "dhcp02 -> dhcp01", "dhcp01, dhcp02"
SCOPE = "{name: Clients, subnet_mask: 255.255.255.0, start_range: 10.0.%d.10, end_range: 10.0.%d.99}"
SCOPES = ", ".join(f"10.0.{number}.0: {SCOPE % (number, number)}" for number in (1, 2))
PAIR = f"""
credentials: [{{user: admin, password: random}}]
servers:
  DHCP01: {{fqdn: dhcp01.contoso.example, address: 127.0.0.11, ip: 10.10.0.11, scopes: {{{SCOPES}}}}}
  DHCP02: {{fqdn: dhcp02.contoso.example, address: 127.0.0.12, ip: 10.10.0.12}}
"""
HQ = "relationships: {HQ: {primary: DHCP01, secondary: DHCP02, mode: LoadBalance, percentage: 50, scopes: [10.0.1.0]}}"
DATA: dict[str, Any] = {
    "name": "HQ",
    "primary": "dhcp01",
    "partner": "dhcp02",
    "partner_server": "dhcp02.contoso.example",
    "enable_auth": False,
    "scopes": ["10.0.1.0"],
}
SHOWN = "Show it"
DATA_ROW = ("data", f"'HQ' ({BOTH})")
Rows = set[tuple[str, str]]


def well() -> Lab:
    return topology.loads(PAIR + HQ)


def fresh() -> Lab:
    return topology.loads(PAIR)


def check(site: Site, *options: str, data: Sequence[Mapping[str, Any]] | None = (DATA,), **variables: Any) -> Run:
    given = variables if data is None else {**variables, "failover_relationships": data}
    return site.run("windhcp.failover.check", "-e", json.dumps(given), *options)


def rows(run: Run, status: str) -> Rows:
    """What came to it: each check with what it is about."""
    found = run.result("Put it together")["rows"]
    return {(row["id"], row["subject"]) for row in found if row["status"] == status}


def table(run: Run) -> str:
    """As a user sees it, on one line."""
    return " ".join(" ".join(run.result(SHOWN)["msg"]).split())


def of(server: str, *ids: str) -> Rows:
    """These checks of a server or a way."""
    return {(id_, server) for id_ in ids}


# --- all is well -----------------------------------------------------------------------------------------------------


def test_a_pair_that_is_well(net: str) -> None:
    with Site(well(), "standin", net) as site:
        run = check(site).ok()
        assert (rows(run, "FAIL"), rows(run, "unknown"), run.written) == (set(), set(), [])
        counts = run.result("Put it together")["counts"]
        assert counts == {"pass": 33, "fail": 0, "unknown": 0}
        assert run.tasks[-1]["task"] == "Nothing may fail"
        assert "Nothing failed: 33 of 33 checks passed, 0 are unknown." in run.output
        assert run.counts.commands == 5, "two of each server, and what the role asks in check mode"


def test_two_fresh_servers(net: str) -> None:
    """Before there is anything: with data, and with two hosts alone."""
    with Site(fresh(), "standin", net) as site:
        run = check(site).ok()
        assert (rows(run, "FAIL"), rows(run, "unknown"), run.written) == (set(), {("contact", BOTH)}, [])
        assert "a run would create relationship 'HQ' with dhcp02.contoso.example" in table(run)
        alone = check(site, data=None).ok()
        assert rows(alone, "FAIL") == set()
        assert rows(alone, "unknown") == {("contact", BOTH), ("data", "failover_relationships")}
        assert ("hop", WAY) in rows(alone, "PASS")
        assert ("hop", BACK) in rows(alone, "PASS")
        assert alone.counts.commands == 4


def test_one_server_of_a_pair_and_a_partner_that_is_named(net: str) -> None:
    with Site(fresh(), "standin", net) as site:
        run = check(site, "--limit", "dhcp01", data=None, failover_partner="dhcp02.contoso.example").ok()
        assert ("rpc", "dhcp01 -> dhcp02.contoso.example") in rows(run, "PASS")
        assert ("version", "dhcp02.contoso.example") in rows(run, "PASS")
        assert ("logon", "dhcp02.contoso.example") in rows(run, "unknown")


# --- each thing broken in turn ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """`plant`: what is wrong. `fails`: the row that says so, with `cure`; `unknown`: what cannot be known by it."""

    plant: Callable[[Site], object]
    fails: tuple[str, str]
    cure: str
    unknown: frozenset[tuple[str, str]] = frozenset()
    data: Sequence[Mapping[str, Any]] = (DATA,)
    transport: str = "winrm"


def inventory(site: Site, host: str, **variables: Any) -> None:
    """Changes what the inventory says of a host."""
    path = site.folder / "inventory.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said["dhcp_servers"]["hosts"][host].update(variables)
    path.write_text(yaml.safe_dump(said), encoding="utf-8")


def account(site: Site, server: str, **lacking: Any) -> None:
    machine = site.lab.servers[server]
    machine.credentials = tuple(replace(one, **lacking) for one in machine.credentials)


def another_account(site: Site) -> None:
    """On DHCP02 the inventory logs on as somebody else; the account of DHCP01 has no rights there."""
    operator = Credential("operator", "of its own")
    first, second = site.lab.servers["DHCP01"], site.lab.servers["DHCP02"]
    first.credentials = (*first.credentials, operator)
    second.credentials = (operator, *(replace(one, admin=False) for one in second.credentials))
    site.lab.switches = site.lab.switches.with_answer("partner_not_admin_error", "DHCP 20121")
    inventory(site, "dhcp02", ansible_user="operator", ansible_password="of its own")


def strange_folder(site: Site) -> None:
    door = site.service.door
    assert isinstance(door, StandinDoor)
    door.files["DHCP02"].make_folder(FOLDER)


def setting(**values: Any) -> Callable[[Site], None]:
    return lambda site: vars(site.lab.servers["DHCP02"]).update(values)


def other_range(site: Site) -> None:
    """What the partner would refuse a scope of the data for."""
    scope = site.lab.servers["DHCP01"].scopes[IPv4Address("10.0.2.0")]
    site.lab.servers["DHCP02"].scopes[IPv4Address("10.0.2.64")] = replace(
        scope, scope_id=IPv4Address("10.0.2.64"), subnet_mask=IPv4Address("255.255.255.192"),
        start_range=IPv4Address("10.0.2.70"), end_range=IPv4Address("10.0.2.90"),
    )  # fmt: skip


# what DHCP01 cannot tell of DHCP02, and DHCP02 not of DHCP01, where it runs no script
OWN = of("dhcp02", "service", "rights", "folders")
BACKWARDS = of(BACK, "name", "rpc", "hop", "partner_rights")
BROKEN: Mapping[str, Broken] = {
    "port": Broken(
        lambda site: site.service.endpoints["DHCP02"].close(),
        ("port", "dhcp02"),
        "look at ansible_host and ansible_port, at whether the server is up, and at the firewalls between",
        frozenset({*of("dhcp02", "logon", "powershell", "role"), *OWN, *BACKWARDS, DATA_ROW}),
    ),
    "logon": Broken(
        lambda site: inventory(site, "dhcp02", ansible_password="wrong"),
        ("logon", "dhcp02"),
        "look at ansible_user and ansible_password",
        frozenset({*of("dhcp02", "powershell", "role"), *OWN, *BACKWARDS, DATA_ROW}),
    ),
    "no way to Windows": Broken(
        lambda site: inventory(site, "dhcp02", ansible_connection="local"),
        ("logon", "dhcp02"),
        "look at ansible_connection and at what it needs on the controller",
        # that a run would change nothing the first server tells by itself
        frozenset({*of("dhcp02", "port", "powershell", "role"), *OWN, *BACKWARDS}),
    ),
    "become": Broken(
        lambda site: inventory(
            site,
            "dhcp02",
            ansible_become=True,
            ansible_become_method="runas",
            ansible_become_user="admin",
            ansible_become_password="wrong",
        ),
        ("powershell", "dhcp02"),
        "where become is used, at ansible_become_user, its password, and whether it may log on there",
        frozenset({*of("dhcp02", "role"), *OWN, *BACKWARDS, DATA_ROW}),
    ),
    "powershell": Broken(
        lambda site: inventory(site, "dhcp02", ansible_psrp_configuration_name="Helpdesk"),
        ("powershell", "dhcp02"),
        "connect to Microsoft.PowerShell",
        frozenset({*of("dhcp02", "role"), *OWN, *BACKWARDS, DATA_ROW}),
        transport="psrp",
    ),
    "service": Broken(
        setting(service="stopped"),
        ("service", "dhcp02"),
        "start it (Start-Service DHCPServer)",
        frozenset(
            {
                *of("dhcp02", "rights", "version", "authorised", "api", "room"),
                *of(WAY, "rpc", "hop", "partner_rights"),
                ("contact", f"'HQ' ({BOTH})"),
                DATA_ROW,
            }
        ),
    ),
    "rights": Broken(
        lambda site: account(site, "DHCP02", admin=False),
        ("rights", "dhcp02"),
        "Use an account that is a local administrator of the DHCP server",
        frozenset(
            {
                *of("dhcp02", "version", "authorised", "api", "room"),
                *of(WAY, "partner_rights"),
                DATA_ROW,
            }
        ),
    ),
    "version": Broken(setting(os="6.1.7601"), ("version", "dhcp02"), "Failover needs Windows Server 2012 or later"),
    "authorised": Broken(setting(authorized=False), ("authorised", "dhcp02"), "Add-DhcpServerInDC"),
    "api": Broken(setting(management_api=False), ("api", "dhcp02"), "install the other (RSAT-DHCP)"),
    "folders": Broken(strange_folder, ("folders", "dhcp02"), "Look at what it is and at who made it"),
    "name": Broken(
        lambda site: site.lab.leads.update({"dhcp02.contoso.example": ""}),
        ("name", WAY),
        "correct the DNS record, or the name of the partner (partner_server in the data)",
        frozenset({*of(WAY, "rpc", "hop", "partner_rights"), DATA_ROW}),
    ),
    "rpc": Broken(
        lambda site: site.lab.cut_link("DHCP01", "DHCP02", "rpc", one_way=True),
        ("rpc", WAY),
        "open TCP 135 and 49152-65535 from dhcp01 to dhcp02",
        frozenset({*of(WAY, "hop", "partner_rights"), DATA_ROW}),
    ),
    "hop": Broken(
        lambda site: account(site, "DHCP01", delegated=False),
        ("hop", WAY),
        "Use become with become_method runas and a password, CredSSP or Kerberos delegation",
        frozenset({*of(WAY, "partner_rights"), DATA_ROW}),
    ),
    "partner_rights": Broken(
        another_account, ("partner_rights", WAY), "Make it a local administrator of dhcp02", frozenset({DATA_ROW})
    ),
    "clocks": Broken(setting(clock_offset=timedelta(minutes=3)), ("clocks", BOTH), "set the time of both (w32tm)"),
    "contact": Broken(
        lambda site: site.lab.cut_link("DHCP01", "DHCP02", "failover"),
        ("contact", f"'HQ' ({BOTH})"),
        "look at TCP 647 in both directions",
    ),
    "a scope that is not there": Broken(
        lambda _site: None, DATA_ROW, "create it there first", data=({**DATA, "scopes": ["10.0.9.0"]},)
    ),
    "a range that is taken": Broken(
        other_range,
        DATA_ROW,
        "correct one of the two ranges",
        data=({**DATA, "scopes": ["10.0.1.0", "10.0.2.0"]},),
    ),
    "data that names what there is not": Broken(
        lambda _site: None,
        ("data", "failover_relationships"),
        "define what it names",
        data=({**DATA, "shared_secret": "{{ vault_of_nobody }}"},),
    ),
    "data that is wrong as a whole": Broken(
        lambda _site: None,
        ("data", "failover_relationships"),
        "scopes is",
        data=({**DATA, "scope": ["10.0.2.0"]},),
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_one_thing_broken_is_one_row_that_fails(broken: Broken, net: str) -> None:
    with Site(well(), "standin", net, broken.transport) as site:
        if broken.transport == "psrp":  # whose logon does not go on
            for host in ("dhcp01", "dhcp02"):
                password = site.lab.servers[host.upper()].credentials[0].password
                runas = {"ansible_become": True, "ansible_become_method": "runas", "ansible_become_user": "admin"}
                inventory(site, host, **runas, ansible_become_password=password)
        broken.plant(site)
        run = check(site, data=broken.data)
        assert rows(run, "FAIL") == {broken.fails}, run.output
        assert rows(run, "unknown") == broken.unknown
        assert broken.cure in table(run)
        assert run.code == 2
        failed = run.failure("Nothing may fail")["msg"]
        number = len(run.result("Put it together")["rows"])
        assert failed.startswith(f"1 of {number} checks failed ({len(broken.unknown)} are unknown). The first: ")
        assert run.written == []
        assert {one["status"] for one in run.tasks} <= {"ok", "skipped", "failed"}, "nobody left the run"


def test_a_server_without_the_role(net: str) -> None:
    """By a real PowerShell, which looks for the module."""
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    servers = well()
    servers.servers["DHCP02"].os = "6.3.9600"
    with Site(servers, "powershell", net) as site:
        shutil.rmtree(site.service.door._modules((6, 3)))  # type: ignore[attr-defined]
        run = check(site, data=None)
        assert rows(run, "FAIL") == {("role", "dhcp02")}, run.output
        assert "Install-WindowsFeature DHCP -IncludeManagementTools" in table(run)
        assert ("powershell", "dhcp02") in rows(run, "PASS")


def test_no_secret_of_the_data_is_shown(net: str) -> None:
    secret = "kept out of sight 7"
    with Site(fresh(), "standin", net) as site:
        given = {**DATA, "enable_auth": True, "shared_secret": secret}
        run = check(site, "-vvv", data=[given]).ok()
        assert DATA_ROW in rows(run, "PASS")
        assert secret not in run.output
        refused = check(site, "-vvv", data=[{**given, "scopes": ["10.0.9.0"]}])
        assert rows(refused, "FAIL") == {DATA_ROW}
        assert secret not in refused.output


def test_several_things_are_counted(net: str) -> None:
    """A server that is off takes nobody else out of the run, and the rest is told all the same."""
    with Site(well(), "standin", net) as site:
        site.service.endpoints["DHCP02"].close()
        site.lab.servers["DHCP02"].reachable = False
        site.lab.servers["DHCP01"].management_api = False
        run = check(site)
        assert rows(run, "FAIL") == {("api", "dhcp01"), ("port", "dhcp02")}
        assert ("rpc", WAY) in rows(run, "unknown")
        assert ("contact", f"'HQ' ({BOTH})") in rows(run, "unknown")
        assert run.failure("Nothing may fail")["msg"].startswith("2 of 33 checks failed")
        assert run.tasks[-1]["task"] == "Nothing may fail"


def test_the_output_in_the_guide(net: str) -> None:
    page = (ROOT / "docs/docsite/rst/guide_check.rst").read_text(encoding="utf-8")
    shown = page.split(".. code-block:: text\n\n", 1)[1].split("\n\n``PASS``", 1)[0]
    with Site(fresh(), "standin", net) as site:
        account(site, "DHCP01", delegated=False)
        lines = check(site, data=None).result(SHOWN)["msg"]
    assert [line.removeprefix("   ") for line in shown.replace("127.0.0.", f"{net}.").splitlines()] == lines
