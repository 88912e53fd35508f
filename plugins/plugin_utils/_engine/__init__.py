# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private: reads the servers, runs what was planned and verifies it; the only room that imports Ansible. No decisions
about DHCP; no interface for others.
"""
