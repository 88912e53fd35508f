# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How partner_host is reached: as the play would reach that host, wherever the task itself was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import yaml
from harness import Site, lab
from lab.inventory import inventory

PREFIX = "windhcp.failover.dhcp_failover_"
HQ = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": ["10.10.10.0"]}
LOGON = ("ansible_user", "ansible_password")


@contextmanager
def site(net: str, partners: Mapping[str, Mapping[str, Any]] | None = None, *, logon: bool = True) -> Iterator[Site]:
    """dhcp01, and dhcp02 under as many names as are given, each with variables of its own. `logon`: whether the
    inventory has users and passwords."""
    running = Site(lab(), "standin", net)
    for server in running.lab.servers.values():
        server.transports = ("winrm", "psrp", "ssh")
    with running:
        found = {name: variables(running, name) for name in ("dhcp01", "dhcp02")}
        hosts = {**found, **{name: {**found["dhcp02"], **given} for name, given in (partners or {}).items()}}
        lost = set() if logon else set(LOGON)
        hosts = {name: {key: said[key] for key in said if key not in lost} for name, said in hosts.items()}
        hosts = {name: {key: value for key, value in said.items() if value is not None} for name, said in hosts.items()}
        described = {"all": {"hosts": hosts, "vars": {"addresses": {"dhcp02": found["dhcp02"]["ansible_host"]}}}}
        (running.folder / "inventory.yml").write_text(yaml.safe_dump(described), encoding="utf-8")
        yield running


def variables(running: Site, host: str, transport: str = "winrm") -> dict[str, Any]:
    """What the lab's inventory says of a host for one transport."""
    group = inventory(running.service.ready(), transport)["dhcp_servers"]
    return {**group["vars"], **group["hosts"][host]}


def info(partner: str, **more: Any) -> dict[str, Any]:
    return {"name": partner, f"{PREFIX}info": {"gather": ["drift"], "partner_host": partner}, **more}


def reached(running: Site, tasks: Sequence[Mapping[str, Any]], *options: str, **play: Any) -> None:
    """Each task asks the partner over a connection to it."""
    mark = running.lab.audit.mark()
    run = running.play(tasks, *options, **play).ok()
    assert running.lab.audit.counts("DHCP02", mark).commands == len(tasks)
    assert [one["result"]["relationships"][0]["drift"]["in_sync"] for one in run.tasks] == [True] * len(tasks)


def test_with_the_variables_of_the_partner_and_none_of_the_own_host(net: str) -> None:
    """Another connection plugin and shell, templates, become; and what is omitted."""
    runas = {"ansible_become_method": "runas", "ansible_become_user": "administrator"}
    by_name = {"ansible_host": "{{ addresses[real_name] }}", "real_name": "dhcp02"}
    with site(net) as running:
        own = running.folder / "inventory.yml"
        described = yaml.safe_load(own.read_text(encoding="utf-8"))
        hosts = described["all"]["hosts"]
        password = hosts["dhcp02"]["ansible_password"]
        for transport in ("ssh", "psrp"):
            hosts[transport] = variables(running, "dhcp02", transport)
        hosts["templated"] = {**hosts["dhcp02"], **by_name, "ansible_port": "{{ wsman }}"}
        hosts["templated"]["wsman"] = str(hosts["dhcp02"]["ansible_port"])
        hosts["become"] = {**hosts["dhcp02"], **runas, "ansible_become": "{{ 1 == 1 }}"}
        hosts["become"]["ansible_become_password"] = "{{ ansible_password }}"
        own.write_text(yaml.safe_dump(described), encoding="utf-8")
        running.play([{f"{PREFIX}relationship": HQ}]).ok()
        partners = ["dhcp02", "ssh", "psrp", "templated", "become"]
        reached(running, [info(partner) for partner in partners])
        hosts["dhcp01"] = {**variables(running, "dhcp01", "ssh"), **runas, "ansible_become": True}
        hosts["dhcp01"]["ansible_become_password"] = password
        own.write_text(yaml.safe_dump(described), encoding="utf-8")
        reached(running, [info(partner) for partner in partners])


