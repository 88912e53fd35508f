# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Variables that a user gives a playbook or a role -> what is meant by them. No I/O, nothing of Ansible.

They come as they were written, under the names that their user knows. Each that is wrong is named, with what it holds
and what it should be. A variable that is not set is None or is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from . import variable_checks as checks
from .refusal import Refused
from .scope import scope_ids
from .site import Entry
from .task_options import OTHER_COPY, RECREATE, UPDATE_SECRET
from .texts import few
from .variable_checks import Variables

_CHOICES = {  # of the role failover
    "failover_update_secret": UPDATE_SECRET,
    "failover_recreate": RECREATE,
    "failover_keep_scopes_on": ("primary", "partner"),
    "failover_other_copy": OTHER_COPY,
}
_FLAGS = (
    "failover_orphan",
    "failover_partner_is_off",
    "failover_purge_scopes",
    "failover_purge_relationships",
    "failover_replace_partner_copy",
    "failover_show_steps",
)
_FLAGS_OF_REPLICATE = (
    "replicate_allow_overwrite",
    "replicate_force",
    "replicate_use_partner_host",
    "replicate_show_steps",
)
_SOURCES = ("this_server", "partner")
_MOST_AT_ONCE = 30  # percent of the members


@dataclass(frozen=True)
class Decommission:
    """`leaving` goes, `keep` has the scopes. `named`: the relationships that are meant; None is all of the two.
    `most`: how many percent of the members may go at once; None is all."""

    keep: str
    leaving: str
    orphan: bool
    named: Sequence[str] | None = None
    most: int | None = None

    @property
    def servers(self) -> Sequence[str]:
        """Both."""
        return (self.keep, self.leaving)

    @property
    def servers_to_read(self) -> Sequence[str]:
        """Those that can be reached."""
        return (self.keep,) if self.orphan else self.servers


@dataclass(frozen=True)
class Migration:
    """`new` takes the place of `leaving`, and `keep` has the scopes."""

    keep: str
    leaving: str
    new: str


def decommission(variables: Variables, hosts: Collection[str]) -> Decommission:
    """What the playbook decommission is to do, in an inventory of `hosts`. Raises Refused with every wrong variable."""
    orphan = checks.is_true(variables.get("failover_orphan"))
    leaving, named = variables.get("failover_leaving"), checks.names(variables.get("failover_relationships_to_end"))
    problems = [*checks.keep(variables, hosts), *checks.leaving(variables)]
    has_to_be_there = not orphan and not checks.is_unset(leaving) and leaving != variables.get("failover_keep")
    if has_to_be_there and leaving not in hosts:
        should = "the server in the inventory that leaves; when it is gone for good, set failover_orphan to true"
        problems.append(checks.unknown_host("failover_leaving", leaving, should, hosts))
    problems += checks.other_copy(variables, orphan)
    if named is not None and not all(name.strip() for name in named):
        should = "names of relationships; leave it out to end all of the two servers"
        problems.append(f"failover_relationships_to_end: has an empty name; it should be {should}.")
    problems += [*checks.flags(variables, "failover_leaving"), *checks.percent(variables), *checks.writing(variables)]
    checks.refuse(problems)
    most = variables.get("failover_max_removals_percent")
    if most is None and named is None:
        most = _MOST_AT_ONCE  # what is named is meant; all that the two servers have may be more than was thought of
    return Decommission(
        str(variables["failover_keep"]), str(leaving), orphan, named, None if most is None else int(most)
    )


def migrate(variables: Variables, hosts: Collection[str], site: Sequence[Entry]) -> Migration:
    """What the playbook migrate is to do. `site`: failover_relationships. Raises Refused, as above."""
    keep, leaving, new = (variables.get(f"failover_{which}") for which in ("keep", "leaving", "new"))
    problems = [*checks.keep(variables, hosts), *checks.leaving(variables)]
    should = "the server in the inventory that takes the place of failover_leaving"
    if checks.is_unset(new):
        problems.append(checks.wrong("failover_new", new, should))
    elif new in (keep, leaving):
        same = "failover_keep" if new == keep else "failover_leaving"
        problems.append(checks.wrong("failover_new", new, should, f", as {same} is"))
    elif new not in hosts:
        problems.append(checks.unknown_host("failover_new", new, should, hosts))
    problems += checks.other_copy(variables, checks.is_true(variables.get("failover_orphan")))
    if checks.is_unset(keep) or keep in hosts:  # a host that is not there has no data to be looked for
        problems += checks.data(site, "with the new partner")
    problems += [*checks.flags(variables, "failover_leaving"), *checks.percent(variables)]
    checks.refuse(problems)
    return Migration(str(keep), str(leaving), str(new))


@dataclass(frozen=True)
class Removal:
    """What leaves failover, by name and by scope id; `keep` has the scopes."""

    keep: str
    relationships: Sequence[str]
    scopes: Sequence[IPv4Address]


