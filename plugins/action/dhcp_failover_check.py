# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ..plugin_utils._engine import tcp_port
from ..plugin_utils._engine.action import FailoverAction
from ..plugin_utils._engine.connection_reads import HERE
from ..plugin_utils._engine.fleet_action import held
from ..plugin_utils._engine.inventory import partner_host
from ..plugin_utils._model.texts import short
from ..plugin_utils._planning import data_checks, partner_checks, server_checks
from ..plugin_utils._planning.checklist import VARIABLE, Row
from ..plugin_utils._planning.partner_checks import Way
from ..plugin_utils._planning.server_checks import Look
from ..plugin_utils._windows import check_reads
from ..plugin_utils._windows.cmdlets import Operation
from ..plugin_utils._windows.errors import RemoteFailure, UnexpectedReply
from ..plugin_utils._windows.reply import Reply


class ActionModule(FailoverAction):
    """What failover needs, as far as one server can tell: first of itself, then of its partners. Writes nothing, and a
    server that cannot be reached is a finding."""

    WRITES = False
    ARGUMENT_SPEC = {
        "hosts": {"type": "list", "elements": "str"},
        "variable": {"type": "str"},
        "data": {"type": "str", "default": VARIABLE},
        "partner": {"type": "str"},
    }
    CONDITIONS = {"required_together": [("hosts", "variable")]}

    def perform(self, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Without hosts this server by itself, else its partners among them and elsewhere."""
        return self._look(task_vars) if options["hosts"] is None else self._ask(options, task_vars["hostvars"])

    def _look(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        reply, rows = self._read(check_reads.own_reads())
        if reply is None:
            return {"rows": _public(rows), "look": None}
        said, remote = check_reads.own_answers(reply.before), self.reader.remotes[HERE]
        try:
            halves = server_checks.halves_of(said, self.host)
            hosts = {half.name: partner_host(half.partner.names, task_vars, self.host) for half in halves}
            look = server_checks.look(said, self.host, remote.goes_on(), reply.offset, hosts)
            rows = [*rows, *server_checks.of_own(self.host, said)]
        except UnexpectedReply as failure:
            return {"rows": _public([*rows, *server_checks.script_failed(self.host, failure)]), "look": None}
        return {"rows": _public(rows), "look": look.public()}

    def _ask(self, options: Mapping[str, Any], hostvars: Any) -> dict[str, Any]:
        """With what every host has shown of itself."""
        found = {host: held(host, options["variable"], hostvars) or {} for host in options["hosts"]}
        shown = {host: Look.read(one["look"]) if one.get("look") else None for host, one in found.items()}
        looks = partner_checks.with_hosts(shown)
        known = [Row.read(row) for one in found.values() for row in one.get("rows") or ()]
        try:
            data, unresolved = held(self.host, options["data"], hostvars), []
        except AnsibleError as error:  # a vault that is missing, mostly
            data, unresolved = None, [data_checks.unresolved(short(str(error)))]
        declared, here = data_checks.entries(data), looks.get(self.host)
        asks = partner_checks.partners(self.host, looks, declared, options["partner"] or "")
        rows = [*(row for row in known if row.servers == (self.host,)), *unresolved]
        if here is not None:
            ways = [Way(self.host, ask, here, looks.get(ask.partner), known) for ask in asks]
            rows += self._answers(ways) if ways else [partner_checks.no_partner(self.host)]
        known = [*(row for row in known if row not in rows), *rows]
        return {
            "rows": _public(rows),
            "ways": [[self.host, ask.partner] for ask in asks],
            "declared": [vars(entry) for entry in declared],
            "tries_data": data_checks.is_tried(self.host, data, known),
        }

    def _answers(self, ways: Sequence[Way]) -> Sequence[Row]:
        """What this server says of those partners that it has a name for."""
        asked = {way.ask: check_reads.partner_reads(way.ask.names) for way in ways if way.ask.names}
        reply, rows = self._read([*itertools.chain(*asked.values())]) if asked else (None, ())
        answers = iter(reply.before if reply else ())
        found = [*rows] if reply is None else []
        for way in ways:
            said: Sequence[Row] = ()
            if reply is not None and way.ask in asked:
                results = list(itertools.islice(answers, len(asked[way.ask])))
                said = partner_checks.of_partner(way, results)
            found += [*said, *partner_checks.of_both(way, said)]
        return found

    def _read(self, operations: Sequence[Operation]) -> tuple[Reply | None, Sequence[Row]]:
        """What a server answers, with the rows of the way there; or those that say why it does not."""
        remote, connection = self.reader.remotes[HERE], self._connection
        try:
            reply = remote.read(operations)
        except AnsibleConnectionFailure as failure:
            heard, asked = tcp_port.listen(connection, 1) if tcp_port.is_plain(connection) else (None, "")
            message = short(str(failure), hide=remote.hide)
            return None, server_checks.not_reached(self.host, message, heard, asked)
        except RemoteFailure as failure:
            rows = server_checks.reached(self.host, tcp_port.words(connection))
            return None, [*rows, *server_checks.script_failed(self.host, failure)]
        return reply, server_checks.reached(self.host, tcp_port.words(connection))


def _public(rows: Sequence[Row]) -> Sequence[Mapping[str, Any]]:
    return [row.public() for row in rows]
