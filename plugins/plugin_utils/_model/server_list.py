# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a server writes of a site's data -> the list of its relationships for dhcp_failover; and what that found beyond
it, as text. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .texts import few

_OF_SITE = ("primary", "partner")


def server_list(
    site: Mapping[str, Any], relationships: Sequence[Mapping[str, Any]], shared_secret: str = "", *, own: bool = True
) -> list[dict[str, Any]]:
    """`site`: what dhcp_failover_site returned of the data `relationships`. Only here a secret comes to its entry.
    `own`: each partner has a connection of its own."""
    entries: list[dict[str, Any]] = []
    for options in site["writes"]:
        entry = {option: value for option, value in options.items() if option not in _OF_SITE}
        if own:
            entry["partner_host"] = options["partner"]
        name = options["name"]
        if name in site["with_secret"] and entry.get("state") != "absent":
            index = site["secret_entries"].get(name)
            entry["shared_secret"] = shared_secret if index is None else relationships[index]["shared_secret"]
        entries.append(entry)
    return entries


def extra_list(result: Mapping[str, Any]) -> list[str]:
    """One line for each relationship that is on the server and not declared, and for the scopes of each that is."""
    extra = result.get("extra") or {}
    lines = [f"relationship '{name}' is there, and in no entry" for name in extra.get("relationships") or ()]
    scopes = extra.get("scopes") or {}
    return lines + [
        f"'{name}' also has {few(members)}, which its entry does not list" for name, members in scopes.items()
    ]
