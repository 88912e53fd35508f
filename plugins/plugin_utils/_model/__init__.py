# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private: plain frozen values, and how they are read from options and shown. No I/O, no cmdlet, nothing of Ansible; no
interface for others.

Durations are seconds, scope ids are addresses, modes and roles are the choices of the options.
"""
