# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""update_secret: on_change sends a secret once, knows it again without storing it, and leaves nothing of it behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from lab.standin.files import Files
from lab.standin.own_files import FOLDER, Stopped
from nothing_lost import scenarios
from nothing_lost.task import Wire, perform
from nothing_lost.watched import Killed, Watch, held

ONE, TWO = "Kx7-one-secret", "Kx7-two-secret"
REMOVALS: list[dict[str, Any]] = [
    {"keep_scopes_on": "this_server", "other_copy": "delete"},
    {"keep_scopes_on": "this_server", "other_copy": "disable"},
    {"keep_scopes_on": "partner", "other_copy": "delete", "safety_copy": False},
    {"keep_scopes_on": "partner", "other_copy": "disable"},
]


class Servers:
    """Three servers and their files, from task to task."""

    def __init__(self) -> None:
        self.lab = scenarios.lab()
        self.files: dict[str, Files] = {}

    def task(
        self, module: str = "dhcp_failover_relationship", check_mode: bool = False, **options: Any
    ) -> Mapping[str, Any]:
        result = perform(
            Wire(self.lab, files=self.files), module, {"wait_timeout": 1, **options}, check_mode=check_mode
        )
        assert not result.get("failed"), result["msg"]
        shown = json.dumps(result)
        assert not [secret for secret in (ONE, TWO, *self.kept("DHCP01"), *self.kept("DHCP02")) if secret in shown]
        return result

    def hq(
        self, secret: str, name: str = "HQ", scopes: Sequence[str] = ("10.0.1.0",), **options: Any
    ) -> Mapping[str, Any]:
        wanted = {"update_secret": "on_change", "partner_server": scenarios.PARTNER, "scopes": list(scopes)}
        return self.task(**{**wanted, **options}, name=name, shared_secret=secret)

    def kept(self, server: str) -> list[str]:
        """Every line that it keeps: salt and hash, one pair a secret."""
        files = self.files.get(server, Files())
        inside = f"{FOLDER}\\kept\\secret.".lower()
        contents = [
            content for path in files.paths() if path.startswith(inside) for content in files.found(path).values()
        ]
        return [line for content in contents for line in content.decode().split()]

    def in_use(self, name: str = "HQ") -> str:
        """What both servers have instead of the secret: the lab's own hash."""
        here, there = (self.lab.servers[server].relationships[name].secret for server in ("DHCP01", "DHCP02"))
        assert here == there
        assert here
        return here

    def uses(self, secret: str, name: str = "HQ") -> bool:
        return self.in_use(name) == self.lab.hash_secret(secret)


def changed_in(result: Mapping[str, Any]) -> tuple[bool, int]:
    """Whether something changed, and in how many remote commands."""
    return result["changed"], result["remote_calls"]


def test_it_is_sent_once() -> None:
    servers = Servers()
    assert changed_in(servers.hq(ONE)) == (True, 3)
    assert changed_in(servers.hq(ONE)) == (False, 1)
    ahead = servers.hq(TWO, check_mode=True)
    assert changed_in(ahead) == (True, 2)
    assert servers.uses(ONE)
    other = servers.hq(TWO)
    assert changed_in(other) == (True, 2)
    assert (other["plan"], other["diff"]) == (ahead["plan"], ahead["diff"])
    assert other["diff"]["after"]["shared_secret"] == "sent anew"
    assert other["plan"][-1]["step"] == "modify relationship 'HQ': shared_secret sent anew"
    assert servers.uses(TWO)
    assert changed_in(servers.hq(TWO)) == (False, 1)
    assert changed_in(servers.hq(ONE)) == (True, 2)
    assert len(servers.kept("DHCP01")) == 2
    assert servers.kept("DHCP02") == []


def test_one_that_was_there_before_is_sent_once_more() -> None:
    servers = Servers()
    servers.hq(ONE, update_secret="on_create")
    assert servers.kept("DHCP01") == []
    assert changed_in(servers.hq(ONE)) == (True, 2)
    assert changed_in(servers.hq(ONE)) == (False, 1)


