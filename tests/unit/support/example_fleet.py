# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet as a company may have one, and one of any size: what dhcp_failover_info would return of its servers, and the
report of that. It is what the pictures in the documentation show, so it is invented and does not change by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.fleet import Seen, report
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.verdict import Verdict, needing
from fleets import CREATED, plain

Entry = dict[str, Any]
BRANCHES = ("berlin", "cape-town", "dublin", "hanoi", "lima", "lyon", "oslo", "porto", "riga", "turin")
SINCE = "2026-11-02T05:14:09+00:00"


class Example:
    """Servers by host, filled by `pair()`, `says()` and `unprotected()`."""

    def __init__(self) -> None:
        self.results: dict[str, Entry] = {}
        self.problems: dict[str, str] = {}

    def server(self, host: str) -> Entry:
        empty: Entry = {
            "server": host.upper(),
            "relationships": [],
            "scopes": [],
            "unprotected_scopes": [],
            "verdicts": [],
        }
        return self.results.setdefault(host, empty)

    def pair(self, name: str, hosts: tuple[str, str], scopes: Sequence[Entry], **settings: Any) -> None:
        """`states`, `since`: of the two; `standby`: the reserve of a hot standby whose active server is the first."""
        states, sinces = settings.pop("states", ("Normal", "Normal")), settings.pop("since", (SINCE, SINCE))
        standby, events = settings.pop("standby", None), settings.pop("events", [])
        for index, (host, other) in enumerate((hosts, hosts[::-1])):
            health = [{"scope_id": one["scope_id"], "percent_in_use": one["percent_in_use"]} for one in scopes]
            entry: Entry = {
                "name": name,
                "partner_server": f"{other}.corp.example",
                "partner_host": other,
                "mode": "hot_standby" if standby else "load_balance",
                "server_role": (("active", "standby")[index]) if standby else None,
                "is_primary": index == 0,
                "reserve_percent": standby,
                "load_balance_percent": None if standby else 50,
                "max_client_lead_time": 3600,
                "state_switch_interval": 0,
                "enable_auth": True,
                "state": states[index],
                "state_since": sinces[index],
                "partner_state_since": sinces[1 - index],
                "scopes": [one["scope_id"] for one in scopes],
                "drift": {"partner_state": states[1 - index], "in_sync": True},
                "health": {"healthy": True, "scopes": sorted(health, key=lambda one: -(one["percent_in_use"] or 0))},
                "events": events if index == 0 else [],
                **settings,
            }
            result = self.server(host)
            result["relationships"].append(entry)
            result["scopes"] += [{**one, "relationship": name} for one in scopes]

    def says(self, host: str, id_: str, sentence: str, cure: str, **more: Any) -> None:
        """Both servers of a pair would say it; the report says it once."""
        verdict = Verdict(id_, self.server(host)["server"], sentence, cure, **more)
        self.server(host)["verdicts"].append(verdict.public())

    def unprotected(self, host: str, scopes: Sequence[Entry]) -> None:
        self.server(host)["scopes"] += [{**one, "relationship": None} for one in scopes]
        self.server(host)["unprotected_scopes"] += scopes

    def seen(self) -> list[Seen]:
        read = [Seen(host, result) for host, result in self.results.items() if host not in self.problems]
        return [*read, *(Seen(host, problem=problem) for host, problem in self.problems.items())]

    def report(self, off: Sequence[str] = ()) -> Mapping[str, Any]:
        return plain(report(self.seen(), CREATED, off))


def scope(first: str, name: str, percent: float | None, size: int = 240) -> Entry:
    """A scope of a /24, split evenly."""
    start = IPv4Address(first) + 10
    used = None if percent is None else round(size * percent / 100)
    free = None if used is None else size - used
    return {
        "scope_id": first,
        "name": name,
        "subnet_mask": "255.255.255.0",
        "start_range": str(start),
        "end_range": str(start + size - 1),
        "state": "active",
        "type": "Dhcp",
        "description": "",
        "lease_duration": 691200,
        "exclusions": [],
        "in_use": used,
        "free": free,
        "percent_in_use": percent,
        "in_use_here": used and used // 2,
        "in_use_at_partner": used and used - used // 2,
        "free_here": free and free // 2,
        "free_at_partner": free and free - free // 2,
    }


def _scopes(net: int, names: Sequence[str]) -> Iterator[Entry]:
    for number, name in enumerate(names):
        percent = round((net * 37 + number * 23) % 71 + 12.5, 2)
        yield scope(f"10.{net}.{number}.0", name, percent)


def company() -> Example:
    """A hub with ten branches, pairs of sites, and what goes wrong on a bad day."""
    fleet, rooms = Example(), ("Clients", "Phones", "Printers", "Guests", "Cameras")
    fleet.pair(
        "Campus", ("hq-dhcp01", "hq-dhcp02"), list(_scopes(10, [f"{room} {n}" for n in range(1, 6) for room in rooms]))
    )
    for number, branch in enumerate(BRANCHES):
        down = branch == "lima"
        fleet.pair(
            branch.title(),
            (f"{branch}-dhcp01", "hub-dhcp01"),
            list(_scopes(20 + number, rooms[: 2 + number % 3])),
            standby=5,
            **(
                {
                    "states": ("CommunicationInterrupted", "PartnerDown"),
                    "since": ("2026-11-26T04:41:55+00:00", "2026-11-26T05:02:30+00:00"),
                    "events": list(_cut_off()),
                }
                if down
                else {}
            ),
        )
    factory = list(_scopes(40, ["Line A", "Line B", "Welding", "Offices"]))
    factory[2] = scope("10.40.2.0", "Welding", 100.0)
    fleet.pair("Factory", ("plant-dhcp01", "plant-dhcp02"), factory, state_switch_interval=7200)
    japan = [scope("10.50.0.0", "東京オフィス", 71.25), scope("10.50.1.0", "大阪オフィス", 33.75)]
    fleet.pair("日本", ("tokyo-dhcp01", "osaka-dhcp01"), japan)
    fleet.pair("Lab", ("lab-dhcp01", "lab-dhcp02"), list(_scopes(60, ["Benches", "Robots"])), enable_auth=False)
    fleet.problems["lab-dhcp02"] = (
        "the connection was refused by 10.60.0.12, port 5986: is WinRM on, and does the firewall let it through?"
    )
    old = scope("10.90.7.0", "Old warehouse", 18.75)
    fleet.unprotected("hub-dhcp01", [old])
    fleet.unprotected("plant-dhcp01", [old, scope("10.40.9.0", "Gate", 41.25)])
    _say(fleet)
    return fleet


