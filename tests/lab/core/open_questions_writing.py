# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The open questions about what a cmdlet does: to relationships, scopes, leases and files, and with which rights."""

from __future__ import annotations

from dataclasses import dataclass

from lab.core.open_question import rule


@dataclass(frozen=True)
class Writing:
    """What a write does."""

    # --- changing --------------------------------------------------------------------------------------------------
    active_after_lb_to_hs: str = rule(
        "primary",
        "I",
        "1.2, 13.3",
        "Which server is Active after Set changed LoadBalance to HotStandby?",
        ("primary", "secondary", "server_called"),
    )
    mode_change_keeps_percent: bool = rule(
        True, "U", "14 (one byte for both percents)", "Does a mode change keep the number? No: the default of the mode"
    )
    wrong_mode_percent: str = rule(
        "error", "U", "1.2, 13.4", "Set with the percent of the other mode", ("error", "ignored")
    )
    ast_false_with_interval: str = rule(
        "error",
        "U",
        "1.2, 13.4",
        "AutoStateTransition false together with StateSwitchInterval",
        ("error", "interval_wins", "off"),
    )
    null_interval: str = rule(
        "off", "I", "1.2 (false means interval null)", "Set with StateSwitchInterval $null", ("off", "ignored")
    )
    null_percent: str = rule(
        "zero", "U", "14", "Set with LoadBalancePercent or ReservePercent $null", ("zero", "ignored")
    )
    set_propagates_fields: str = rule(
        "all",
        "L",
        "1.2 (per-field propagation)",
        "What a Set on one server changes on the other",
        ("all", "all_but_secret", "all_but_times"),
    )
    set_sends: str = rule(
        "given",
        "L",
        "1.2 (DHCPM 3.2.4.91: a flag for each field)",
        "Two halves differ, and Set is given some settings: which go to the partner (given, those that are new to this "
        "half, or all that this half has)?",
        ("given", "changed", "all"),
    )
    secret_change_polls: int = rule(
        0,
        "I",
        "13.17 (MS-DHCPF 3.1.5: a message with the other secret closes the connection; 3.1.2.2: the next one a minute "
        "later)",
        "How many Gets show CommunicationInterrupted on both servers after Set changed the secret",
        (0, 1, 3),
    )
    set_one_sided_when_unreachable: bool = rule(
        True, "U", "1.2, 13.6, 12.2", "Does Set change this server alone while the partner is unreachable? No: an error"
    )
    partner_down_refused_with: str = rule(
        "DHCP 20120",
        "U",
        "1.2 (PartnerDown)",
        "The error for -PartnerDown in another state than CommunicationInterrupted",
        ("DHCP 20120", "WIN32 87"),
    )
    # --- creating, and scopes of a relationship -------------------------------------------------------------------
    half_applied_without_delegation: bool = rule(
        False, "L", "9, 12.1", "Is the local half already done when the second hop is denied?"
    )
    one_bad_scope_stops_good_ones: bool = rule(
        True, "U", "14", "Does one bad scope stop the good ones in Add-...Failover and Add-...FailoverScope?"
    )
    scope_exists_error_id: str = rule(
        "DHCP 20052",
        "U",
        "14, 8.3 (text measured, id not published)",
        "The error when the scope, or an overlapping range, exists on the partner",
        ("DHCP 20052", "DHCP 20004", "DHCP 20023"),
    )
    add_scopes_max: int = rule(30, "U", "5, 13.7", "How many scopes one call takes (20130 above)", (30, 1, 400))
    partner_not_admin_error: str = rule(
        "WIN32 5",
        "L",
        "8.1 (20121), 9",
        "The error when the account reaches the partner without rights there",
        ("WIN32 5", "DHCP 20121"),
    )
    bootp_refused: str = rule(
        "before_2012_r2",
        "L",
        "7 (20131; the DHCP team's blog: 2012 R2 supports BOOTP and BOTH), 13.16",
        "Which servers refuse scopes of type Bootp or Both in failover (20131, and 20129 for a member that would "
        "become one)",
        ("before_2012_r2", "always", "never"),
    )
    missing_class_leaves_copy: bool = rule(
        False,
        "U",
        "5, 6",
        "Is a half-made copy left on the partner when a class or option definition is missing there?",
    )
    add_checks_class: bool = rule(
        True, "L", "5, 6", "Is a class or definition missing on the partner an error when a scope is added?"
    )
    built_in_class_travels_by: str = rule(
        "name",
        "I",
        "5, 6 (DHCPM 3.1.1.8: the names of built-in classes depend on the build; its structures name classes)",
        "Servers of two languages: does the partner look for a built-in class of a scope by this server's name of it, "
        "or know it by its data?",
        ("name", "data"),
    )
    unauthorized_state: str = rule(
        "unaffected",
        "U",
        "7 (AD authorisation; event 1046: it stops servicing clients, and nothing is said of its partners)",
        "What do both halves show while one of the servers is not authorised in Active Directory?",
        ("unaffected", "communication_interrupted"),
    )
    interruption_leases_travel: bool = rule(
        True,
        "L",
        "4.1 (the keeper has all leases only if the two were synced)",
        "Are leases of an interruption sent when it ends?",
    )
    partner_half_first: bool = rule(
        False,
        "U",
        "12 (no source says that the two servers are written to as one)",
        "A failover cmdlet that writes on both servers: is the partner written to first?",
    )
    silent_dns_server_error: str = rule(
        "WIN32 87",
        "U",
        "PSDOC (DNS servers are validated without -Force), DhcpServerDsc 56",
        "The error for a DNS server that does not answer, in Set-DhcpServerv4OptionValue without -Force",
        ("WIN32 87", "WIN32 1460"),
    )
    # --- removing --------------------------------------------------------------------------------------------------
    force_removes_when_unreachable: bool = rule(
        True, "L", "4.1, 13.5", "Does -Force remove this server's half while the partner is unreachable?"
    )
    force_needed_unless_normal: bool = rule(
        True, "U", "4.1 (WIN32: removes even if not Normal)", "Does removing a scope without -Force need State Normal?"
    )
    orphan_removal_deletes_other_scopes: bool = rule(
        False,
        "U",
        "4.1, 13.8",
        "Does removing an orphan delete the scopes on the server that has no such relationship?",
    )
    relationship_removal_deletes: str = rule(
        "this_half",
        "U",
        "4.1 (all its scopes: of which half is not said)",
        "When the two halves list different scopes: whose does Remove-DhcpServerv4Failover delete on the partner?",
        ("this_half", "partner_half"),
    )
    api_bad_scope_stops_good_ones: bool = rule(
        True,
        "U",
        "4.2 A (DHCPM 3.2.4.96)",
        "Does one bad scope stop the good ones in DhcpV4FailoverDeleteScopeFromRelationship?",
    )
    failover_removal_keeps_dns: bool = rule(
        True, "L", "4.1, 13.9", "Do the clients' DNS records survive a removal by the failover cmdlets?"
    )
    range_change_on_member: str = rule(
        "drift",
        "U",
        "14 (8.1 and 12.7 disagree)",
        "Set-DhcpServerv4Scope with another range on a scope in failover",
        ("drift", "DHCP 20113"),
    )
    own_partner_error: str = rule(
        "WIN32 87",
        "U",
        "7 (a relationship is exactly two servers)",
        "The error for a relationship of a server with itself",
        ("WIN32 87", "DHCP 20114"),
    )
    lacking_error: str = rule(
        "what_lacks",
        "L",
        "6 (expected: 20044 a class, 20010 a definition, 20103 another type)",
        "The error when the partner lacks what a scope needs: by what it lacks, or always the same?",
        ("what_lacks", "DHCP 20010"),
    )
    replication_needs_normal: bool = rule(
        True,
        "L",
        "1.1 (20120)",
        "Is a replication refused in every state but Normal? No: where RPC gets there it is done",
    )
    replication_checks_class: bool = rule(
        True, "L", "6, 8.2", "Is what the partner lacks (a class, a definition) an error when a scope is replicated?"
    )
    same_address_keeps: str = rule(
        "later_end",
        "I",
        "MS-DHCPF 3.1.7.1 (who enters RECOVER asks for all bindings)",
        "Both servers leased one address while they were apart: do both keep what ends later, or each its own?",
        ("later_end", "own"),
    )
    wrong_type_error: str = rule(
        "WIN32 87",
        "L",
        "SDK",
        "The error for an option's value that its type cannot hold",
        ("WIN32 87", "DHCP 20103"),
    )
    null_common_option: str = rule(
        "removes",
        "I",
        "PSDOC (CommonOptions; null is not spoken of)",
        "Set-DhcpServerv4OptionValue with an empty common option, by its name",
        ("removes", "WIN32 87"),
    )
    unset_option_removed: str = rule(
        "DHCP 20010",
        "L",
        "WEAVE (20010 of Get-DhcpServerv4OptionValue)",
        "What does Remove-DhcpServerv4OptionValue answer for an option that is not set?",
        ("DHCP 20010", "nothing"),
    )
    leased_scope_error: str = rule(
        "DHCP 20007",
        "L",
        "SDK (ERROR_DHCP_ELEMENT_CANT_REMOVE)",
        "The error of Remove-DhcpServerv4Scope without -Force for a scope with leases",
        ("DHCP 20007", "WIN32 87"),
    )
    # --- export and import -----------------------------------------------------------------------------------------
    inner_errors_show: bool = rule(
        True,
        "I",
        "13.15",
        "Does the caller's -ErrorVariable collect what Export- and Import-DhcpServer ignore inside, and twice what "
        "they post?",
    )
    import_server_level: str = rule(
        "missing_only",
        "L",
        "4.2 (MIG against PSDOC: server level configuration is imported as well)",
        "With -ScopeId: are only missing classes and definitions added, or does the whole server level of the file "
        "come along?",
        ("missing_only", "all"),
    )
    # --- rights and prompts ----------------------------------------------------------------------------------------
    version_without_hop: bool = rule(
        False,
        "U",
        "9 (R_DhcpGetVersion has no access check)",
        "Does Get-DhcpServerVersion answer another server's logon that does not go on?",
    )
    dhcp_administrators_suffice: bool = rule(
        False, "U", "7 (rights), 13.13", "Is membership in DHCP Administrators enough without local administrator?"
    )
    prompt_without_force: str = rule(
        "no_prompt",
        "L",
        "0, 1.1 (-Force), 13.11",
        "What happens without -Force where the provider asks, in a session that cannot ask?",
        ("no_prompt", "error"),
    )
    administrators_own_new_files: bool = rule(
        False,
        "U",
        "POSTS (the default owner of a token)",
        "Does a file that an administrator makes belong to the group Administrators? No: to the account",
    )

    program_data_open: bool = rule(
        True,
        "L",
        "POSTS (icacls of it)",
        "May every user make files and folders in ProgramData, also in what an administrator makes there?",
    )
