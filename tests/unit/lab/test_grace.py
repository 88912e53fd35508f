# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A state that is tolerated for some seconds has them from when it is first seen, in both doors."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from core_calls import company
from lab.core.api import CmdletObject, Outcome, Session
from lab.core.lab import Lab
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine
from lab.standin import script

SCRIPT = Path(__file__).resolve().parents[3] / "plugins" / "modules" / "dhcp_cmdlets.ps1"
SESSION = Session("DHCP01", "administrator")
CUT = "CommunicationInterrupted"
WAIT = {
    "id": "wait",
    "op": "wait_until",
    "cmdlet": "Get-DhcpServerv4Failover",
    "select": ["Name", "State"],
    "match": {"Name": "HQ"},
    "property": "State",
    "values": ["Normal"],
    "while": ["Startup"],
    "tolerated": [CUT],
    "interval_ms": 50,
}


class Passing(Lab):
    """Its relationship is in one state after the other: (state, seconds)."""

    states: Sequence[tuple[str, float]] = ()
    since = 0.0

    def invoke(
        self, session: Session, cmdlet: str, parameters: Mapping[str, Any], files: Mapping[str, bytes] | None = None
    ) -> Outcome:
        self.since = self.since or time.monotonic()
        passed = time.monotonic() - self.since
        for state, seconds in self.states:
            passed -= seconds
            if passed < 0:
                return Outcome((CmdletObject("DhcpServerv4Failover", {"Name": "HQ", "State": state}),))
        return Outcome((CmdletObject("DhcpServerv4Failover", {"Name": "HQ", "State": "Normal"}),))


def through_standin(lab: Lab, request: str) -> str:
    return script.run(lab, SESSION, request)


def through_powershell(lab: Lab, request: str) -> str:
    try:
        find_engine()
    except NoEngine as error:
        pytest.skip(str(error))
    with DirectPowerShell(SCRIPT) as powershell:
        return powershell(lab, SESSION, request)


@pytest.mark.parametrize("door", [through_standin, through_powershell])
@pytest.mark.parametrize(
    ("states", "grace", "timeout", "error"),
    [
        ([("Startup", 1.2), (CUT, 0.4)], 1, 10, None),
        ([("Startup", 0.2), (CUT, 60)], 1, 10, f"State is '{CUT}'."),
        ([("Startup", 0.2), (CUT, 60)], 10, 1, f"State is '{CUT}'."),
        ([("Startup", 60)], 10, 1, "State is still 'Startup' after 1 s."),
        ([(CUT, 60)], 0, 10, f"State is '{CUT}'."),
    ],
)
def test_the_grace_counts_from_the_first_sight(
    door: Any, states: Any, grace: int, timeout: int, error: str | None
) -> None:
    lab = Passing(servers=company().servers)
    lab.states = states
    started = time.monotonic()
    (said,) = json.loads(door(lab, json.dumps({"calls": [{**WAIT, "grace": grace, "timeout": timeout}]})))["reply"][
        "calls"
    ]
    assert [one["message"] for one in said["errors"]] == ([error] if error else [])
    assert time.monotonic() - started < 8
