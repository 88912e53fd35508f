# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which host of the inventory a server is. Nothing here imports Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._model.identity import same_server
from .._model.refusal import Refused
from .._model.texts import few


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
