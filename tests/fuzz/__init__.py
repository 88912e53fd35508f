# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""True replies of simulated servers, spoilt on their way back: whatever arrives, a task ends with a clear text or does
its work."""
