# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m demo: real playbooks on two simulated servers. What should go well does, and what should not is refused."""

from __future__ import annotations

import sys
import tempfile
from ipaddress import IPv4Address
from pathlib import Path

from lab import topology
from lab.core.server import Reservation
from lab.door import Door
from lab.powershell.engine import NoEngine, find_engine
from lab.service import LabService

from demo.stage import OUTPUT, ROOT, Run, Stage, Wrong, act, outcome, say

WRITE = ("-e", "failover_dry_run=false")


def main() -> int:
    service = LabService(topology.load(topology.TOPOLOGIES / "company.yml"))
    try:
        service.start()
    except OSError as error:
        print(f"The simulated servers cannot start: {error.strerror}")
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="windhcp-demo-") as folder:
            return show(Stage(service, Path(folder)))
    except Wrong as error:
        print(f"\nThe demo stops here. {error}")
        return 1
    finally:
        service.stop()


def show(stage: Stage) -> int:
    introduce(stage.service.door)
    for number, (what, play) in enumerate(ACTS, 1):
        act(number, what)
        play(stage)
    print()
    say(
        f"VERDICT: all {len(ACTS)} as they should be: {stage.writes} cmdlets wrote, none in a check or a refused run. "
        "On Windows nobody has seen it yet.",
        "",
        "",
    )
    say(
        "Next: README.md, 'Your first real server', on a pair that you can lose. What each run printed: "
        f"{OUTPUT.relative_to(ROOT)}/",
        "",
        "",
    )
    return 0


def introduce(door: Door) -> None:
    say(
        "SIMULATED: no Windows is here. Ansible, WinRM and the collection are real, the servers DHCP01 and DHCP02 are "
        "not. Left out: each command's inventory and data (tests/demo/failover.yml), and what does not matter here.",
        "",
        "",
    )
    say(f"Remote side: {remote_side(door)}", "", "")


def remote_side(door: Door) -> str:
    """What ran the collection's script, and how to get the better of the two."""
    try:
        find_engine()
    except NoEngine as error:
        return (
            "a stand-in answers in place of the script that the collection sends to a server "
            f"({error}). To run the script itself, install PowerShell 7: make demo WINDHCP_PWSH=/path/to/pwsh"
        )
    return (
        f"{door.description} runs the script that the collection sends to a server. A real server would run it in "
        "its Windows PowerShell, where nobody has tried it yet."
    )


def plan(stage: Stage) -> None:
    run = stage.play("site", "--check")
    steps(run)
    run.should(run.code == 0 and run.writes == 0)
    outcome("A plan, and nothing was written: 0 cmdlets that write.")


def double_hop(stage: Stage) -> None:
    run = stage.play("site", account="nohop", shown="-e ansible_user=nohop")
    say(run.failure())
    run.should(run.code != 0 and run.writes == 0)
    outcome(
        "Refused before the first write, with the cures. Windows' own cmdlet would fail, at worst with half of it done."
    )


def converge(stage: Stage) -> None:
    run = stage.play("site")
    run.should(run.code == 0 and run.writes == 2)
    again = stage.play("site", shown="       # once more")
    again.should(again.code == 0 and again.writes == 0 and not again.changed)
    outcome(f"{run.writes} cmdlets that write in the first run, {again.writes} in the second: it is as declared.")
    for row in stage.play("info").result("Put both halves of each relationship together")["table"]:
        say(row)


def drift(stage: Stage) -> None:
    for server in stage.lab.servers.values():
        server.relationships["Berlin"].percentage = 10
    check = stage.play("site", "--check")
    steps(check)
    check.should(check.writes == 0)
    run = stage.play("site")
    run.should(run.writes == 1 and stage.lab.servers["DHCP01"].relationships["Berlin"].percentage == 60)
    outcome("Found by a check, repaired by a run: 60 % again.")


def dangerous(stage: Stage) -> None:
    address = IPv4Address("10.10.30.14")
    printers = stage.lab.servers["DHCP01"].scopes[IPv4Address("10.10.30.0")]
    printers.reservations[address] = Reservation(address, "00-1e-8f-11-00-04", "prn-ber-04")
    options = ("-e", "failover_keep=dhcp02", "-e", "failover_relationships_to_remove=Berlin")
    run = stage.play("remove", *options, "-e", "failover_other_copy=delete", *WRITE)
    say(run.failure())
    run.should(run.code != 0 and run.writes == 0 and "Berlin" in stage.lab.servers["DHCP01"].relationships)
    outcome("Refused, and nothing was changed: the printer would have lost its address.")


def restore(stage: Stage) -> None:
    scope = IPv4Address("10.30.10.0")
    there = stage.lab.servers["DHCP02"]
    options = ("-e", "failover_keep=dhcp01", "-e", f"failover_scopes_to_remove={scope}")
    removal = stage.play("remove", *options, "-e", "failover_other_copy=delete", *WRITE)
    removal.should(removal.code == 0 and scope not in there.scopes)
    for line in removal.closing():
        if "is kept on" in line or ": safety copy on " in line:
            say(line)
    (copy,) = removal.result("Take scopes out, keeping them here")["results"][0]["safety_copies"]
    options = ("-e", "failover_server=dhcp02", "-e", f"failover_copy={copy['path']}")
    run = stage.play("restore", *options, shown="-e failover_server=dhcp02 -e failover_copy=(that path)")
    run.should(run.code == 0 and scope in there.scopes)
    found = there.scopes[scope]
    run.should(len(found.leases) == run.result("Bring the scopes back")["total"]["leases"] > 0)
    run.should(found.state == "InActive")
    outcome(f"DHCP02 has {scope} again with {len(found.leases)} leases, out of service, since DHCP01 serves it now.")


def steps(run: Run) -> None:
    """What is or would be done on each server."""
    for line in run.closing():
        if line.startswith("DHCP"):
            say(line)


ACTS = (
    ("What would a run do? The data wants two relationships, and there is none yet.", plan),
    (
        "The double hop: with an account whose logon on DHCP01 does not reach DHCP02, Windows refuses the calls there.",
        double_hop,
    ),
    ("The run, with an account that may, and the same run again.", converge),
    ("Somebody sets Berlin's share to 10 % by hand, on both servers.", drift),
    (
        "A dangerous removal: DHCP02 shall keep Berlin's scopes, and a printer's reservation was made on DHCP01 alone.",
        dangerous,
    ),
    ("A scope leaves failover, DHCP02's copy of it is deleted, and comes back from the safety copy.", restore),
)


if __name__ == "__main__":
    sys.exit(main())