def _cut_off() -> Iterator[Entry]:
    for time, server, was, became in (
        ("2026-11-26T04:41:55+00:00", "LIMA-DHCP01", "Normal", "CommunicationInterrupted"),
        ("2026-11-26T04:41:57+00:00", "HUB-DHCP01", "Normal", "CommunicationInterrupted"),
        ("2026-11-26T05:02:30+00:00", "HUB-DHCP01", "CommunicationInterrupted", "PartnerDown"),
    ):
        words = f"state of {server} changed from {was} to {became}"
        by = "CORP\\olsen" if became == "PartnerDown" else None
        yield {
            "time": time,
            "server": server,
            "kind": "state",
            "text": words,
            "from": was,
            "to": became,
            "scope_id": None,
            "by": by,
        }


def _say(fleet: Example) -> None:
    fleet.says(
        "lima-dhcp01",
        "not_normal",
        "'Lima' is CommunicationInterrupted on LIMA-DHCP01 and PartnerDown on hub-dhcp01.corp.example",
        "the two servers are not in contact; bring the partner back, or look at the network between them (TCP 647)",
        relationship="Lima",
        partner="hub-dhcp01.corp.example",
        evidence={"this_server": "CommunicationInterrupted", "partner": "PartnerDown"},
    )
    fleet.says(
        "plant-dhcp01",
        "scope_full",
        "no free address in 10.40.2.0",
        "widen the range, shorten the leases, or add a scope to its superscope",
        relationship="Factory",
        partner="plant-dhcp02.corp.example",
        scopes=("10.40.2.0",),
    )
    fleet.says(
        "hq-dhcp01",
        "content_differs",
        "2 scopes are not the same on HQ-DHCP01 and hq-dhcp02.corp.example: 10.10.3.0, 10.10.8.0",
        "look at the differences, and replicate from the server that is right (dhcp_failover_replicate)",
        relationship="Campus",
        partner="hq-dhcp02.corp.example",
        scopes=("10.10.3.0", "10.10.8.0"),
        evidence={
            "differences": [
                {
                    "scope_id": "10.10.3.0",
                    "field": "option 6",
                    "this_server": "10.10.0.2, 10.10.0.3",
                    "partner": "10.10.0.2",
                },
                {
                    "scope_id": "10.10.8.0",
                    "field": "lease_duration",
                    "this_server": "08:00:00",
                    "partner": "8.00:00:00",
                },
            ]
        },
    )
    fleet.says(
        "lab-dhcp01",
        "authentication_off",
        "the messages of 'Lab' are not authenticated",
        "enable_auth: true, with a secret",
        relationship="Lab",
        partner="lab-dhcp02.corp.example",
    )
    for host, scopes in (("hub-dhcp01", ("10.90.7.0",)), ("plant-dhcp01", ("10.90.7.0", "10.40.9.0"))):
        fleet.says(
            host,
            "scopes_unprotected",
            f"no partner would take over {', '.join(scopes)}, which {host.upper()} serves alone",
            "add them to a relationship (scopes, or dhcp_failover_scope)",
            scopes=scopes,
        )
    for host in ("tokyo-dhcp01", "osaka-dhcp01"):
        fleet.says(
            host,
            "dns_credentials_missing",
            f"{host.upper()} registers names in DNS as itself, and its partners cannot change them",
            "set one account on all partners (Set-DhcpServerDnsCredential), or let it be where the zone is not secure",
        )
    fleet.says(
        "lab-dhcp01",
        "not_collected",
        "lab-dhcp02.corp.example could not be looked at for 'Lab'",
        "look at the network and at the rights of the account there",
        relationship="Lab",
        partner="lab-dhcp02.corp.example",
        kinds=needing("drift", "drift and health"),
    )


def large(pairs: int, scopes: int) -> Example:
    """Pairs of two servers each, every fifth with something to say."""
    fleet = Example()
    for number in range(pairs):
        hosts = (f"site{number:03}-dhcp01", f"site{number:03}-dhcp02")
        members = [
            scope(
                f"10.{number}.{one}.0",
                f"Building {one // 8} floor {one % 8}",
                round((number * 7 + one * 13) % 100 + 0.25, 2),
            )
            for one in range(scopes)
        ]
        fleet.pair(f"Site {number:03}", hosts, members)
        if number % 5 == 0:
            fleet.says(
                hosts[0],
                "interval_below_mclt",
                f"'Site {number:03}' declares the partner down after 00:10:00, before the MCLT of 01:00:00 is over",
                "state_switch_interval of at least the MCLT",
                relationship=f"Site {number:03}",
                partner=f"{hosts[1]}.corp.example",
            )
    return fleet
