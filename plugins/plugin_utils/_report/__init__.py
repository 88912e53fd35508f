# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private: how the report of a fleet is shown. No decisions: severities, statuses and what is in sync come with the
report, which is plain data. No I/O, nothing of Ansible; no interface for others.

All that servers call something is hostile here. Nothing leaves this room that was not escaped for where it goes to.
"""