def test_with_partner_host_it_costs_no_look_at_the_partner_when_nothing_changed() -> None:
    servers = Servers()
    servers.hq(ONE, partner_host="dhcp02")
    plain = changed_in(servers.hq(ONE, update_secret="on_create", partner_host="dhcp02"))
    assert changed_in(servers.hq(ONE, partner_host="dhcp02")) == plain
    assert servers.hq(TWO, partner_host="dhcp02")["changed"]
    assert servers.uses(TWO)


def test_two_relationships_do_not_meet() -> None:
    servers = Servers()

    def branch() -> Mapping[str, Any]:
        return servers.hq(TWO, "Branch", ["10.0.2.0"], partner_server="dhcp03.contoso.example")

    servers.hq(ONE)
    branch()
    assert len(set(servers.kept("DHCP01"))) == 4
    assert changed_in(servers.hq(ONE)) == changed_in(branch()) == (False, 1)
    servers.task(name="HQ", state="absent", **REMOVALS[0])
    assert len(set(servers.kept("DHCP01"))) == 2
    assert changed_in(branch()) == (False, 1)


@pytest.mark.parametrize("options", [{"enable_auth": False}, {"update_secret": "always", "shared_secret": TWO}])
def test_another_task_that_makes_it_untrue_drops_it(options: dict[str, Any]) -> None:
    servers = Servers()
    servers.hq(ONE)
    assert servers.task(name="HQ", **options)["changed"]
    assert servers.kept("DHCP01") == []
    assert changed_in(servers.hq(ONE, enable_auth=True)) == (True, 2)
    assert servers.uses(ONE)


def test_authentication_that_is_off_stays_off() -> None:
    """A secret for all relationships, in the data of many, turns it on in none that does without."""
    servers = Servers()
    servers.hq(ONE)
    servers.task(name="HQ", enable_auth=False)
    result = servers.hq(ONE)
    assert not result["changed"]
    assert "exists without authentication, which enable_auth: true switches on" in result["warnings"][0]


@pytest.mark.parametrize("route", [{}, {"partner_host": "dhcp02"}], ids=["second hop", "own connection"])
@pytest.mark.parametrize("removal", REMOVALS, ids=str)
def test_it_goes_with_the_relationship(removal: dict[str, Any], route: dict[str, Any]) -> None:
    servers = Servers()
    servers.hq(ONE)
    absent = {"name": "HQ", "state": "absent", **removal, **route}
    ahead = servers.task(check_mode=True, **absent)
    assert len(servers.kept("DHCP01")) == 2
    assert servers.task(**absent)["plan"] == ahead["plan"]
    assert servers.kept("DHCP01") == []
    assert not servers.task(**absent)["changed"]


def test_it_stays_with_an_empty_relationship_and_goes_with_it() -> None:
    servers = Servers()
    servers.hq(ONE)
    servers.task("dhcp_failover_scope", relationship="HQ", scopes=["10.0.1.0"], state="absent", **REMOVALS[0])
    assert changed_in(servers.hq(ONE, scopes=[])) == (False, 1)
    servers.task(name="HQ", state="absent")
    assert servers.kept("DHCP01") == []


def test_it_goes_with_an_orphan() -> None:
    servers = Servers()
    servers.hq(ONE, scopes=["10.0.1.0", "10.0.2.0"])
    scenarios.partner_dies(servers.lab)
    assert servers.task(name="HQ", state="absent", **scenarios.GONE)["changed"]
    assert servers.kept("DHCP01") == []


def test_a_relationship_that_is_re_created_takes_it_along() -> None:
    servers = Servers()
    servers.hq(ONE)
    before = servers.kept("DHCP01")
    renamed: dict[str, Any] = {"previous_name": "HQ", "recreate": "when_needed", **REMOVALS[0]}
    assert servers.hq(ONE, "Berlin", **renamed)["changed"]
    assert not set(before) & set(servers.kept("DHCP01"))
    assert servers.uses(ONE, "Berlin")
    assert not servers.hq(ONE, "Berlin", **renamed)["changed"]
    standby: dict[str, Any] = {
        "mode": "hot_standby",
        "server_role": "standby",
        "reserve_percent": 5,
        "recreate": "when_needed",
        **REMOVALS[0],
    }
    steps = [step["step"] for step in servers.hq(TWO, "Berlin", **{**standby, "server_role": "active"})["plan"]]
    assert steps == ["forget what DHCP01 keeps of the secret of 'Berlin'", steps[-1]]
    steps = [step["step"] for step in servers.hq(TWO, "Berlin", **standby)["plan"]]
    assert steps.count("forget what DHCP01 keeps of the secret of 'Berlin'") == 1
    assert not servers.hq(TWO, "Berlin", **standby)["changed"]
    assert len(servers.kept("DHCP01")) == 2


