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
    description: Shows what was, or would be, changed, and what becomes of copies of scopes that go.
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
      - When load balance changes to hot standby, Windows chooses the active server, and its rule is not documented. A
        role that most likely would not come is refused before, unless the task says to re-create the relationship;
        what Windows chose is checked after the change.
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
      - Also how long the task tries again, with pauses, while another run or a person changes the servers in the
        middle of it; ten seconds at least.
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
      - V(auto) finds it by itself, the one host of the inventory whose name, or C(ansible_host) as it is written, is a
        name or an address of the partner; several partners too. It is asked only where something is to be done that
        concerns it, or a relationship is not C(Normal); one that the inventory lacks is asked by this server.
      - Clocks that differ are found before a write, and what a broken run left on one of the two servers, also when
        this server shows
        nothing to do; afterwards it is verified that both show the same settings.
      - Without it the task still finds, over the second hop, scopes and ranges that already exist on the partner, a
        name that is in use there, a server with as many relationships as it can have, classes and option definitions
        that are missing or different, a version of Windows that is too old, and, where scopes are added, clocks that
        differ.
      - The cmdlets that write still go from one server to the other, so whether the hop works is asked in any case.
        What touches one
        server alone is done over its own connection.
    type: str
  allow_clock_skew:
    description:
      - Whether to write although the clocks of the two servers certainly differ by more than a minute. Measured with
        O(partner_host), and without it where scopes come to the partner.
      - It does not help where a relationship is to be created, because Windows refuses that. Where one is to be
        re-created and the partner's clock cannot be read, it confirms that you have compared the two.
    type: bool
    default: false
"""

    CREATE_SCOPES = r"""
options:
  create_scopes:
    description:
      - Definitions of scopes. One that is not on this server is created, out of service, and gets its exclusions,
        reservations and options. Then it joins the relationship, by which the partner gets all of it, and only then it
        serves, on both servers.
      - A run that is broken off leaves it out of service. The next run of the task completes it first; a task that does
        not define it refuses to put it into a relationship.
      - A definition is used only to create. A scope that exists otherwise is not changed; what differs is a warning,
        and is returned in RV(definition_differences).
      - All definitions are checked, and refused together, before anything is read. What the servers lack of classes and
        definitions of options is refused before the first write.
      - Policies are not created here.
    type: list
    elements: dict
    suboptions:
      scope_id:
        description: The scope's address. It has to be the one that O(create_scopes[].start_range) and
          O(create_scopes[].subnet_mask) give.
        type: str
        required: true
      start_range:
        description: First address that the scope hands out.
        type: str
        required: true
      end_range:
        description: Last address that the scope hands out.
        type: str
        required: true
      subnet_mask:
        description: The subnet mask, as V(255.255.255.0). The subnet must not overlap that of another scope.
        type: str
        required: true
      name:
        description: The scope's name.
        type: str
        required: true
      description:
        description: The scope's description.
        type: str
      lease_duration:
        description: How long a lease lasts, in seconds or C([d.]hh:mm:ss), or V(unlimited). Windows' default when it is
          left out.
        type: str
      state:
        description: Whether the scope hands out addresses.
        type: str
        choices: [active, inactive]
        default: active
      delay:
        description: How long this scope's servers wait before they answer a client, in milliseconds from 0 to 1000.
        type: int
      router:
        description:
          - The clients' default gateways (option 3), in the subnet.
          - Without them, here or as a server option, clients of the scope get an address and no way out of their
            subnet.
        type: list
        elements: str
      dns_servers:
        description:
          - The clients' DNS servers (option 6), the first choice first.
          - They are not asked whether they answer (Windows' cmdlet is told so with C(-Force)). It would refuse a server
            that is just off, or that only clients reach, and the scope would be half made.
        type: list
        elements: str
      dns_domain:
        description: The clients' DNS domain (option 15).
        type: str
      options:
        description:
          - Other options of the scope. Their definitions and classes have to be on both servers.
          - The subnet mask (1), the lease duration (51) and the DNS settings (81) are none of them.
        type: list
        elements: dict
        suboptions:
          id:
            description: The option's number.
            type: int
            required: true
          value:
            description:
              - Its values, in order. What they are the option's definition says.
              - A number is written as V(8) or V(0x08), binary data as one V(0x1f) for each byte.
            type: list
            elements: str
            required: true
          vendor_class:
            description: The vendor class whose option it is.
            type: str
          user_class:
            description: The user class whose clients get it. Windows may create a policy with this name.
            type: str
      exclusions:
        description: Addresses of the range that are not handed out.
        type: list
        elements: dict
        suboptions:
          start_range:
            description: The first of them.
            type: str
            required: true
          end_range:
            description: The last of them.
            type: str
            required: true
      reservations:
        description: Addresses that are kept for one client each. One may be excluded, or outside of the range.
        type: list
        elements: dict
        suboptions:
          ip:
            description: The address, in the subnet.
            type: str
            required: true
          client_id:
            description: The client's identifier, which most often is its MAC address, as V(00-15-5d-0a-14-01).
            type: str
            required: true
          name:
            description: The reservation's name.
            type: str
          description:
            description: The reservation's description.
            type: str
          type:
            description: Which kind of client it is for. Windows' default when it is left out.
            type: str
            choices: [Dhcp, Bootp, Both]
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
        C(CommunicationInterrupted), and in C(PartnerDown) with automatic switchover, which nobody has declared, where
        only this server can ask the partner, since a cut line between the two looks the same. That is without
        O(partner_host), or where that refuses the connection or is not known to be the partner by its name in the
        inventory or its C(ansible_host).
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
      - It counts members that a purge removes, and copies that a former partner loses when a relationship is re-created
        with another partner or scopes move; for each relationship, and for all together. Copies that are made anew are
        not counted.
      - What C(state=absent) names is counted only where the task gives a percentage.
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
