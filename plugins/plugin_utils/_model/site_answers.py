# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A site's data and a playbook's variables -> what dhcp_failover_site returns. No I/O, nothing of Ansible."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from . import site, site_sets, variables
from .refusal import Refused

# of each playbook for one server: the variable with the server that its tasks have to run on
_RUNS_ON = {
    "decommission": "failover_keep",
    "remove": "failover_keep",
    "partner_down": "failover_server",
    "maintenance": "failover_server",
    "migrate": "failover_keep",
    "restore": "failover_server",
    "live_check": "failover_live_server",
}
Read = Sequence[Mapping[str, Any]] | None  # what dhcp_failover_info returned


def answer(options: Mapping[str, Any], hosts: Collection[str], host: str) -> dict[str, Any]:
    """What the module returns on `host`, in an inventory of `hosts`, for its `options`. Raises Refused."""
    _check_runs_there(options, hosts, host)
    if options["restore"] is not None:
        variables.restore(options["restore"], hosts)
        return {}
    if options["live_check"] is not None:
        variables.live_check(options["live_check"], hosts)
        return {}
    entries = site.entries(options["relationships"] or (), hosts)
    if options["decommission"] is not None:
        return _decommission(variables.decommission(options["decommission"], hosts), options["existing"], hosts)
    if options["remove"] is not None:
        return _remove(variables.remove(options["remove"], hosts), options["existing"])
    if options["partner_down"] is not None:
        return _partner_down(variables.partner_down(options["partner_down"], hosts), options["existing"], hosts)
    if options["maintenance"] is not None:
        return _maintenance(variables.maintenance(options["maintenance"], hosts), options["existing"])
    if options["migrate"] is not None:
        asked = variables.migrate(options["migrate"], hosts, entries)
        return _migrate(asked, site.share(entries, host), options["existing"])
    if options["swap_roles"] is not None:
        return {"to_swap": list(variables.swap_roles(options["swap_roles"], entries))}
    return _declared(options, entries, host)


def _check_runs_there(options: Mapping[str, Any], hosts: Collection[str], host: str) -> None:
    """Raises Refused where a playbook's tasks run elsewhere than on the server that they are for. Its variables may be
    set where the tasks see them and the play's hosts did not."""
    for purpose, variable in _RUNS_ON.items():
        server = (options[purpose] or {}).get(variable)
        if server in hosts and server != host:
            raise Refused(
                f"{variable}: is {server}, and this runs on {host}. The hosts of a play do not see what the inventory "
                "sets (group_vars, host_vars), so give it with -e."
            )


def _decommission(asked: variables.Decommission, read: Read, hosts: Collection[str]) -> dict[str, Any]:
    if read is None:
        return {"servers_to_read": list(asked.servers_to_read)}
    chosen = site_sets.to_remove(site_sets.existing(read, asked.leaving), asked)
    limit = {} if asked.most is None else {"max_removals_percent": asked.most}
    return {
        "servers_to_read": list(asked.servers_to_read),
        "to_remove": [{"name": name, "state": "absent"} for name in chosen.names],
        "missing": list(chosen.missing),
        "staying": chosen.staying_as_data(),
        "warnings": site_sets.doubts(chosen, asked),
        **limit,
        **_asked_too(chosen.partner_host(asked.leaving, hosts) if asked.orphan else asked.leaving),
    }


def _asked_too(host: str | None) -> dict[str, str]:
    """The host of the inventory that the controller asks, whatever anybody says of it."""
    return {} if host is None else {"partner_host": host}


def _remove(asked: variables.Removal, read: Read) -> dict[str, Any]:
    if not read:
        return {}
    leaving = site_sets.to_take_out(read[0], asked)
    return {
        "to_remove": [{"name": name, "state": "absent"} for name in asked.relationships],
        "to_take_out": [{"relationship": each.relationship, "scopes": each.scopes} for each in leaving.members],
        "missing": list(leaving.missing),
        "warnings": leaving.doubts,
        "in_the_data": leaving.in_the_data,
    }


def _partner_down(asked: variables.Declaring, read: Read, hosts: Collection[str]) -> dict[str, Any]:
    if read is None:
        return {}
    chosen = site_sets.to_declare(site_sets.existing(read), asked)
    return {
        "to_declare": list(chosen.names),
        "staying": chosen.staying_as_data(),
        **_asked_too(chosen.partner_host(asked.partner, hosts)),
    }


def _maintenance(asked: variables.Maintaining, read: Read) -> dict[str, Any]:
    what = {"begins": asked.begins, "ends": asked.ends, "tasks_file": asked.tasks}
    if read is None:
        return what
    return {**what, "to_maintain": list(site_sets.to_declare(site_sets.existing(read), asked).names)}


def _migrate(asked: variables.Migration, declared: site.Share, read: Read) -> dict[str, Any]:
    if read is None:
        return {}
    there = site_sets.existing(read)
    chosen = site_sets.to_migrate(there, declared, asked, site_sets.unfinished(read))
    return {
        "to_migrate": list(chosen.names),
        "staying": chosen.staying_as_data(),
        "hint": site_sets.still_there(there, asked),
    }


def _declared(options: Mapping[str, Any], entries: Sequence[site.Entry], host: str) -> dict[str, Any]:
    """What the host writes of the relationships that a run is about."""
    asked, shared, others, update_secret = None, None, entries, None
    if options["failover"] is not None:
        if options["failover"].get("failover_only") is None:
            site.check_named(entries, host)
        entries = variables.failover(options["failover"], entries)
        shared = options["failover"]["failover_shared_secret"]
        update_secret = options["failover"]["failover_update_secret"]
    if options["replicate"] is not None:
        if options["replicate"].get("replicate_relationships") is None:
            site.check_named(entries, host)
        asked = variables.replicate(options["replicate"], entries)
        entries = asked.entries
    declared = site.share(entries, host, shared)
    writes = site_sets.with_scopes(declared, asked.scopes) if asked and asked.scopes else declared.writes
    written = {relationship["name"] for relationship in writes}
    return {
        "writes": writes,
        "names": [relationship["name"] for relationship in writes],
        "written_by": declared.written_by,
        "not_written": [entry.name for entry in others if host in entry.servers and entry.name not in written],
        "secret_entries": declared.secret_entries,
        "with_secret": list(declared.with_secret),
        "notes": declared.notes(host, update_secret),
        **({"source": asked.source_on(host)} if asked else {}),
        **({"warnings": said} if (said := site.warnings(options["relationships"] or (), entries)) else {}),
    }
