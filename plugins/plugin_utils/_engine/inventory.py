# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which host of the inventory a server is. Nothing here imports Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._model.identity import same_server
from .._model.refusal import Refused
from .._model.texts import few
from .._planning.read_request import PartnerRead

AUTO = "auto"  # the host of the inventory that the partner is


@dataclass(frozen=True)
class PartnerHosts:
    """What a task says of the hosts of its partners: "" is none, so that this server asks. `of_partners`: each with a
    name of the partner, so that one that several relationships have is reached in one way; `of_relationships`: where a
    partner that no entry declares is asked for; `of_mates`: those of relationships that stay with their partner."""

    others: str = ""
    of_relationships: Mapping[str, str] = field(default_factory=dict)
    of_partners: Sequence[tuple[str, str]] = ()
    of_mates: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> tuple[str, ...]:
        """All hosts that are named."""
        hosts = (self.others, *self.of_relationships.values())
        return tuple(dict.fromkeys(host for host in hosts if host not in ("", AUTO)))

    @property
    def several(self) -> bool:
        """Whether it depends on the partner which host is asked."""
        return bool(self.of_relationships) or self.others == AUTO

    def of(self, read: PartnerRead, task_vars: Mapping[str, Any], own: str) -> str | None:
        """The host of the partner that is asked for. Raises Refused where the inventory has two."""
        same = [host for partner, host in self.of_partners if _is_called((partner,), read.names)]
        mine = [] if same else [self.of_relationships.get(read.relationship, "")]
        mates = [self.of_mates.get(name, "") for name in read.also]
        host = next(filter(None, (*same, *mine, *mates)), "" if same else self.others)
        return host_of(read.names, task_vars, own) if host == AUTO or (read.elsewhere and not same) else host


def host_of(names: Iterable[str], task_vars: Mapping[str, Any], own: str) -> str | None:
    """The one host whose name, or whose ansible_host as it is written, is a name or an address of the server; not the
    task's `own`. None: the inventory has no such host. Raises Refused where it has two."""
    spelled = list(names)
    hosts = [host for host in (task_vars.get("groups") or {}).get("all") or () if host != own]
    hostvars = task_vars.get("hostvars") or {}
    alike = [host for host in hosts if _is_called((host,), spelled)]
    alike = alike or [host for host in hosts if _is_called(_address(hostvars, host), spelled)]
    if len(alike) > 1:
        raise Refused(
            f"partner_host: auto finds {few(alike, between=' and ')} for {' = '.join(spelled)}; name the one that it "
            "is."
        )
    return str(alike[0]) if alike else None


def _is_called(given: Iterable[str], names: Iterable[str]) -> bool:
    return any(same_server(one, name) for one in given for name in names)


def _address(hostvars: Any, host: str) -> tuple[str, ...]:
    """Without its templates: what they give may hold anything."""
    raw = hostvars.raw_get(host) if hasattr(hostvars, "raw_get") else hostvars.get(host) or {}
    address = raw.get("ansible_host")
    return (address,) if isinstance(address, str) else ()


def partner_host(names: Iterable[str], task_vars: Mapping[str, Any], own: str) -> str | None:
    """The partner's name in the inventory; None where the inventory lacks it, or has two of that name."""
    try:
        return host_of(names, task_vars, own)
    except Refused:
        return None
