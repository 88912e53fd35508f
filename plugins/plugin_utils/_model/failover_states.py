# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The states of a failover relationship, in Windows' words: which are waited for, which are refused, and why. Pure."""

from __future__ import annotations

NORMAL, CUT_OFF, PARTNER_DOWN = "Normal", "CommunicationInterrupted", "PartnerDown"
# states that pass by themselves: the batch waits for Normal before it writes
PASSING = frozenset({"Init", "Startup", "Recover", "RecoverWait", "RecoverDone", "ConflictDone"})
# states in which a write could split the two servers' views
REFUSED = {
    CUT_OFF: "the two servers are not in contact; bring the partner back, or look at the network between "
    "them (TCP 647); while it stays away, windhcp.failover.partner_down lets the other one serve alone; after a change "
    "of the secret it passes by itself within a minute or two",
    PARTNER_DOWN: "the partner was declared down; bring it back and wait until both show Normal (where it is gone for "
    "good: orphan: remove_here; failover_orphan: true in the role and windhcp.failover.decommission)",
    "PotentialConflict": "both servers served alone and are comparing leases; wait until both show Normal",
    "ResolutionInterrupted": "the comparison of leases was interrupted; let the two servers reach each other",
}
# what the states mean that are only told, and stand in nobody's way
TOLD = {
    **REFUSED,
    **dict.fromkeys(
        PASSING, "the two servers are on their way to Normal, which takes up to the maximum client lead time"
    ),
}
# what a write of ours can cause for a while: a message with the other secret closes the connection (MS-DHCPF 3.1.5)
PASSING_AFTER_A_WRITE = frozenset({CUT_OFF})
STATES = frozenset({NORMAL}) | PASSING | frozenset(REFUSED)
# by allow_state: those that are written to only where somebody says so
MAY_BE_ALLOWED = sorted(STATES - PASSING - {NORMAL})