def remove(variables: Variables, hosts: Collection[str]) -> Removal:
    """What the playbook remove is to do. Raises Refused, as above."""
    relationships, scopes = "failover_relationships_to_remove", "failover_scopes_to_remove"
    names = () if checks.is_unset(variables.get(relationships)) else checks.names(variables.get(relationships)) or ()
    problems, ids = [*checks.keep(variables, hosts)], tuple[IPv4Address, ...]()
    try:
        ids = scope_ids(checks.apart(variables.get(scopes)), scopes)
    except Refused as refused:
        problems.append(str(refused))
    if checks.is_unset(variables.get(scopes)) and not any(name.strip() for name in names):
        problems.append(f"{relationships}: is not set; it should be names of relationships, or {scopes} scope ids.")
    problems += [
        *checks.other_copy(variables, orphan=False, of="the other server", gone=False),
        *checks.flags(variables, "the other server"),
        *checks.percent(variables),
        *checks.writing(variables),
    ]
    checks.refuse(problems)
    return Removal(str(variables["failover_keep"]), names, ids)


@dataclass(frozen=True)
class Declaring:
    """`server` declares `partner` down."""

    server: str
    partner: str

    @property
    def servers(self) -> Sequence[str]:
        """Both."""
        return (self.server, self.partner)


def partner_down(variables: Variables, hosts: Collection[str]) -> Declaring:
    """What the playbook partner_down is to do. Raises Refused, as above."""
    server, partner = variables.get("failover_server"), variables.get("failover_partner")
    problems = [*checks.host(variables, "failover_server", "the server in the inventory that is to serve alone", hosts)]
    if checks.is_unset(partner):
        problems.append(checks.wrong("failover_partner", partner, "the server that is down"))
    elif partner == server:
        problems.append(
            checks.wrong("failover_partner", partner, "the other server, which is down", ", as failover_server is")
        )
    checks.refuse([*problems, *checks.flags(variables, "failover_partner")])
    return Declaring(str(server), str(partner))


def restore(variables: Variables, hosts: Collection[str]) -> None:
    """Raises Refused where the playbook restore does not say what comes back where, as above."""
    copy = variables.get("failover_copy")
    problems = [
        *checks.host(variables, "failover_server", "the server in the inventory that gets its scopes back", hosts)
    ]
    if checks.is_unset(copy):
        should = "the path of the safety copy on failover_server, as the removal returned it"
        problems.append(checks.wrong("failover_copy", copy, should))
    checks.refuse(problems)


def live_check(variables: Variables, hosts: Collection[str]) -> None:
    """Raises Refused where the playbook live_check does not name two servers, as above."""
    should = "a server in the inventory of which everything may be lost"
    names = ("failover_live_server", "failover_live_partner")
    server, partner = (variables.get(name) for name in names)
    problems = [problem for name in names for problem in checks.host(variables, name, should, hosts)]
    if not problems and partner == server:
        problems.append(checks.wrong(names[1], partner, "the other server", f", as {names[0]} is"))
    for variable in ("failover_live_may_be_lost", "failover_live_clean"):
        problems += checks.flag(variable, variables)
    checks.refuse(problems)


@dataclass(frozen=True)
class Maintaining:
    """`server` begins a maintenance or ends one; with one `partner`, or ("") with all. `begins` and `ends`: what of a
    maintenance is done, in the words of the module. `tasks`: the file with what is done between the two ("": none)."""

    server: str
    partner: str
    begins: bool
    ends: str
    tasks: str

    @property
    def servers(self) -> Sequence[str]:
        """Both."""
        return (self.server, self.partner)


_ENDS = {"start": "", "finish": "finished", "cancel": "cancelled"}


def maintenance(variables: Variables, hosts: Collection[str]) -> Maintaining:
    """What the playbook maintenance is to do. Raises Refused, as above."""
    server, partner, asked, tasks = (
        variables.get(f"failover_{which}") for which in ("server", "partner", "maintenance", "maintenance_tasks")
    )
    problems = [*checks.host(variables, "failover_server", "the server in the inventory that is maintained", hosts)]
    if partner is not None and partner in ("", server):
        should = "one of its partners; leave it out for all of them"
        problems.append(checks.wrong("failover_partner", partner, should, ", as failover_server is"))
    what = "start, finish or cancel"
    if tasks is None and not (isinstance(asked, str) and asked in _ENDS):
        cure = "; or failover_maintenance_tasks a file of tasks, before which it starts and after which it finishes"
        problems.append(checks.wrong("failover_maintenance", asked, f"{what}{cure}"))
    if tasks is not None and asked is not None:
        cure = "left out where failover_maintenance_tasks is given, which starts and finishes"
        problems.append(checks.wrong("failover_maintenance", asked, cure))
    if tasks is not None and not (isinstance(tasks, str) and tasks):
        problems.append(
            checks.wrong("failover_maintenance_tasks", tasks, "the path of a file of tasks on the controller")
        )
    problems += checks.writing(variables)
    checks.refuse(problems)
    ends = _ENDS[str(asked)] if tasks is None else "finished"
    return Maintaining(str(server), str(partner or ""), asked == "start" or tasks is not None, ends, tasks or "")


