# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private: the report of a fleet as a text for people or for monitoring. Everything stands in the report; no I/O, no
decisions, nothing of Ansible; no interface for others.
"""
