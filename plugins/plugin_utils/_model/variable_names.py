# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The variables of the playbooks and roles, so that one that is nearly one of them is told: Ansible takes any name, and
a run with failover_onyl is about everything. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

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
