# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar

from ..plugin_utils._engine.fleet_action import FleetAction
from ..plugin_utils._engine.written_files import create
from ..plugin_utils._model.refusal import Refused
from ..plugin_utils._model.texts import counted, few, in_sight
from ..plugin_utils._planning.adopting import Entry, adopt
from ..plugin_utils._planning.fleet import Seen
from ..plugin_utils._report.data_file import data_file

DATA = "failover_relationships"


class ActionModule(FleetAction):
    """What dhcp_failover_info returned of several hosts as a file with the role's data. No server is reached."""

    ARGUMENT_SPEC: ClassVar[dict[str, Any]] = {**FleetAction.HOSTS, "file": {"type": "path", "required": True}}

    def answer(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same, and who has such data from elsewhere."""
        told = super().answer(options, task_vars)
        hostvars = task_vars["hostvars"]
        have = [host for host in options["hosts"] if host in hostvars and DATA in hostvars[host]]
        if not have:
            return told
        doubt = f"{DATA} is set for {few(have)} already: of two files that set it the last one counts, so keep one."
        return {**told, "sentences": [*told["sentences"], doubt]}

    def perform(self, options: Mapping[str, Any], fleet: list[Seen]) -> dict[str, Any]:
        """Writes the file, unless there is one. Raises Refused."""
        if all(seen.result is None for seen in fleet):
            told = few((f"{seen.host}: {seen.problem}" for seen in fleet), between="; ")
            raise Refused(f"No server could be read, so there is nothing to adopt, and no file was written. {told}")
        found = adopt(fleet)
        now = datetime.now(timezone.utc).isoformat(timespec="minutes")
        read = ", ".join(sorted(seen.host for seen in fleet if seen.result is not None)) or "no server"
        heading = (
            f"The DHCP failover of {read} as it was at {now}, written by windhcp.failover.adopt.",
            "No secret is in it; none is needed for what exists. Durations stand in quotes: YAML takes 1:00 for 60.",
            'What is created later needs one: failover_shared_secret: "{{ vault_failover_secret }}"',
            *(f"Not adopted as it is: {problem}" for problem in found.problems),
        )
        path = Path(options["file"]).absolute()
        text = data_file(found.entries, found.names, heading)
        be = "would be" if self._task.check_mode else "is" if len(found.entries) == 1 else "are"
        if not self._task.check_mode:
            create(path, text)
        return {
            "changed": not self._task.check_mode,
            "file": str(path),
            "content": text,
            "relationships": [entry["name"] for entry in found.entries],
            "hosts": sorted(found.hosts),
            "problems": list(found.problems),
            "proof": [f"A check run with it changes nothing{in_sight(_unproven(found.entries, options['hosts']))}."],
            "sentences": [
                *(f"Not adopted as it is: {problem}." for problem in map(in_sight, found.problems)),
                f"{counted(len(found.entries), 'relationship')} {be} in {path}.",
            ],
        }


def _unproven(entries: Sequence[Entry], hosts: Collection[str]) -> str:
    """Those of which a run on these hosts has nothing to say, since their primary is none of them."""
    apart = [entry for entry in entries if entry["primary"] not in hosts]
    if not apart:
        return ""
    names, primaries = (
        few(dict.fromkeys(entry[key] for entry in apart), between=" and ") for key in ("name", "primary")
    )
    return f", and says nothing of {names}: {primaries}, which would write it, is not in this run"
