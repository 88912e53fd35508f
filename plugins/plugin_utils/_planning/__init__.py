# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private: what has to be done on a pair of DHCP servers, as values. No I/O, nothing of Ansible, no interface for
others.

    plan(list of Spec, World) -> Plan, or a ReadRequest: "call me again when you know this"

A World is what was read of the servers; an Action is one change of it; `action_table` has one row for each kind of
action, and `effect(world, action) -> world` is all that planning, check mode, what a diff shows and the proof of a plan
know of it."""
