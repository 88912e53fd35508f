# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Private: the report of _planning/fleet.py as text, Markdown, a page, metrics. Pure, and decides nothing; no interface
for others.

A report is plain data, as extensions/monitoring/report.schema.json describes it. Names in it are hostile input.
"""