def swap_roles(variables: Variables, site: Sequence[Entry]) -> Sequence[str]:
    """The relationships whose servers change places. `site`: failover_relationships. Raises Refused, as above."""
    variable, should = "failover_relationships_to_swap", "names of relationships in hot standby"
    names = checks.names(variables.get(variable))
    problems = []
    if names is None:
        problems.append(checks.wrong(variable, None, should))
    problems += checks.data(site, "with primary and partner changed")
    if names and site:
        present = [entry for entry in site if not entry.absent]
        problems += checks.undeclared(variable, names, present, "write")
        problems += checks.in_load_balance(variable, names, present)
    problems += checks.flags(variables, "the other server")
    checks.refuse(problems)
    return names or ()


def failover(variables: Variables, site: Sequence[Entry]) -> Sequence[Entry]:
    """The relationships that a run of the role failover is about. Raises Refused, as above."""
    names = checks.names(variables.get("failover_only"))
    problems = [*checks.undeclared("failover_only", names or (), site, "write"), *checks.writing(variables)]
    problems += checks.percent(variables)
    for variable, choices in _CHOICES.items():
        problems += checks.choice(variable, variables, choices)
    for variable in _FLAGS:
        problems += checks.flag(variable, variables)
    checks.refuse(problems)
    entries = _with_names(site, names)
    if variables.get("failover_shared_secret") == "":
        checks.refuse(_without_secret(entries))
    return entries


def _without_secret(site: Iterable[Entry]) -> Iterable[str]:
    """An empty secret is a lookup that found nothing: nobody says so that authentication is to be off."""
    those = [entry.name for entry in site if entry.needs_shared_secret]
    if those:
        yield (
            "failover_shared_secret: is empty (does the vault or the variable have it?), and "
            f"{checks.quoted(those)} has no secret of its own; it should be the secret. Without authentication: "
            "enable_auth: false in the entry."
        )


@dataclass(frozen=True)
class Replication:
    """The relationships that are replicated, and of which scopes; None is all. `source`: this_server, partner, or the
    inventory name of a server that all of them have."""

    entries: Sequence[Entry]
    scopes: Sequence[IPv4Address] | None = None
    source: str = "this_server"

    def source_on(self, host: str) -> str:
        """As the module takes it there."""
        if self.source in _SOURCES:
            return self.source
        return "this_server" if self.source == host else "partner"


def replicate(variables: Variables, site: Sequence[Entry]) -> Replication:
    """What a run of the role replicate is about. Raises Refused, as above."""
    names = checks.names(variables.get("replicate_relationships"))
    problems = [*checks.undeclared("replicate_relationships", names or (), site, "replicate")]
    if site and all(entry.absent for entry in site):
        problems.append("failover_relationships: has none but those that are absent, so there is none to replicate.")
    for variable in _FLAGS_OF_REPLICATE:
        problems += checks.flag(variable, variables)
    problems += checks.writing(variables)
    scopes: Sequence[IPv4Address] = ()
    try:
        scopes = scope_ids(checks.apart(variables.get("replicate_scopes")), "replicate_scopes")
    except Refused as refused:
        problems.append(str(refused))
    declared = {scope for entry in site for scope in entry.declared.scopes}
    unknown = [scope for scope in scopes if scope not in declared]
    if unknown:
        problems.append(checks.not_in_data("replicate_scopes", few(unknown), "replicate"))
    entries = [entry for entry in _with_names(site, names) if not entry.absent]
    source = variables.get("replicate_source") or _SOURCES[0]
    checks.refuse([*problems, *_source(source, entries)])
    return Replication(entries, scopes or None, str(source))


def _source(value: object, entries: Sequence[Entry]) -> Iterable[str]:
    without = [entry.name for entry in entries if value not in (*_SOURCES, *entry.servers)]
    if without:
        should = f"{' or '.join(_SOURCES)} (seen from the primary), or a server that each relationship has"
        servers = sorted({server for entry in entries for server in entry.servers})
        hint = f" (of {few(servers, between=' and ')})"
        yield checks.wrong("replicate_source", value, should, f", which is no server of {checks.quoted(without)}{hint}")


def _with_names(site: Sequence[Entry], names: Sequence[str] | None) -> Sequence[Entry]:
    return site if names is None else [entry for entry in site if entry.name in names]
