# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the playbook check finds on a pair of simulated servers: its tasks, one after the other, in this process. And
what can be wrong with a pair, one thing for each check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.windhcp.failover.plugins.action.dhcp_failover_check_report import ActionModule
from fleets import on_the_controller, plain
from lab.core.server import Credential
from lab.standin.files import Files
from lab.standin.own_files import FOLDER
from pairs import ONE, Pair, pair

CHECK = "dhcp_failover_check"
HOSTS = ("dhcp01", "dhcp02")
WAY, BACK, BOTH = "dhcp01 -> dhcp02", "dhcp02 -> dhcp01", "dhcp01, dhcp02"
HQ = {"name": "HQ", "partner_server": "dhcp02.contoso.example", "scopes": [str(ONE)], "enable_auth": False}
DATA = [{**HQ, "primary": "dhcp01", "partner": "dhcp02"}]


def checked(
    servers: Pair, hosts: Sequence[str] = HOSTS, data: Any = None, *, named: str = "", refused: Any = None
) -> dict[str, Any]:
    """The report of what the hosts have found. `data`: with which the role runs on dhcp01; `refused`: what the
    role left in its variables where it did not come to its second task."""
    wire = servers.wire
    wire.inventory = hosts
    wire.hostvars = {host: {"failover_relationships": data, **(refused or {})} for host in hosts}
    for host in hosts:
        wire.hostvars[host]["looked"] = plain(servers.run(CHECK, host=host))
    asked: dict[str, Any] = {"hosts": list(hosts), "variable": "looked", **({"partner": named} if named else {})}
    for host in hosts:
        wire.hostvars[host]["asked"] = plain(servers.run(CHECK, host=host, **asked))
    if data and not refused and wire.hostvars["dhcp01"]["asked"]["tries_data"]:
        entries = [{key: entry[key] for key in entry if key not in ("primary", "partner")} for entry in data]
        result = servers.run("dhcp_failover", check_mode=True, relationships=entries, partner_host="auto")
        wire.hostvars["dhcp01"]["failover_result"] = plain(result)
    report: dict[str, Any] = on_the_controller(ActionModule, wire.hostvars, hosts=list(hosts), variable="asked")
    return report


def statuses(report: Mapping[str, Any], status: str) -> set[tuple[str, str]]:
    """The checks that came to it, each with what it is about."""
    return {(row["id"], row["subject"]) for row in report["rows"] if row["status"] == status}


def row(report: Mapping[str, Any], id_: str, subject: str) -> Mapping[str, Any]:
    """One of the rows."""
    (found,) = [one for one in report["rows"] if (one["id"], one["subject"]) == (id_, subject)]
    return dict(found)


def server_rows(*after: str, server: str = "dhcp02") -> set[tuple[str, str]]:
    """These checks of a server."""
    return {(id_, server) for id_ in after}


def way_rows(*after: str, way: str = WAY) -> set[tuple[str, str]]:
    """These checks of a way."""
    return {(id_, way) for id_ in after}


@dataclass(frozen=True)
class Broken:
    """One thing that is wrong. `fails`: the one row that says so, with the `cure`; `unknown`: those that cannot be
    known by it."""

    plant: Callable[[Pair], object]
    fails: tuple[str, str]
    cure: str
    unknown: frozenset[tuple[str, str]] = frozenset()
    data: Sequence[Mapping[str, Any]] = field(default_factory=lambda: DATA)
    hosts: Sequence[str] = HOSTS


def _account(servers: Pair, server: str, **lacking: Any) -> None:
    machine = servers.server(server)
    machine.credentials = tuple(replace(one, **lacking) for one in machine.credentials)


def _refused_there(servers: Pair) -> None:
    """Who is logged on to DHCP02 is another account, which has rights on both; that of DHCP01 has none there."""
    other = Credential("operator", "of its own")
    machine, first = servers.server("DHCP02"), servers.server("DHCP01")
    machine.credentials = (other, *(replace(one, admin=False) for one in machine.credentials))
    first.credentials = (*first.credentials, other)
    servers.lab.switches = servers.lab.switches.with_answer("partner_not_admin_error", "DHCP 20121")


def _no_wire(servers: Pair) -> None:
    plain_execute = servers.wire.execute

    def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if server == "DHCP02":
            raise AnsibleConnectionFailure("ntlm: the specified credentials were rejected by the server")
        return plain_execute(server, arguments)

    servers.wire.execute = execute  # type: ignore[method-assign]


