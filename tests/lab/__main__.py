# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The lab's command line: python -m lab {serve,show,inventory,stub,doors,record} ..."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

import yaml
from lab import doors, table, topology, transports
from lab.audit import Audit
from lab.codec import TopologyError
from lab.core.lab import Lab
from lab.doors import NoDoor
from lab.inventory import inventory
from lab.powershell.direct import DirectPowerShell
from lab.powershell.engine import NoEngine, find_engine
from lab.powershell.stub import write_module
from lab.service import LabService, NotLoopback
from lab.standin import recordings


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (TopologyError, NoDoor, NotLoopback, ImportError, OSError, ValueError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description="Simulated Windows DHCP servers on loopback.")
    commands = parser.add_subparsers(required=True)

    serve = commands.add_parser("serve", help="run the servers of a topology until SIGTERM or SIGINT")
    serve.add_argument("topology", type=Path)
    serve.add_argument(
        "--state", type=Path, help="start from this file if it exists, and save the state to it at the end"
    )
    serve.add_argument("--audit", type=Path, help="append what happens to this file, one JSON line an entry")
    serve.add_argument("--door", choices=doors.NAMES, default="auto", help="what runs the remote commands")
    serve.add_argument("--ready", type=Path, help="write this file when all servers listen; it holds their passwords")
    serve.add_argument(
        "--off", action="append", default=[], metavar="NAME", help="this server has no power; may be given again"
    )
    serve.set_defaults(run=_serve)

    show = commands.add_parser("show", help="print a saved state as a table")
    show.add_argument("state", type=Path)
    show.set_defaults(run=_show)

    listing = commands.add_parser("inventory", help="print an Ansible inventory for a running lab")
    listing.add_argument("ready", type=Path, help="the file that serve --ready wrote")
    listing.add_argument("--transport", choices=transports.NAMES, default=transports.DEFAULT)
    listing.set_defaults(run=_inventory)

    stub = commands.add_parser("stub", help="write the DhcpServer stub module into a folder")
    stub.add_argument("folder", type=Path)
    stub.set_defaults(run=_stub)

    ways = commands.add_parser("doors", help="say which doors can be used here")
    ways.set_defaults(run=_doors)

    record = commands.add_parser("record", help="record anew, with a PowerShell, the replies that prove the stand-in")
    record.add_argument("script", type=Path, help="the script that the stand-in stands in for")
    record.set_defaults(run=_record)
    return parser


def _serve(options: argparse.Namespace) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lab = _load(options)
    with LabService(lab, options.door) as service:
        for name, address in service.addresses():
            print(f"{name:<16} {address}")
        print(f"remote side: {service.door.description}", flush=True)
        up = {server.name for server in lab.servers.values() if server.reachable}
        try:
            for name in options.off:
                service.switch_off(name)
            if options.ready:
                _write_private(options.ready, json.dumps(service.ready(), indent=2) + "\n")
            while not stop.wait(0.5):
                pass  # a signal that another thread is given is handled by this one, and does not wake it
        finally:
            if options.ready:
                options.ready.unlink(missing_ok=True)
    if options.state:
        for name in up:  # it has power again the next time
            lab.servers[name].reachable = True
        topology.save(lab, options.state)


def _load(options: argparse.Namespace) -> Lab:
    audit = Audit(options.audit)
    lab = topology.load(options.topology, audit=audit)
    if not (options.state and options.state.exists()):
        return lab
    # a saved state has no passwords: those of the topology go on
    passwords = {one.user: one.password for server in lab.servers.values() for one in server.credentials}
    return topology.load(options.state, passwords=passwords, audit=audit)


def _show(options: argparse.Namespace) -> None:
    print(table.render(topology.load(options.state)), end="")


def _inventory(options: argparse.Namespace) -> None:
    ready = json.loads(options.ready.read_text(encoding="utf-8"))
    offered = sorted({transport for server in ready["servers"].values() for transport in server["ports"]})
    if options.transport not in offered:
        raise ValueError(f"no server of this lab offers {options.transport}; there is {', '.join(offered)}")
    print(yaml.safe_dump(inventory(ready, options.transport), sort_keys=False), end="")


def _stub(options: argparse.Namespace) -> None:
    write_module(options.folder)


def _doors(options: argparse.Namespace) -> None:
    print("remote side: built-in stand-in")
    try:
        print(f"remote side: PowerShell {find_engine().version}")
    except NoEngine as error:
        print(f"no PowerShell: {error}")


def _record(options: argparse.Namespace) -> None:
    with DirectPowerShell(options.script) as powershell:
        recordings.record(options.script.read_bytes(), powershell)


def _write_private(path: Path, text: str) -> None:
    """Readable by nobody else from its first byte on, and whole when it appears."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
