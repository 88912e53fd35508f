# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The open questions about what a server shows: of relationships, scopes, errors and events."""

from __future__ import annotations

from dataclasses import dataclass

from lab.core.open_question import rule


@dataclass(frozen=True)
class Reading:
    """What a read answers."""

    empty_server_errors: str = rule(
        "empty",
        "U",
        "8.2, 13.1",
        "What does Get-DhcpServerv4Failover answer on a server without a relationship?",
        ("empty", "WIN32 259", "DHCP 20115"),
    )
    no_relationship_at_all: str = rule(
        "DHCP 20115",
        "L",
        "5, 8.2 (the API answers ERROR_FILE_NOT_FOUND), 12.5",
        "The error for a relationship's name on a server that has no relationship",
        ("DHCP 20115", "WIN32 2"),
    )
    relationship_names: str = rule(
        "case_insensitive",
        "U",
        "7 (name: any characters)",
        "Are relationship names compared with their case?",
        ("case_insensitive", "case_sensitive"),
    )
    partner_percent_inverts: bool = rule(
        True, "L", "2, 13.2", "Does the partner show 100-x as LoadBalancePercent? No: the same x"
    )
    partner_server_shows: str = rule(
        "netbios",
        "L",
        "2 (the creator's host name is measured, its form is not)",
        "How does the partner spell the creator in PartnerServer?",
        ("netbios", "hostname", "fqdn"),
    )
    standby_creator: str = rule(
        "secondary",
        "I",
        "12 (derived view)",
        "Add with ServerRole Standby: which server type is the creator?",
        ("secondary", "primary"),
    )
    settle_polls: int = rule(
        1, "L", "1.1 (seconds to tens of seconds)", "How many Gets after Add still show Startup", (1, 0, 3)
    )
    orphan_state: str = rule(
        "CommunicationInterrupted",
        "I",
        "4.2 (after the API removed one half)",
        "State of a half whose counterpart is gone",
        ("CommunicationInterrupted", "Normal"),
    )
    own_half_follows_its_server: bool = rule(
        True,
        "I",
        "7 (a server's address changes: delete and recreate relationships)",
        "Does a server's own half show its new address and name as its own? No: those that it was made with",
    )
    short_names_reach_other_domains: bool = rule(
        True,
        "L",
        "POSTS (WINS, NetBIOS broadcasts and DNS suffix lists find what the own domain does not have)",
        "Does a short name that the asking server's own domain does not have mean a server of another domain?",
    )
    partner_reached_by: str = rule(
        "address",
        "U",
        "2 (a half holds the partner's address, its name, and PartnerServer as it was given)",
        "By which of them do the failover cmdlets reach the partner over RPC?",
        ("address", "name"),
    )
    differing_secrets: str = rule(
        "communication_interrupted",
        "I",
        "13.17 (MS-DHCPF 3.1.5: a message with the other secret closes the connection; a State is not named)",
        "What do two halves with different secrets show that are Normal else?",
        ("communication_interrupted", "normal"),
    )
    stored_partner_address: str = rule(
        "bound",
        "U",
        "2 (identity of creator / partner)",
        "PartnerServer means a card that DHCP is not bound to: which address does the relationship hold?",
        ("bound", "as_resolved"),
    )
    stored_partner_name: str = rule(
        "own",
        "U",
        "2 (PartnerServer is stored verbatim; of the two names of a relationship nobody says it)",
        "A relationship is made with an address or an alias: what is the partner's PrimaryServerName or "
        "SecondaryServerName?",
        ("own", "given"),
    )
    partner_down_ends_in: str = rule(
        "recover",
        "I",
        "2 (FSM_STATE: RECOVER is re-integrating with a server in PARTNER_DOWN; MS-DHCPF 3.1.1: the states of the IETF "
        "draft 12)",
        "In contact again: the state of a half that was not down while the other was in PartnerDown (the draft: a "
        "conflict)",
        ("recover", "potential_conflict"),
    )
    reintegration_polls: int = rule(
        1,
        "L",
        "2 (FSM_STATE: RECOVER_WAIT lasts the MCLT)",
        "How many Gets show each state of a re-integration",
        (1, 0, 3),
    )
    option_numbers_show: str = rule(
        "as_set",
        "U",
        "6.1 (PSDOC: set as decimal or hexadecimal strings; how they are shown is not said)",
        "How does Get-DhcpServerv4OptionValue show an option that is a number?",
        ("as_set", "decimal", "hexadecimal"),
    )
    user_class_options_show: str = rule(
        "as_class",
        "U",
        "6.1 (PSDOC: setting one creates a policy of the class's name; how Get shows it is not said)",
        "What becomes of a scope's option value of a user class?",
        ("as_class", "as_policy"),
    )
    empty_lists_answer: str = rule(
        "empty",
        "U",
        "8.2 (ERROR_NO_MORE_ITEMS of the API)",
        "What do Get-DhcpServerv4Reservation and Get-DhcpServerv4ExclusionRange answer where there are none?",
        ("empty", "WIN32 259"),
    )
    no_dns_credential: str = rule(
        "empty_object",
        "U",
        "8 (PSDOC: Get-DhcpServerDnsCredential returns user and domain)",
        "What does Get-DhcpServerDnsCredential answer where no account was set?",
        ("empty_object", "nothing"),
    )
    event_states_show: str = rule(
        "upper",
        "U",
        "7 (events 20251 and 20252: from %3 to %4)",
        "How does an event tell a state: in capitals, as State, as the API's constant, as its number?",
        ("upper", "windows", "fsm", "numbers"),
    )
    event_names_show: str = rule(
        "fqdn", "U", "7 (a host name or an address)", "How does an event tell a server?", ("fqdn", "netbios", "address")
    )
    statistics_split: str = rule(
        "by_percent",
        "I",
        "WIN32 (AddressesFreeOnThisServer: in failover; how they are split is not said)",
        "How does -Failover of Get-DhcpServerv4ScopeStatistics split the addresses: by the percent, or not at all?",
        ("by_percent", "all_here"),
    )
    client_ids_show: str = rule(
        "lower",
        "L",
        "POSTS (PSDOC's examples have capitals in what is asked for)",
        "How are the digits of a client id shown that was given with an address or a reservation?",
        ("lower", "upper"),
    )
    no_reservation_error: str = rule(
        "DHCP 20018",
        "L",
        "SDK (ERROR_DHCP_NOT_RESERVED_CLIENT, of the options of a reservation)",
        "The error for an address that is not reserved",
        ("DHCP 20018", "DHCP 20011"),
    )
    no_lease_error: str = rule(
        "by_key",
        "L",
        "SDK (20011 the address, 20016 the client)",
        "The error for an address or a client id without a lease: by what was asked for, or always the same?",
        ("by_key", "DHCP 20013"),
    )
    unknown_superscope_error: str = rule(
        "DHCP 20005",
        "L",
        "SDK (DhcpDeleteSuperScopeV4 for one that is not there)",
        "The error of Get-DhcpServerv4Superscope for a name that is not there",
        ("DHCP 20005", "WIN32 2"),
    )
    unknown_name_error: str = rule(
        "WIN32 1722",
        "L",
        "8.2",
        "The error for a -ComputerName that no machine has",
        ("WIN32 1722", "DHCP 20124"),
    )
    startup_without_contact: str = rule(
        "CommunicationInterrupted",
        "I",
        "MS-DHCPF 3.1.1 (the states of the IETF draft 12)",
        "State of a half in Startup whose partner is not there",
        ("CommunicationInterrupted", "Startup"),
    )
    unpublished_categories: str = rule(
        "by_analogy",
        "L",
        "8.3 (six are published)",
        "The category of an error of which nobody published one",
        ("by_analogy", "NotSpecified"),
    )
    load_balance_event: str = rule(
        "20240",
        "L",
        "EVENT-DUMP (it has the same values as 20241; no page of Microsoft's lists it)",
        "Which event tells that a relationship of LoadBalance was created?",
        ("20240", "none"),
    )
    changes_logged_as: str = rule(
        "account",
        "L",
        "EVENT-DUMP (a published event 71)",
        "Whose are the events of a change of failover: the account's that made it, or the service's?",
        ("account", "service"),
    )
    error_events: str = rule(
        "interruptions",
        "I",
        "DHCP-EVENTS (two ids for each change of state, one of them an error)",
        "Which states are told by the id that is an error?",
        ("interruptions", "all_but_normal"),
    )
