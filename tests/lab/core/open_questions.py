# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every rule that nobody confirmed: its mark, where it stands, the open question, and the answers that can be tried.

The marks and sources are those of ../SOURCES.md; what is confirmed or measured is no switch. A test suite runs under each answer: ``switches.with_answer("empty_server_errors", "WIN32 259")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeAlias

Answer: TypeAlias = str | bool | int


def _rule(default: Answer, mark: str, source: str, question: str, answers: tuple[Answer, ...] = (True, False)) -> Any:
    about = {"mark": mark, "source": source, "question": question, "answers": answers}
    return field(default=default, metadata=about)  # pylint: disable=invalid-field-call


@dataclass(frozen=True)
class Switches:
    """The answers in force. Raises ValueError for an answer that is not one of those listed (numbers: >= 0)."""

    # --- reading ---------------------------------------------------------------------------------------------------
    empty_server_errors: str = _rule(
        "empty",
        "U",
        "8.2, 13.1",
        "What does Get-DhcpServerv4Failover answer on a server without a relationship?",
        ("empty", "WIN32 259", "DHCP 20115"),
    )
    no_relationship_at_all: str = _rule(
        "DHCP 20115",
        "L",
        "5, 8.2 (the API answers ERROR_FILE_NOT_FOUND), 12.5",
        "The error for a relationship's name on a server that has no relationship",
        ("DHCP 20115", "WIN32 2"),
    )
    relationship_names: str = _rule(
        "case_insensitive",
        "U",
        "7 (name: any characters)",
        "Are relationship names compared with their case?",
        ("case_insensitive", "case_sensitive"),
    )
    partner_percent_inverts: bool = _rule(
        True, "L", "2, 13.2", "Does the partner show 100-x as LoadBalancePercent? No: the same x"
    )
    partner_server_shows: str = _rule(
        "netbios",
        "L",
        "2 (the creator's host name is measured, its form is not)",
        "How does the partner spell the creator in PartnerServer?",
        ("netbios", "hostname", "fqdn"),
    )
    standby_creator: str = _rule(
        "secondary",
        "I",
        "12 (derived view)",
        "Add with ServerRole Standby: which server type is the creator?",
        ("secondary", "primary"),
    )
    settle_polls: int = _rule(
        1, "L", "1.1 (seconds to tens of seconds)", "How many Gets after Add still show Startup", (1, 0, 3)
    )
    orphan_state: str = _rule(
        "CommunicationInterrupted",
        "I",
        "4.2 (after the API removed one half)",
        "State of a half whose counterpart is gone",
        ("CommunicationInterrupted", "Normal"),
    )
    own_half_follows_its_server: bool = _rule(
        True,
        "I",
        "7 (a server's address changes: delete and recreate relationships)",
        "Does a server's own half show its new address and name as its own? No: those that it was made with",
    )
    short_names_reach_other_domains: bool = _rule(
        True,
        "L",
        "POSTS (WINS, NetBIOS broadcasts and DNS suffix lists find what the own domain does not have)",
        "Does a short name that the asking server's own domain does not have mean a server of another domain?",
    )
    partner_reached_by: str = _rule(
        "address",
        "U",
        "2 (a half holds the partner's address, its name, and PartnerServer as it was given)",
        "By which of them do the failover cmdlets reach the partner over RPC?",
        ("address", "name"),
    )
    differing_secrets: str = _rule(
        "communication_interrupted",
        "I",
        "13.17 (MS-DHCPF 3.1.5: a message with the other secret closes the connection; a State is not named)",
        "What do two halves with different secrets show that are Normal else?",
        ("communication_interrupted", "normal"),
    )
    stored_partner_address: str = _rule(
        "bound",
        "U",
        "2 (identity of creator / partner)",
        "PartnerServer means a card that DHCP is not bound to: which address does the relationship hold?",
        ("bound", "as_resolved"),
    )
    partner_down_ends_in: str = _rule(
        "recover",
        "I",
        "2 (FSM_STATE: RECOVER is re-integrating with a server in PARTNER_DOWN; MS-DHCPF 3.1.1: the states of the IETF "
        "draft 12)",
        "In contact again: the state of a half that was not down while the other was in PartnerDown (the draft: a "
        "conflict)",
        ("recover", "potential_conflict"),
    )
    reintegration_polls: int = _rule(
        1,
        "L",
        "2 (FSM_STATE: RECOVER_WAIT lasts the MCLT)",
        "How many Gets show each state of a re-integration",
        (1, 0, 3),
    )
    option_numbers_show: str = _rule(
        "as_set",
        "U",
        "6.1 (PSDOC: set as decimal or hexadecimal strings; how they are shown is not said)",
        "How does Get-DhcpServerv4OptionValue show an option that is a number?",
        ("as_set", "decimal", "hexadecimal"),
    )
    user_class_options_show: str = _rule(
        "as_class",
        "U",
        "6.1 (PSDOC: setting one creates a policy of the class's name; how Get shows it is not said)",
        "What becomes of a scope's option value of a user class?",
        ("as_class", "as_policy"),
    )
    empty_lists_answer: str = _rule(
        "empty",
        "U",
        "8.2 (ERROR_NO_MORE_ITEMS of the API)",
        "What do Get-DhcpServerv4Reservation and Get-DhcpServerv4ExclusionRange answer where there are none?",
        ("empty", "WIN32 259"),
    )
    no_dns_credential: str = _rule(
        "empty_object",
        "U",
        "8 (PSDOC: Get-DhcpServerDnsCredential returns user and domain)",
        "What does Get-DhcpServerDnsCredential answer where no account was set?",
        ("empty_object", "nothing"),
    )
    event_states_show: str = _rule(
        "upper",
        "U",
        "7 (events 20251 and 20252: from %3 to %4)",
        "How does an event tell a state: in capitals, as State, as the API's constant, as its number?",
        ("upper", "windows", "fsm", "numbers"),
    )
    event_names_show: str = _rule(
        "fqdn", "U", "7 (a host name or an address)", "How does an event tell a server?", ("fqdn", "netbios", "address")
    )
    # --- changing --------------------------------------------------------------------------------------------------
    active_after_lb_to_hs: str = _rule(
        "primary",
        "I",
        "1.2, 13.3",
        "Which server is Active after Set changed LoadBalance to HotStandby?",
        ("primary", "secondary", "server_called"),
    )
    mode_change_keeps_percent: bool = _rule(
        True, "U", "14 (one byte for both percents)", "Does a mode change keep the number? No: the default of the mode"
    )
    wrong_mode_percent: str = _rule(
        "error", "U", "1.2, 13.4", "Set with the percent of the other mode", ("error", "ignored")
    )
    ast_false_with_interval: str = _rule(
        "error",
        "U",
        "1.2, 13.4",
        "AutoStateTransition false together with StateSwitchInterval",
        ("error", "interval_wins", "off"),
    )
    null_interval: str = _rule(
        "off", "I", "1.2 (false means interval null)", "Set with StateSwitchInterval $null", ("off", "ignored")
    )
    null_percent: str = _rule(
        "zero", "U", "14", "Set with LoadBalancePercent or ReservePercent $null", ("zero", "ignored")
    )
    set_propagates_fields: str = _rule(
        "all",
        "L",
        "1.2 (per-field propagation)",
        "What a Set on one server changes on the other",
        ("all", "all_but_secret", "all_but_times"),
    )
    set_sends: str = _rule(
        "given",
        "L",
        "1.2 (DHCPM 3.2.4.91: a flag for each field)",
        "Two halves differ, and Set is given some settings: which go to the partner (given, those that are new to this "
        "half, or all that this half has)?",
        ("given", "changed", "all"),
    )
    secret_change_polls: int = _rule(
        0,
        "I",
        "13.17 (MS-DHCPF 3.1.5: a message with the other secret closes the connection; 3.1.2.2: the next one a minute "
        "later)",
        "How many Gets show CommunicationInterrupted on both servers after Set changed the secret",
        (0, 1, 3),
    )
    set_one_sided_when_unreachable: bool = _rule(
        True, "U", "1.2, 13.6, 12.2", "Does Set change this server alone while the partner is unreachable? No: an error"
    )
    partner_down_refused_with: str = _rule(
        "DHCP 20120",
        "U",
        "1.2 (PartnerDown)",
        "The error for -PartnerDown in another state than CommunicationInterrupted",
        ("DHCP 20120", "WIN32 87"),
    )
    # --- creating, and scopes of a relationship -------------------------------------------------------------------
    half_applied_without_delegation: bool = _rule(
        False, "L", "9, 12.1", "Is the local half already done when the second hop is denied?"
    )
    one_bad_scope_stops_good_ones: bool = _rule(
        True, "U", "14", "Does one bad scope stop the good ones in Add-...Failover and Add-...FailoverScope?"
    )
    scope_exists_error_id: str = _rule(
        "DHCP 20052",
        "U",
        "14, 8.3 (text measured, id not published)",
        "The error when the scope, or an overlapping range, exists on the partner",
        ("DHCP 20052", "DHCP 20004", "DHCP 20023"),
    )
    add_scopes_max: int = _rule(30, "U", "5, 13.7", "How many scopes one call takes (20130 above)", (30, 1, 400))
    partner_not_admin_error: str = _rule(
        "WIN32 5",
        "L",
        "8.1 (20121), 9",
        "The error when the account reaches the partner without rights there",
        ("WIN32 5", "DHCP 20121"),
    )
    bootp_refused: str = _rule(
        "before_2012_r2",
        "L",
        "7 (20131; the DHCP team's blog: 2012 R2 supports BOOTP and BOTH), 13.16",
        "Which servers refuse scopes of type Bootp or Both in failover (20131, and 20129 for a member that would "
        "become one)",
        ("before_2012_r2", "always", "never"),
    )
    missing_class_leaves_copy: bool = _rule(
        False,
        "U",
        "5, 6",
        "Is a half-made copy left on the partner when a class or option definition is missing there?",
    )
    add_checks_class: bool = _rule(
        True, "L", "5, 6", "Is a class or definition missing on the partner an error when a scope is added?"
    )
    built_in_class_travels_by: str = _rule(
        "name",
        "I",
        "5, 6 (DHCPM 3.1.1.8: the names of built-in classes depend on the build; its structures name classes)",
        "Servers of two languages: does the partner look for a built-in class of a scope by this server's name of it, "
        "or know it by its data?",
        ("name", "data"),
    )
    unauthorized_state: str = _rule(
        "unaffected",
        "U",
        "7 (AD authorisation; event 1046: it stops servicing clients, and nothing is said of its partners)",
        "What do both halves show while one of the servers is not authorised in Active Directory?",
        ("unaffected", "communication_interrupted"),
    )
    interruption_leases_travel: bool = _rule(
        True,
        "L",
        "4.1 (the keeper has all leases only if the two were synced)",
        "Are leases of an interruption sent when it ends?",
    )
    partner_half_first: bool = _rule(
        False,
        "U",
        "12 (no source says that the two servers are written to as one)",
        "A failover cmdlet that writes on both servers: is the partner written to first?",
    )
    silent_dns_server_error: str = _rule(
        "WIN32 87",
        "U",
        "PSDOC (DNS servers are validated without -Force), DhcpServerDsc 56",
        "The error for a DNS server that does not answer, in Set-DhcpServerv4OptionValue without -Force",
        ("WIN32 87", "WIN32 1460"),
    )
    # --- removing --------------------------------------------------------------------------------------------------
    force_removes_when_unreachable: bool = _rule(
        True, "L", "4.1, 13.5", "Does -Force remove this server's half while the partner is unreachable?"
    )
    force_needed_unless_normal: bool = _rule(
        True, "U", "4.1 (WIN32: removes even if not Normal)", "Does removing a scope without -Force need State Normal?"
    )
    orphan_removal_deletes_other_scopes: bool = _rule(
        False,
        "U",
        "4.1, 13.8",
        "Does removing an orphan delete the scopes on the server that has no such relationship?",
    )
    relationship_removal_deletes: str = _rule(
        "this_half",
        "U",
        "4.1 (all its scopes: of which half is not said)",
        "When the two halves list different scopes: whose does Remove-DhcpServerv4Failover delete on the partner?",
        ("this_half", "partner_half"),
    )
    api_bad_scope_stops_good_ones: bool = _rule(
        True,
        "U",
        "4.2 A (DHCPM 3.2.4.96)",
        "Does one bad scope stop the good ones in DhcpV4FailoverDeleteScopeFromRelationship?",
    )
    failover_removal_keeps_dns: bool = _rule(
        True, "L", "4.1, 13.9", "Do the clients' DNS records survive a removal by the failover cmdlets?"
    )
    range_change_on_member: str = _rule(
        "drift",
        "U",
        "14 (8.1 and 12.7 disagree)",
        "Set-DhcpServerv4Scope with another range on a scope in failover",
        ("drift", "DHCP 20113"),
    )
    # --- export and import -----------------------------------------------------------------------------------------
    inner_errors_show: bool = _rule(
        True,
        "I",
        "13.15",
        "Does the caller's -ErrorVariable collect what Export- and Import-DhcpServer ignore inside, and twice what "
        "they post?",
    )
    import_server_level: str = _rule(
        "missing_only",
        "L",
        "4.2 (MIG against PSDOC: server level configuration is imported as well)",
        "With -ScopeId: are only missing classes and definitions added, or does the whole server level of the file "
        "come along?",
        ("missing_only", "all"),
    )
    # --- rights and prompts ----------------------------------------------------------------------------------------
    version_without_hop: bool = _rule(
        False,
        "U",
        "9 (R_DhcpGetVersion has no access check)",
        "Does Get-DhcpServerVersion answer another server's logon that does not go on?",
    )
    dhcp_administrators_suffice: bool = _rule(
        False, "U", "7 (rights), 13.13", "Is membership in DHCP Administrators enough without local administrator?"
    )
    prompt_without_force: str = _rule(
        "no_prompt",
        "L",
        "0, 1.1 (-Force), 13.11",
        "What happens without -Force where the provider asks, in a session that cannot ask?",
        ("no_prompt", "error"),
    )
    administrators_own_new_files: bool = _rule(
        False,
        "U",
        "POSTS (the default owner of a token)",
        "Does a file that an administrator makes belong to the group Administrators? No: to the account",
    )

    def __post_init__(self) -> None:
        for rule in fields(self):
            answer, answers = getattr(self, rule.name), rule.metadata["answers"]
            if type(answer) is not type(rule.default):
                raise ValueError(f"switch {rule.name}: {answer!r} is not one of {answers}")
            good = answer >= 0 if isinstance(answer, int) and not isinstance(answer, bool) else answer in answers
            if not good:
                raise ValueError(f"switch {rule.name}: {answer!r} is not one of {answers}")

    def with_answer(self, name: str, answer: Answer) -> Switches:
        """Raises ValueError for an unknown switch or answer."""
        if name not in {rule.name for rule in fields(self)}:
            raise ValueError(f"there is no switch {name!r}")
        return replace(self, **{name: answer})  # type: ignore[arg-type]


def every_single_change() -> Iterator[tuple[str, Answer, Switches]]:
    """(name, answer, switches) for every answer that is not the default, one switch changed at a time."""
    plain = Switches()
    for rule in fields(plain):
        for answer in rule.metadata["answers"]:
            if answer != rule.default:
                yield rule.name, answer, plain.with_answer(rule.name, answer)