def test_with_what_the_play_and_the_command_line_say(net: str) -> None:
    with site(net, logon=False) as running:
        account = running.lab.servers["DHCP01"].credentials[0]
        file = running.folder / "password"
        file.write_text(account.password, encoding="utf-8")
        password = ("--connection-password-file", str(file))
        logon = dict(zip(LOGON, (account.user, account.password), strict=True))
        own_host = {"hosts": "localhost", "connection": "local"}
        tasks = [info("dhcp02"), info("dhcp02", run_once=True)]
        running.play([{f"{PREFIX}relationship": {**HQ, "partner_host": "dhcp02"}}], "-u", account.user, *password).ok()
        reached(running, tasks, *password, remote_user=account.user)
        reached(running, tasks, vars=logon)
        reached(running, [info("dhcp02", vars=logon)])
        delegated = [{**task, "delegate_to": "dhcp01"} for task in tasks]
        reached(running, delegated, "-u", account.user, *password, **own_host)


def test_every_module_that_takes_it_works_delegated(net: str) -> None:
    """From a play of localhost, in loops, and in check mode."""
    there = {"partner_host": "dhcp02"}
    leaving = {"relationship": "HQ", "scopes": ["10.10.20.0"], "state": "absent", **there}
    grow = [
        {"name": "Relationship", f"{PREFIX}relationship": {**HQ, **there}},
        {"name": "Scope", f"{PREFIX}scope": {"relationship": "HQ", "scopes": ["{{ item }}"], **there}}
        | {"loop": ["10.10.20.0", "10.10.11.0"]},
        {"name": "Replicate", f"{PREFIX}replicate": {"all": True, **there}},
        info("dhcp02"),
    ]
    shrink = [
        {"name": "Removal", f"{PREFIX}scope": {**leaving, "keep_scopes_on": "this_server", "other_copy": "disable"}},
        {"name": "Copy", f"{PREFIX}scope_copy": {"scopes": ["10.10.20.0"], "partner_host": "dhcp01"}}
        | {"delegate_to": "dhcp02"},
    ]
    down = {"name": "Down", f"{PREFIX}partner_down": {"name": "HQ", **there}, "delegate_to": "dhcp01"}
    with site(net) as running:
        for tasks in (grow, shrink):
            tasks = [{"delegate_to": "dhcp01", **task} for task in tasks]
            ahead = running.play(tasks[:1], "--check", host="localhost").ok()
            assert (ahead.changed, ahead.written) == (1, [])
            assert running.play(tasks, host="localhost", connection="local").ok().changed == 2
        again = running.play([{"delegate_to": "dhcp01", **grow[0]}, down], "--check", host="localhost")
        assert again.result("Relationship")["changed"] is False
        assert "is in state Normal" in again.failure("Down")["msg"]


def test_a_connection_that_cannot_be_made_says_why(net: str) -> None:
    """And the password of the task's own host goes to no other one."""
    partners: dict[str, dict[str, Any]] = {
        "no_password": {"ansible_password": None},
        "wrong_password": {"ansible_password": "another"},
        "local": {"ansible_connection": "local"},
        "ssh": {"ansible_connection": "ssh"},
        "nobodys_plugin": {"ansible_connection": "nobodys"},
        "nobodys_become": {"ansible_become": True, "ansible_become_method": "nobodys"},
        "undefined": {"ansible_host": "{{ nowhere }}"},
        "odd_option": {"ansible_winrm_scheme": "gopher"},
    }
    with site(net, partners) as running:
        tasks = [
            {"name": name, f"{PREFIX}relationship": {**HQ, "partner_host": name}} for name in (*partners, "nowhere")
        ]
        run = running.play([{**task, "ignore_errors": True} for task in tasks])
        said = {name: run.failure(name)["msg"] for name in (*partners, "nowhere")}
        assert run.written == []
        alone = running.play([info("dhcp02")], host="localhost").failure("dhcp02")["msg"]
        slow = running.play([info("dhcp02", **{"async": 10})]).failure("dhcp02")["msg"]
    windows = "does not lead to a Windows shell. It has to be a DHCP server"
    for name, text in {
        "no_password": "partner_host: no_password cannot be reached (basic: auth method basic requires a password)",
        "wrong_password": "the specified credentials were rejected by the server",
        "local": f"partner_host: the connection to local (local) {windows}",
        "ssh": f"partner_host: the connection to ssh (ssh) {windows}",
        "nobodys_plugin": "partner_host: there is no connection plugin 'nobodys'.",
        "nobodys_become": "partner_host: there is no become plugin 'nobodys'.",
        "undefined": "partner_host: no connection to undefined can be made of what the inventory and the play say: ",
        "odd_option": "gopher",
        "nowhere": "partner_host: 'nowhere' is no host of the inventory",
    }.items():
        assert text in said[name]
    assert f"the connection to localhost (local) {windows}" in alone
    assert "async" in slow
