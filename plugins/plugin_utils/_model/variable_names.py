# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The variables of the playbooks and roles, so that one that is nearly one of them is told, and one that belongs to
another playbook: Ansible takes any name, and a run with failover_onyl is about everything. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from .texts import few

PREFIXES = ("failover_", "replicate_")
NAMES = frozenset(
    {
        "failover_allow_content_loss",
        "failover_allow_state",
        "failover_copy",
        "failover_dry_run",
        "failover_expected_plan",
        "failover_fail_on",
        "failover_file",
        "failover_hosts",
        "failover_keep",
        "failover_keep_scopes_on",
        "failover_leaving",
        "failover_list_safety_copies",
        "failover_list_scopes",
        "failover_live_clean",
        "failover_live_file",
        "failover_live_may_be_lost",
        "failover_live_partner",
        "failover_live_questions",
        "failover_live_server",
        "failover_maintenance",
        "failover_maintenance_reason",
        "failover_maintenance_tasks",
        "failover_max_removals_percent",
        "failover_new",
        "failover_new_clients_per_hour",
        "failover_only",
        "failover_orphan",
        "failover_other_copy",
        "failover_partner",
        "failover_partner_is_off",
        "failover_plan_data",
        "failover_plan_file",
        "failover_plan_fingerprint",
        "failover_purge_relationships",
        "failover_purge_scopes",
        "failover_recreate",
        "failover_relationships",
        "failover_relationships_to_end",
        "failover_relationships_to_remove",
        "failover_relationships_to_swap",
        "failover_replace_partner_copy",
        "failover_report_dir",
        "failover_safety_copy_days",
        "failover_scopes",
        "failover_scopes_to_remove",
        "failover_server",
        "failover_shared_secret",
        "failover_show_steps",
        "failover_state",
        "failover_update_secret",
        "failover_use_partner_host",
        "failover_verdicts_off",
        "failover_wait_timeout",
        "replicate_allow_overwrite",
        "replicate_force",
        "replicate_relationships",
        "replicate_scopes",
        "replicate_show_steps",
        "replicate_source",
        "replicate_use_partner_host",
    }
)
# what chooses what a run is about, or whom, and the playbooks that take it
CHOOSING: Mapping[str, tuple[str, ...]] = {
    "failover_keep": ("decommission", "migrate", "remove"),
    "failover_leaving": ("decommission", "migrate"),
    "failover_new": ("migrate",),
    "failover_only": ("check", "plan", "site"),
    "failover_relationships_to_end": ("decommission",),
    "failover_relationships_to_remove": ("remove",),
    "failover_relationships_to_swap": ("swap_roles",),
    "failover_scopes_to_remove": ("remove",),
}
# of those, what a role is not run for
_NO_ROLE = ("failover_relationships_to_end", "failover_relationships_to_remove", "failover_scopes_to_remove")
_ALIKE = 0.9  # of 1: what the playbooks themselves call their results is less alike


def misspelt(names: Iterable[str]) -> list[str]:
    """A sentence for each name that is nearly one of NAMES. `names`: of all variables of a host."""
    ours = sorted(name for name in names if name.startswith(PREFIXES) and name not in NAMES)
    near = ((name, get_close_matches(name, NAMES, 1, _ALIKE)) for name in ours)
    return [
        f"{name} is set, which is no variable of this collection and has no effect: {found[0]} is meant? Where it is "
        "one of your own, another name keeps the two apart"
        for name, found in near
        if found
    ]


def misplaced(variables: Mapping[str, Any], playbook: str) -> list[str]:
    """What is wrong where a playbook is given what only others take: it would be about more than was meant."""
    return [
        f"{name}: is set, and windhcp.failover.{playbook} does not take it; it should be left out ({_takers(name)})."
        for name in CHOOSING
        if _is_set(variables, name) and playbook not in CHOOSING[name]
    ]


def unused(variables: Mapping[str, Any]) -> list[str]:
    """A sentence for each that a run of a role does not take, nor a playbook around it."""
    return [
        f"{name} is set, and has no effect on what this run keeps as declared: {_takers(name)}"
        for name in _NO_ROLE
        if _is_set(variables, name)
    ]


def _is_set(variables: Mapping[str, Any], name: str) -> bool:
    return variables.get(name) not in (None, "")


def _takers(name: str) -> str:
    takers = few((f"windhcp.failover.{playbook}" for playbook in CHOOSING[name]), between=" and ")
    return f"{takers} take{'s' if len(CHOOSING[name]) == 1 else ''} it"
