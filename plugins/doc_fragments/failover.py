# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules' documentation has in common."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  platform:
    description: Target OS or family that the module works on.
    platforms: windows
    support: full
notes:
  - The module needs the DhcpServer PowerShell module on the server, which comes with the DHCP role or its management
    tools,
    and Windows PowerShell 5.1.
  - The account has to be a local administrator of the DHCP server.
  - Nothing in this collection was run on real Windows yet. It is tested against simulated servers that follow public
    facts,
    with a real PowerShell engine.
seealso:
  - name: Understand and deploy DHCP failover
    description: Microsoft's guide.
    link: https://learn.microsoft.com/windows-server/networking/technologies/dhcp/dhcp-failover
"""

    ACTION = r"""
options: {}
attributes:
  action:
    description: Has a corresponding action plugin, which makes the decisions on the controller.
    support: full
  async:
    description: Supports running with the C(async) keyword.
    support: none
  check_mode:
    description: Can run in check mode and says what it would do, without changing anything.
    support: full
  diff_mode:
    description: Shows what was, or would be, changed.
    support: full
"""

    RELATIONSHIP = r"""
options:
  partner_server:
    description:
      - Name or address of the other server, as this server resolves it, with letters, digits and C(. - _ :) only.
        Needed to create a
        relationship.
      - Windows stores it as it is written. Another spelling of the same server is no change.
      - Windows cannot change the partner of a relationship; a different one is refused, unless the task says to
        re-create it.
    type: str
  mode:
    description:
      - The mode of the relationship. At creation O(mode=load_balance), unless O(reserve_percent) or O(server_role) is
        given.
      - A relationship can change its mode in place.
    type: str
    choices: [load_balance, hot_standby]
  load_balance_percent:
    description:
      - The share of clients that this server answers, in percent, with O(mode=load_balance). At creation 50.
      - The partner has the rest.
    type: int
  reserve_percent:
    description:
      - The share of free addresses that the standby server keeps for itself, in percent, with O(mode=hot_standby). At
        creation 5.
    type: int
  server_role:
    description:
      - The role of this server with O(mode=hot_standby). At creation V(active).
      - Windows cannot change the role of a relationship; a different one is refused, unless the task says to re-create
        it.
      - Which server a change from load balance to hot standby makes active, Windows decides, and how is not known. What
        it decided is
        checked after the change.
    type: str
    choices: [active, standby]
  max_client_lead_time:
    description:
      - How long one server may extend a lease beyond what the other knows of (MCLT).
      - Seconds, or C([d.]hh:mm:ss) in quotes. Cannot be 0. At creation one hour.
      - A number of 300 or less is taken, with a warning, since YAML makes 300 of C(5:00) without quotes. Written in
        full it gets none.
    type: str
  state_switch_interval:
    description:
      - After how long without contact a server declares its partner down by itself.
      - Seconds, or C([d.]hh:mm:ss) in quotes. V(0) switches it off, which is what a new relationship gets.
      - A number of 300 or less is taken with a warning, as with O(max_client_lead_time).
    type: str
  auto_state_transition:
    description:
      - Whether a server declares its partner down by itself at all. Windows keeps this and O(state_switch_interval) as
        one value.
      - V(false) is the same as O(state_switch_interval=0). V(true) without an interval keeps the one there is, or takes
        one hour.
      - A server that shows automatic transition as on and no interval counts as one with an hour, Windows' default.
    type: bool
  shared_secret:
    description:
      - The secret with which the two servers authenticate their messages.
      - Needed only where a relationship is created with authentication, or where authentication is turned on.
      - It is refused where it would be sent and has less than 8 characters, has only blanks, or is a part of a name
        that it is used with (of a relationship, a server, a scope or an option), and a warning where it is not sent.
        Names of servers are their own and those of the inventory; of scopes, their ids too.
      - An empty one is refused, unless O(enable_auth=false); so is a number, which YAML may have changed, write it in
        quotes.
      - One for a relationship that exists without authentication does nothing without O(enable_auth=true), and is a
        warning.
    type: str
  enable_auth:
    description:
      - Whether the two servers authenticate their messages. At creation V(true) exactly when O(shared_secret) is given.
      - Authentication is switched off by V(false) and by nothing else.
    type: bool
"""

    WAITING = r"""
options:
  wait_for_normal:
    description:
      - Whether to wait at the end until the relationship shows the state C(Normal).
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait for C(Normal), in seconds, each time. Also before a write, when the relationship is in a state
        that passes
        by itself (C(Init), C(Startup), C(Recover), C(RecoverWait), C(RecoverDone), C(ConflictDone)).
      - C(RecoverWait) can last as long as the maximum client lead time.
      - Also how long to plan anew, with pauses, while another run or a person changes what the task was planned on; ten
        seconds at least.
      - V(0) to V(2147483).
    type: int
    default: 180
  allow_state:
    description:
      - States in which the relationship is changed all the same. Without it a relationship that is not C(Normal) is
        refused,
        since a change could then reach one server only.
      - After a write C(CommunicationInterrupted) may last for 90 seconds, but no longer than O(wait_timeout), before it
        is an error. A
        change of the secret can cost the two servers their connection for a minute.
    type: list
    elements: str
    choices: [CommunicationInterrupted, PartnerDown, PotentialConflict, ResolutionInterrupted]
    default: []
