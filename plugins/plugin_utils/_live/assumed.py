# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the simulated servers answer to each question unless a test says otherwise: what is assumed of Windows until
somebody has seen it. How many looks something takes is no matter, so nothing is assumed of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Answer: TypeAlias = str | bool | int | Sequence[str]

ASSUMED: Mapping[str, Answer] = {
    "empty_server_errors": "empty",
    "no_relationship_at_all": "DHCP 20115",
    "relationship_names": "case_insensitive",
    "empty_lists_answer": "empty",
    "no_reservation_error": "DHCP 20018",
    "no_lease_error": "by_key",
    "unknown_superscope_error": "DHCP 20005",
    "unknown_name_error": "WIN32 1722",
    "unpublished_categories": "by_analogy",
    "client_ids_show": "lower",
    "statistics_split": "by_percent",
    "no_dns_credential": "empty_object",
    "option_numbers_show": "as_set",
    "user_class_options_show": "as_class",
    "partner_percent_inverts": True,
    "partner_server_shows": "netbios",
    "standby_creator": "secondary",
    "orphan_state": "CommunicationInterrupted",
    "partner_down_ends_in": "recover",
    "load_balance_event": "20240",
    "error_events": "interruptions",
    "changes_logged_as": "account",
    "event_states_show": "upper",
    "event_names_show": "fqdn",
    "active_after_lb_to_hs": "primary",
    "mode_change_keeps_percent": True,
    "wrong_mode_percent": "error",
    "ast_false_with_interval": "error",
    "null_interval": "off",
    "null_percent": "zero",
    "prompt_without_force": "no_prompt",
    "set_propagates_fields": "all",
    "set_sends": "given",
    "set_one_sided_when_unreachable": True,
    "differing_secrets": "communication_interrupted",
    "partner_down_refused_with": "DHCP 20120",
    "own_partner_error": "WIN32 87",
    "wrong_type_error": "WIN32 87",
    "null_common_option": "removes",
    "unset_option_removed": "DHCP 20010",
    "one_bad_scope_stops_good_ones": True,
    "scope_exists_error_id": "DHCP 20052",
    "add_scopes_max": 30,
    "bootp_refused": "before_2012_r2",
    "add_checks_class": True,
    "missing_class_leaves_copy": False,
    "lacking_error": "what_lacks",
    "replication_checks_class": True,
    "replication_needs_normal": True,
    "range_change_on_member": "drift",
    "silent_dns_server_error": "WIN32 87",
    "leased_scope_error": "DHCP 20007",
    "force_removes_when_unreachable": True,
    "force_needed_unless_normal": True,
    "orphan_removal_deletes_other_scopes": False,
    "relationship_removal_deletes": "this_half",
    "api_bad_scope_stops_good_ones": True,
    "inactive_member_removal": "as usual",
    "disable_through_api": "works",
    "inner_errors_show": True,
    "import_server_level": "missing_only",
    "imported_state": "InActive",
    "own_half_follows_its_server": True,
    "short_names_reach_other_domains": True,
    "partner_reached_by": "address",
    "stored_partner_address": "bound",
    "stored_partner_name": "own",
    "half_applied_without_delegation": False,
    "version_without_hop": False,
    "partner_not_admin_error": "WIN32 5",
    "dhcp_administrators_suffice": False,
    "built_in_class_travels_by": "name",
    "unauthorized_state": "unaffected",
    "same_address_keeps": "later_end",
    "startup_without_contact": "CommunicationInterrupted",
    "interruption_leases_travel": True,
    "failover_removal_keeps_dns": True,
    "partner_half_first": False,
    "program_data_open": True,
    "administrators_own_new_files": False,
}


def is_as_assumed(question: str, answer: Answer) -> bool:
    """Whether an answer is the one that is assumed, or one of several that the servers leave open."""
    assumed = ASSUMED.get(question)
    if assumed is None:
        return True
    return answer == assumed or (isinstance(answer, str) and str(assumed) in answer.split(" or "))
