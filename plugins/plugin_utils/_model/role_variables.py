# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the role failover is given on a host, as a plan has it: plain data with readable durations, and of its secrets
only where they stand. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import durations, secret
from .relationship_settings import SITE, SettingKind

# all of the role's, but the secret, and those that change nothing that is done
VARIABLES = (
    "failover_relationships",
    "failover_only",
    "failover_update_secret",
    "failover_wait_timeout",
    "failover_use_partner_host",
    "failover_recreate",
    "failover_other_copy",
    "failover_orphan",
    "failover_partner_is_off",
    "failover_allow_content_loss",
    "failover_max_removals_percent",
    "failover_purge_scopes",
    "failover_purge_relationships",
    "failover_keep_scopes_on",
    "failover_replace_partner_copy",
    "failover_allow_state",
)
OF_ENTRY, OF_ALL = secret.OPTIONS  # the variable that has a relationship's secret
_DURATIONS = frozenset(setting.option for setting in SITE if setting.kind is SettingKind.DURATION)
_NUMBERS = frozenset({"failover_wait_timeout", "failover_max_removals_percent"})  # of which a template makes a text
_DATA = "failover_relationships"


def taken_down(variables: Mapping[str, Any], site: Mapping[str, Any]) -> dict[str, Any]:
    """`variables`: those that are set, by name. `site`: what dhcp_failover_site returned for the host."""
    own = site.get("secret_entries") or {}
    ends = {entry["name"] for entry in site.get("writes") or () if entry.get("state") == "absent"}  # with no secret
    return {
        "variables": {name: _readable(variables[name], name) for name in VARIABLES if variables.get(name) is not None},
        "secrets": [
            {"relationship": name, "variable": OF_ENTRY if name in own else OF_ALL}
            for name in site.get("with_secret") or ()
            if name not in ends
        ],
    }


def _readable(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {str(name): _readable(each, str(name)) for name, each in value.items() if name not in secret.OPTIONS}
    if isinstance(value, (list, tuple)):
        return [_readable(each, key) for each in value]
    try:
        if key in _NUMBERS and isinstance(value, str):
            return int(value)
        if key == "lease_duration":
            seconds = durations.parse_lease(value)
            return durations.shown_lease(seconds) if seconds == durations.UNLIMITED else durations.timespan(seconds)
        if key in _DURATIONS:
            return durations.timespan(durations.parse(value))
    except ValueError:  # for the module to tell
        pass
    return value


def with_secrets(planned: Mapping[str, Any], today: Iterable[Any] | None = ()) -> Any:
    """The relationships of a plan, with the secrets that the entries of `today` have of their own, as far as they had
    some when the plan was made. `planned`: what was taken down of a host."""
    own = {each["relationship"] for each in planned["secrets"] if each["variable"] == OF_ENTRY}
    found = {
        _which(entry): entry[OF_ENTRY] for entry in today or () if isinstance(entry, Mapping) and entry.get(OF_ENTRY)
    }
    entries = planned["variables"].get(_DATA)
    if not isinstance(entries, (list, tuple)):
        return entries
    return [
        {**entry, OF_ENTRY: found[_which(entry)]}
        if isinstance(entry, Mapping) and entry.get("name") in own and _which(entry) in found
        else entry
        for entry in entries
    ]


def _which(entry: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """Of the relationship, from whichever side it is written."""
    return str(entry.get("name")), frozenset((str(entry.get("primary")), str(entry.get("partner"))))
