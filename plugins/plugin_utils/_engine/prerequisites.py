# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is looked at between a plan and its first write, in check mode too: whether the collection's folders are its
own, and whether the servers reach each other, with rights there."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from .._model.identity import Connection
from .._windows import probes
from .._windows.remote_error import RemoteError
from . import calls, journal, needed_folders
from .calls import Step
from .connection_reads import HERE
from .reader import Reader


def check_folders(reader: Reader, steps: Sequence[Step]) -> None:
    """Raises RemoteError where somebody else made what the plan needs to be ours."""
    for connection, reading in reader.readings.items():
        mine = [step for step in steps if step.connection is connection]
        operations = [operation for step in mine for operation in (*step.operations, *step.then)]
        if connection is HERE:
            operations += [journal.keep(note) for note in calls.notes(steps, reading.server)]
        if refusal := needed_folders.refusal(map(reading.answer, needed_folders.needed(operations))):
            raise RemoteError(refusal, reading.remote.host)


def check_reached(reader: Reader, steps: Sequence[Step], *, check_mode: bool) -> None:
    """Whether the servers reach each other. What the first call writes, it probes itself. Raises RemoteError."""
    asked: dict[Connection, list[str]] = {}
    for number, (connection, group) in enumerate(calls.requests(steps)):
        if number or check_mode:
            partners = unasked(reader, connection, group)
            asked.setdefault(connection, []).extend(name for name in partners if name not in asked[connection])
    for connection, names in asked.items():
        if names:
            try:
                _probe(reader, connection, names)
            except RemoteError as error:
                error.relationship = calls.reaching(steps, error.partner)
                raise


def unasked(reader: Reader, connection: Connection, steps: Sequence[Step]) -> Sequence[str]:
    """Partners of which it is not known yet whether they answer over this connection."""
    return [partner for partner in calls.partners(steps) if (connection, partner) not in reader.reached]


def _probe(reader: Reader, connection: Connection, partners: Sequence[str]) -> None:
    remote = reader.remotes[connection]
    asking = {partner: probes.probes(partner) for partner in partners}
    answers = iter(remote.read([*itertools.chain(*asking.values())]).before)
    for partner, reads in asking.items():
        said = list(itertools.islice(answers, len(reads)))
        probes.check(said, remote.host, partner, remote.goes_on())
        reader.reached.add((connection, partner))