def _answers(status: str) -> Callable[[Pair], None]:
    """What the script answers before its first operation: the stand-in has no server without the module."""

    def plant(servers: Pair) -> None:
        plain_execute = servers.wire.execute
        error = {"id": "windhcp.session", "category": "NotSpecified", "target": "", "message": "so it is"}
        ended = {"status": status, "fingerprint": None, "before": [], "calls": [], "finally": [], "errors": [error]}

        def execute(server: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
            answer = {"changed": False, "reply": {**ended, "clock": None}}
            return answer if server == "DHCP02" else plain_execute(server, arguments)

        servers.wire.execute = execute  # type: ignore[method-assign]

    return plant


def _strange_folder(servers: Pair) -> None:
    files = servers.wire.files.setdefault("DHCP02", Files())
    files.make_folder(FOLDER)


def _full(servers: Pair) -> None:
    """Of DHCP02 alone: half of its relationships are with DHCP01, the others with DHCP03, which is not asked."""
    for number in range(30):
        other = "DHCP01" if number % 2 else "DHCP03"
        for mine, theirs in (("DHCP02", other), (other, "DHCP02")):
            half = servers.server("DHCP01").relationships["HQ"]
            servers.server(mine).relationships[f"R{number}"] = replace(
                half,
                name=f"R{number}",
                peer=theirs,
                partner_server=servers.server(theirs).fqdn,
                primary=other,
                secondary="DHCP02",
                scopes=[],
            )


def of_server(name: str, **values: Any) -> Callable[[Pair], None]:
    """Something of a server itself."""
    return lambda servers: vars(servers.server(name)).update(values)


OWN = ("role", "service", "rights", "folders")  # what no other server can tell
DATA_ROW = ("data", f"'HQ' ({BOTH})")
OTHER_SCOPE = [{**DATA[0], "scopes": [str(ONE), "10.0.9.0"]}]
NOT_ASKED = way_rows("name", "rpc", "hop", "partner_rights", way=BACK)  # by a server that does not run the script
BROKEN: Mapping[str, Broken] = {
    "logon": Broken(
        _no_wire,
        ("logon", "dhcp02"),
        "look at ansible_user and ansible_password",
        frozenset({*server_rows("port", "powershell", *OWN), DATA_ROW, *NOT_ASKED}),
    ),
    "powershell": Broken(
        _answers("constrained_language"),
        ("powershell", "dhcp02"),
        "connect to Microsoft.PowerShell",
        frozenset({*server_rows(*OWN), *NOT_ASKED, DATA_ROW}),
    ),
    "role": Broken(
        _answers("no_module"),
        ("role", "dhcp02"),
        "Install-WindowsFeature DHCP -IncludeManagementTools",
        frozenset({*server_rows(*OWN[1:]), *NOT_ASKED, DATA_ROW}),
    ),
    "service": Broken(
        of_server("DHCP02", service="stopped"),
        ("service", "dhcp02"),
        "Start-Service DHCPServer",
        frozenset(
            {
                *server_rows("rights", "version", "authorised", "api", "room"),
                *way_rows("rpc", "hop", "partner_rights"),
                ("contact", f"'HQ' ({BOTH})"),
                DATA_ROW,
            }
        ),
    ),
    "rights": Broken(
        lambda servers: _account(servers, "DHCP02", admin=False),
        ("rights", "dhcp02"),
        "Use an account that is a local administrator",
        frozenset(
            {
                *server_rows("version", "authorised", "api", "room"),
                *way_rows("hop", "partner_rights"),
                DATA_ROW,
            }
        ),
    ),
    "version": Broken(
        of_server("DHCP02", os="6.1.7601"), ("version", "dhcp02"), "Failover needs Windows Server 2012 or later"
    ),
    "authorised": Broken(of_server("DHCP02", authorized=False), ("authorised", "dhcp02"), "Add-DhcpServerInDC"),
    "api": Broken(of_server("DHCP02", management_api=False), ("api", "dhcp02"), "RSAT-DHCP"),
    "folders": Broken(_strange_folder, ("folders", "dhcp02"), "Look at what it is and at who made it"),
    "room": Broken(_full, ("room", "dhcp02"), "end one that is not needed", hosts=(*HOSTS, "dhcp03")),
    "name": Broken(
        lambda servers: servers.lab.leads.update({"dhcp02.contoso.example": ""}),
        ("name", WAY),
        "correct the DNS record",
        frozenset({*way_rows("rpc", "hop", "partner_rights"), DATA_ROW}),
    ),
    "another server of that name": Broken(
        lambda servers: servers.lab.leads.update({"dhcp02.contoso.example": "DHCP03"}),
        ("name", WAY),
        "correct the DNS record",
        frozenset({*way_rows("rpc", "hop", "partner_rights"), DATA_ROW}),
    ),
    "rpc": Broken(
        lambda servers: servers.lab.cut_link("DHCP01", "DHCP02", "rpc", one_way=True),
        ("rpc", WAY),
        "open TCP 135 and 49152-65535 from dhcp01 to dhcp02",
        frozenset({*way_rows("hop", "partner_rights"), DATA_ROW}),
    ),
    "hop": Broken(
        lambda servers: _account(servers, "DHCP01", delegated=False),
        ("hop", WAY),
        "Use become with become_method runas and a password, CredSSP or Kerberos delegation",
        frozenset({*way_rows("partner_rights"), DATA_ROW}),
    ),
    "partner_rights": Broken(
        _refused_there,
        ("partner_rights", WAY),
        "Make it a local administrator of dhcp02",
        frozenset({DATA_ROW}),
    ),
    "clocks": Broken(
        of_server("DHCP02", clock_offset=timedelta(minutes=3)), ("clocks", BOTH), "set the time of both (w32tm)"
    ),
    "contact": Broken(
        lambda servers: servers.lab.cut_link("DHCP01", "DHCP02", "failover"),
        ("contact", f"'HQ' ({BOTH})"),
        "look at TCP 647 in both directions",
    ),
    "data": Broken(lambda _servers: None, DATA_ROW, "mend what it says", data=OTHER_SCOPE),
}


def well() -> Pair:
    """A pair of which nothing is wrong: HQ with one scope."""
    return pair(ONE)
