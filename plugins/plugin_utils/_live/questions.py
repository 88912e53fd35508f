# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What nobody has published about failover on Windows: each question, and of those that are not asked what it would
take.

The simulated servers of the tests have a switch of the same name for each of them, where the sources stand.
"""

from __future__ import annotations

from dataclasses import dataclass

_ACCOUNT = "a second account, which is an administrator of one of the two servers only"
_HOP = "a session whose logon does not go on to the other server: no become, CredSSP or delegation"
_CLIENT = "a DHCP client in a network of the scope"


@dataclass(frozen=True)
class Question:
    """`takes`: what it would take to ask it, where it is not asked."""

    id: str
    asks: str
    takes: str = ""


QUESTIONS = (
    # --- what is read ----------------------------------------------------------------------------------------------
    Question("empty_server_errors", "what Get-DhcpServerv4Failover answers on a server without a relationship"),
    Question("no_relationship_at_all", "the error for a relationship's name on a server that has none"),
    Question("relationship_names", "whether names of relationships are compared with their case"),
    Question("empty_lists_answer", "what a Get of reservations or exclusions answers where there are none"),
    Question("no_reservation_error", "the error for an address that is not reserved"),
    Question("no_lease_error", "the errors for an address and for a client id without a lease"),
    Question("unknown_superscope_error", "the error for a superscope that is not there"),
    Question("unknown_name_error", "the error for a -ComputerName that no machine has"),
    Question("unpublished_categories", "the category of an error of which nobody published one"),
    Question("client_ids_show", "how the digits of a client id are shown"),
    Question("statistics_split", "how the free addresses of a member are split between the two servers"),
    Question("no_dns_credential", "what Get-DhcpServerDnsCredential answers where no account was set"),
    Question("option_numbers_show", "how Get-DhcpServerv4OptionValue shows an option that is a number"),
    Question("user_class_options_show", "what becomes of a scope's option value of a user class"),
    Question("partner_percent_inverts", "whether the partner shows 100 minus the share of this server"),
    Question("partner_server_shows", "how the partner spells the server that made the relationship"),
    Question("standby_creator", "which server type the creator is, where it is made as the standby"),
    Question("settle_polls", "how many looks after the creation, about one a second, still show no Normal"),
    Question("orphan_state", "the state of a half whose counterpart is gone"),
    Question("partner_down_ends_in", "what the returning server comes to while the other is in PartnerDown"),
    Question("reintegration_polls", "how many looks show each state of a server that comes back to PartnerDown"),
    Question("load_balance_event", "which event tells that a relationship of load balance was created"),
    Question("error_events", "which states are told by the event id that is an error"),
    Question("changes_logged_as", "whose an event of a change is"),
    Question("event_states_show", "how an event tells a state"),
    Question("event_names_show", "how an event tells a server"),
    # --- changes ---------------------------------------------------------------------------------------------------
    Question("active_after_lb_to_hs", "which server is the active one after load balance became hot standby"),
    Question(
        "mode_change_keeps_percent",
        "whether the number of a percentage stays when the mode is changed",
    ),
    Question("wrong_mode_percent", "what the percentage of the other mode does"),
    Question("ast_false_with_interval", "what AutoStateTransition false together with an interval does"),
    Question("null_interval", "what a StateSwitchInterval of null does"),
    Question("null_percent", "what a LoadBalancePercent of null does"),
    Question("prompt_without_force", "what a cmdlet does without -Force that wants to ask"),
    Question("set_propagates_fields", "what a change on one server changes on the other"),
    Question("set_sends", "which settings a change sends, where the two halves differ"),
    Question("set_one_sided_when_unreachable", "whether a change is made here alone while the partner is away"),
    Question("differing_secrets", "what two halves with different secrets show"),
    Question("secret_change_polls", "how many looks show CommunicationInterrupted after a change of the secret"),
    Question("partner_down_refused_with", "the error for -PartnerDown in the state Normal"),
    Question("own_partner_error", "the error for a relationship of a server with itself"),
    Question("wrong_type_error", "the error for an option's value that its type cannot hold"),
    Question("null_common_option", "what a router of null does to the option"),
    Question("unset_option_removed", "what the removal of an option answers that is not set"),
    # --- scopes that come ------------------------------------------------------------------------------------------
    Question("one_bad_scope_stops_good_ones", "whether one bad scope stops the good ones of the same call"),
    Question("scope_exists_error_id", "the error where the scope is on the partner already"),
    Question("add_scopes_max", "how many scopes one call takes; 31 is: that many, or more"),
    Question("bootp_refused", "which servers refuse scopes that serve BOOTP"),
    Question("add_checks_class", "whether a class that the partner lacks is an error"),
    Question("missing_class_leaves_copy", "whether a part of a scope is on the partner that lacks a class of it"),
    Question("lacking_error", "the error for what the partner lacks"),
    Question("replication_checks_class", "whether a class that the partner lacks is an error of a replication"),
    Question("replication_needs_normal", "whether a replication is refused in a state other than Normal"),
    Question("range_change_on_member", "what another address range of a member does"),
    Question("silent_dns_server_error", "the error for a DNS server that does not answer"),
    # --- scopes and relationships that go --------------------------------------------------------------------------
    Question("leased_scope_error", "the error of removing a scope with leases, without -Force"),
    Question("force_removes_when_unreachable", "whether a forced removal goes on without the partner"),
    Question("force_needed_unless_normal", "whether a scope leaves without -Force in a state other than Normal"),
    Question("orphan_removal_deletes_other_scopes", "whether removing an orphan deletes scopes on the other server"),
    Question(
        "relationship_removal_deletes", "whose scopes a removal deletes, where the two halves list different ones"
    ),
    Question("api_bad_scope_stops_good_ones", "whether one bad scope stops the good ones of the management API"),
    Question("inactive_member_removal", "what a removal does where the partner's copy is out of service already"),
    Question("disable_through_api", "whether the management API takes a scope out of one half"),
    # --- copies ----------------------------------------------------------------------------------------------------
    Question("inner_errors_show", "whether errors that Import-DhcpServer ignores reach who called it"),
    Question("import_server_level", "what of the server level an import of one scope takes along"),
    Question("imported_state", "the state in which a scope comes back that was out of service"),
    # --- not asked -------------------------------------------------------------------------------------------------
    Question(
        "own_half_follows_its_server",
        "whether a server's half shows its new address",
        "giving one of the two servers another address",
    ),
    Question(
        "short_names_reach_other_domains",
        "whether a short name finds a server of another domain",
        "two servers of two domains",
    ),
    Question(
        "partner_reached_by",
        "by what the failover cmdlets reach the partner",
        "giving one of the two servers another address or name",
    ),
    Question(
        "stored_partner_address",
        "which address of a partner a relationship holds",
        "a partner with a card that DHCP is not bound to, and a name that leads there",
    ),
    Question(
        "stored_partner_name",
        "what a relationship calls a partner with which it was made by an address or an alias",
        "making a relationship by an address",
    ),
    Question("half_applied_without_delegation", "whether half of a change is made when the second hop is denied", _HOP),
    Question("version_without_hop", "whether the version is told to a logon that does not go on", _HOP),
    Question("partner_not_admin_error", "the error without rights at the partner", _ACCOUNT),
    Question(
        "dhcp_administrators_suffice",
        "whether the group DHCP Administrators is enough",
        "a second account, which is in that group on both servers and no administrator",
    ),
    Question(
        "built_in_class_travels_by",
        "how a built-in class gets to a server of another language",
        "a server of another language",
    ),
    Question(
        "unauthorized_state",
        "what both halves show while one server is not authorised",
        "taking one of the two servers out of Active Directory's list for a while (Remove-DhcpServerInDC)",
    ),
    Question("control_characters", "whether control characters of a client's host name are kept", _CLIENT),
    Question(
        "same_address_keeps",
        "what becomes of an address that both servers leased while they were apart",
        "a DHCP client at each of the two servers while TCP 647 between them is closed",
    ),
    Question(
        "startup_without_contact",
        "the state of a half in Startup whose partner is gone",
        "a look at a server in the moment in which its service starts, while the other one is away",
    ),
    Question("interruption_leases_travel", "whether leases of an interruption are sent when it ends", _CLIENT),
    Question(
        "failover_removal_keeps_dns", "whether the clients' DNS records survive a removal", f"{_CLIENT}, and its zone"
    ),
    Question(
        "partner_half_first",
        "which server is written to first",
        "a network monitor between the two, or a debugger",
    ),
    Question(
        "program_data_open",
        "whether every user may make files in ProgramData",
        "(Get-Acl C:\\ProgramData).Access of the servers",
    ),
    Question(
        "administrators_own_new_files",
        "who owns a file that an administrator makes",
        "(Get-Acl FILE).Owner of a file that this account made",
    ),
)