def test_one_that_a_scope_task_creates_has_another_secret() -> None:
    """The relationship went behind our back, so what is kept of it would be taken for the new one's."""
    servers = Servers()
    servers.hq(ONE)
    for server in servers.lab.servers.values():
        server.relationships.clear()
    servers.lab.servers["DHCP02"].scopes.clear()
    create = {"partner_server": scenarios.PARTNER, "shared_secret": TWO}
    servers.task("dhcp_failover_scope", relationship="HQ", scopes=["10.0.1.0"], create_relationship=create)
    assert servers.kept("DHCP01") == []
    assert servers.hq(ONE)["changed"]
    assert servers.uses(ONE)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("first", [None, ONE])
def test_a_run_that_is_killed_at_the_write_is_made_up_for(first: str | None, after: bool) -> None:
    """Before it or between it and what is kept of it; and the secret that was in use before is sent when it is asked
    for again."""
    servers = Servers()
    if first:
        servers.hq(first)
    servers.lab.watch = Watch(held(servers.lab), die_at=0, after=after)
    with pytest.raises(Killed):
        servers.hq(TWO)
    servers.lab.watch = None
    assert servers.kept("DHCP01") == []
    assert servers.hq(first or TWO)["changed"]
    assert servers.uses(first or TWO)
    assert changed_in(servers.hq(first or TWO))[0] is False


@pytest.mark.parametrize("fault", ["partner half fails", "link cut"])
def test_one_that_did_not_reach_the_partner_is_not_taken_for_sent(fault: str) -> None:
    """Nor is the one of before, which is no longer in use on both servers."""
    servers = Servers()
    servers.hq(ONE)
    cut = fault == "link cut"
    servers.lab.watch = Watch(
        held(servers.lab), cut_at=0 if cut else None, fail_at=None if cut else 0, half_applied=True
    )
    options = {"name": "HQ", "update_secret": "on_change", "shared_secret": TWO, "wait_timeout": 1}
    result = perform(Wire(servers.lab, files=servers.files), "dhcp_failover_relationship", options)
    assert (result["failed"], result["changed"]) == (True, True)
    here, there = (servers.lab.servers[server].relationships["HQ"].secret for server in ("DHCP01", "DHCP02"))
    assert here != there
    assert servers.kept("DHCP01") == []
    servers.lab.watch = None
    servers.lab.cut_links.clear()
    assert servers.hq(ONE)["changed"], "what differs keeps the two apart until it is sent again"
    assert servers.uses(ONE)


class Full(Files):
    """A disk on which nothing of a secret has room."""

    def write(self, path: str, content: bytes, modified: datetime) -> None:
        if "secret." in path:
            raise Stopped("file", "WriteError", path, "There is not enough space on the disk.")
        super().write(path, content, modified)


def test_keeping_that_fails_is_told_and_the_secret_is_sent() -> None:
    servers = Servers()
    servers.files["DHCP01"] = Full()
    options = {"name": "HQ", "partner_server": scenarios.PARTNER, "scopes": ["10.0.1.0"], "update_secret": "on_change"}
    result = perform(
        Wire(servers.lab, files=servers.files), "dhcp_failover_relationship", {**options, "shared_secret": ONE}
    )
    assert (result["failed"], result["changed"]) == (True, True)
    assert "could not be read or written" in result["msg"]
    assert result["msg"].endswith("Once that is mended, running again completes it.")
    assert servers.uses(ONE)


def test_nobody_who_does_not_ask_for_it_gets_a_file() -> None:
    servers = Servers()
    servers.hq(ONE, update_secret="on_create")
    servers.hq(ONE, update_secret="always")
    servers.task(name="HQ", state="absent", **REMOVALS[0])
    assert [path for path in servers.files["DHCP01"].paths() if "\\kept\\" in path] == []