"""

    PARTNER = r"""
options:
  partner_host:
    description:
      - The partner's name in the inventory. Its server is then read over a connection of its own, as a task of the
        play that runs there would be, which needs no second hop. It is one remote command more, on the partner, in
        sync as well.
      - Clocks that differ are found before a write, and what a broken run left on one of the two servers, also when
        this server shows
        nothing to do; afterwards it is verified that both show the same settings.
      - Scopes and ranges that exist at the partner, a name that is taken there, a full server, classes and option
        definitions that are missing or other ones there, a server that is too old, and, where scopes come, clocks that
        differ, are found without it as well, over the second hop.
      - The cmdlets that write still go from one server to the other, so whether the hop works is asked in any case.
        What touches one
        server alone is done over its own connection.
    type: str
  allow_clock_skew:
    description:
      - Whether to write although the clocks of the two servers certainly differ by more than a minute. Measured with
        O(partner_host), and without it where scopes come to the partner.
      - Not where a relationship is to be created, which Windows refuses then.
    type: bool
    default: false
"""

    JOINING = r"""
options:
  replace_partner_copy:
    description:
      - What to do when the partner has a scope already that is to be added, outside of failover, for example a copy
        that an earlier
        removal left there. Windows adds no scope that the partner has.
      - V(never) refuses it and shows what differs.
      - V(inactive_only) replaces a copy that is not active there, after a safety copy. An active one is refused all the
        same, and so is one where the scope on this server is not active either, or is yet to be created.
      - Without O(partner_host) the partner is looked at over a second hop.
    type: str
    choices: [never, inactive_only]
    default: never
"""

    REMOVAL = r"""
options:
  keep_scopes_on:
    description:
      - Which of the two servers keeps the scopes that leave the relationship, active and with their leases. There is no
        default; a
        task that would remove a scope without saying it is refused.
    type: str
    choices: [this_server, partner]
  other_copy:
    description:
      - What becomes of the copies on the server that does not keep the scopes. There is no default.
      - V(delete) deletes them there, with leases, reservations and options. The DNS records of their clients may go
        too.
      - V(disable) leaves them there, inactive, with their leases. Each server is changed by itself through the DHCP
        management API;
        with O(partner_host) this needs no second hop.
    type: str
    choices: [delete, disable]
  orphan:
    description:
      - V(remove_here) is for a partner that is gone for good. What is to be removed goes on this server alone, which
        keeps its scopes;
        nothing is tried on the partner.
      - Refused as long as the partner answers, and unless the relationship is in the state C(CommunicationInterrupted)
        or C(PartnerDown). What was asked, and that nobody answered, is a warning of the task, in check mode too; so are
        scopes that are out of service on this server, which nobody serves then.
    type: str
    choices: [refuse, remove_here]
    default: refuse
  partner_is_off:
    description:
      - Says that the partner is off and stays off. O(orphan=remove_here) needs it in the state
        C(CommunicationInterrupted) where only this server can ask the partner, since a cut line between the two looks
        the same. That is without O(partner_host), or where that refuses the connection or is not known to be the
        partner by its name in the inventory or its C(ansible_host).
      - It overrides no answer. A partner that says anything at all is not gone.
    type: bool
    default: false
  allow_content_loss:
    description:
      - Whether copies may go that have what the kept ones have not, a running lease above all. Every difference is
        shown in RV(removals).
    type: bool
    default: false
  max_removals_percent:
    description:
      - How many of three or more members may leave failover, or lose a copy for good, at once, in percent of those on
        the server that has more of them. More is refused as a likely mistake. Without it 30.
      - Counted are the members that a list purges, and the copies that a former partner loses when a relationship is
        re-created with another one or scopes move, of each relationship and of all together. A copy that is made anew
        is not.
      - What O(state=absent) names is counted only where the task gives a percentage.
      - V(0) to V(100).
    type: int
"""

    SAFETY_COPY = r"""
options:
  safety_copy:
    description:
      - Whether copies of scopes that go, or are put out of service, are exported before, with their leases. The file is
        kept in a folder
        that only administrators read, C(%ProgramData%\windhcp.failover\safety-copies), on the server that has the
        copies when that is
        reached by this task's connection or O(partner_host), else on this server. RV(safety_copies) says where.
      - Put one back with M(windhcp.failover.dhcp_failover_restore).
    type: bool
    default: true
  safety_copy_days:
    description:
      - After how many days older safety copies of the same server are removed, when a new one was made. V(0) keeps them
        all, and V(36500) is the most.
    type: int
    default: 0
"""
