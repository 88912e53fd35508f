# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Variables that a user gives a playbook or a role -> what is meant by them. No I/O, nothing of Ansible.

They come as they were written, under the names that their user knows. Each that is wrong is named, with what it holds
and what it should be. A variable that is not set is None or is not there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from .identity import same_server
from .refusal import Refused
from .scope import scope_ids
from .site import Entry, refusal
from .task_options import BOUNDS, UPDATE_SECRET
from .texts import few, shown

Variables = Mapping[str, Any]

_SOURCES = ("this_server", "partner")
_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_DRY_RUN = "true, the default, which only shows what would be done, or false, which does it"
_ORPHAN = "true, when failover_leaving is gone for good, or false, the default"
_IS_OFF = "true, when somebody has seen that failover_leaving is off and stays off, or false, the default"
_DATA = "failover_relationships"
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

    @property
    def servers(self) -> Sequence[str]:
        """All three."""
        return (self.keep, self.leaving, self.new)


def decommission(variables: Variables, hosts: Collection[str]) -> Decommission:
    """What the playbook decommission is to do, in an inventory of `hosts`. Raises Refused with every wrong variable."""
    orphan = _is_true(variables.get("failover_orphan"))
    leaving, named = variables.get("failover_leaving"), _names(variables.get("failover_relationships_to_end"))
    problems = [*_keep(variables, hosts), *_leaving(variables)]
    if not _is_unset(leaving) and leaving not in hosts and leaving != variables.get("failover_keep") and not orphan:
        should = "the server in the inventory that leaves; when it is gone for good, set failover_orphan to true"
        problems.append(_unknown_host("failover_leaving", leaving, should, hosts))
    problems += _other_copy(variables, orphan)
    if named is not None and not all(name.strip() for name in named):
        should = "names of relationships; leave it out to end all of the two servers"
        problems.append(f"failover_relationships_to_end: has an empty name; it should be {should}.")
    problems += [*_flags(variables), *_percent(variables)]
    _refuse(problems)
    most = variables.get("failover_max_removals_percent")
    if most is None and named is None:
        most = _MOST_AT_ONCE  # what is named is meant; all that the two servers have may be more than was thought of
    return Decommission(
        str(variables["failover_keep"]), str(leaving), orphan, named, None if most is None else int(most)
    )


def migrate(variables: Variables, hosts: Collection[str], site: Sequence[Entry]) -> Migration:
    """What the playbook migrate is to do. `site`: failover_relationships. Raises Refused, as above."""
    keep, leaving, new = (variables.get(f"failover_{which}") for which in ("keep", "leaving", "new"))
    problems = [*_keep(variables, hosts), *_leaving(variables)]
    should = "the server in the inventory that takes the place of failover_leaving"
    if _is_unset(new):
        problems.append(_wrong("failover_new", new, should))
    elif new in (keep, leaving):
        same = "failover_keep" if new == keep else "failover_leaving"
        problems.append(_wrong("failover_new", new, should, f", as {same} is"))
    elif new not in hosts:
        problems.append(_unknown_host("failover_new", new, should, hosts))
    problems += _other_copy(variables, _is_true(variables.get("failover_orphan")))
    if _is_unset(keep) or keep in hosts:  # a host that is not there has no data to be looked for
        problems += _data(site, "with the new partner")
    problems += [*_flags(variables), *_percent(variables)]
    _refuse(problems)
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
    names = () if _is_unset(variables.get(relationships)) else _names(variables.get(relationships)) or ()
    problems, ids = [*_keep(variables, hosts)], tuple[IPv4Address, ...]()
    try:
        ids = scope_ids(_apart(variables.get(scopes)), scopes)
    except Refused as refused:
        problems.append(str(refused))
    if _is_unset(variables.get(scopes)) and not any(name.strip() for name in names):
        problems.append(f"{relationships}: is not set; it should be names of relationships, or {scopes} scope ids.")
    problems += [*_other_copy(variables, orphan=False, of="the other server", gone=False), *_flags(variables)]
    _refuse(problems)
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
    should, problems = "the server in the inventory that is to serve alone", list[str]()
    if _is_unset(server):
        problems.append(_wrong("failover_server", server, should))
    elif server not in hosts:
        problems.append(_unknown_host("failover_server", server, should, hosts))
    if _is_unset(partner):
        problems.append(_wrong("failover_partner", partner, "the server that is down"))
    elif partner == server:
        problems.append(
            _wrong("failover_partner", partner, "the other server, which is down", ", as failover_server is")
        )
    _refuse([*problems, *_flags(variables)])
    return Declaring(str(server), str(partner))


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
    should, problems = "the server in the inventory that is maintained", list[str]()
    if _is_unset(server):
        problems.append(_wrong("failover_server", server, should))
    elif server not in hosts:
        problems.append(_unknown_host("failover_server", server, should, hosts))
    if partner is not None and partner in ("", server):
        should = "one of its partners; leave it out for all of them"
        problems.append(_wrong("failover_partner", partner, should, ", as failover_server is"))
    what = "start, finish or cancel"
    if tasks is None and asked not in _ENDS:
        cure = "; or failover_maintenance_tasks a file of tasks, before which it starts and after which it finishes"
        problems.append(_wrong("failover_maintenance", asked, f"{what}{cure}"))
    if tasks is not None and asked is not None:
        cure = "left out where failover_maintenance_tasks is given, which starts and finishes"
        problems.append(_wrong("failover_maintenance", asked, cure))
    if tasks is not None and not (isinstance(tasks, str) and tasks):
        problems.append(_wrong("failover_maintenance_tasks", tasks, "the path of a file of tasks on the controller"))
    problems += _number(variables, "wait_timeout", "how many seconds to wait for the state Normal")
    _refuse(problems)
    ends = _ENDS[str(asked)] if tasks is None else "finished"
    return Maintaining(str(server), str(partner or ""), asked == "start" or tasks is not None, ends, tasks or "")


def swap_roles(variables: Variables, site: Sequence[Entry]) -> Sequence[str]:
    """The relationships whose servers change places. `site`: failover_relationships. Raises Refused, as above."""
    variable, should = "failover_relationships_to_swap", "names of relationships in hot standby"
    names = _names(variables.get(variable))
    problems = []
    if names is None:
        problems.append(_wrong(variable, None, should))
    problems += _data(site, "with primary and partner changed")
    if names and site:
        present = [entry for entry in site if not entry.absent]
        problems += _undeclared(variable, names, present, "write")
        problems += _in_load_balance(variable, names, present)
    problems += _flags(variables)
    _refuse(problems)
    return names or ()


def failover(variables: Variables, site: Sequence[Entry]) -> Sequence[Entry]:
    """The relationships that a run of the role failover is about. Raises Refused, as above."""
    names = _names(variables.get("failover_only"))
    seconds = _number(variables, "wait_timeout", "how many seconds to wait for the state Normal")
    sends = _choice("failover_update_secret", variables, UPDATE_SECRET)
    _refuse([*_undeclared("failover_only", names or (), site, "write"), *sends, *seconds, *_percent(variables)])
    entries = _with_names(site, names)
    if variables.get("failover_shared_secret") == "":
        _refuse(_without_secret(entries))
    return entries


def _without_secret(site: Iterable[Entry]) -> Iterable[str]:
    """An empty secret is a lookup that found nothing: nobody says so that authentication is to be off."""
    those = [entry.name for entry in site if entry.needs_shared_secret]
    if those:
        yield (
            f"failover_shared_secret: is empty (does the vault or the variable have it?), and {_quoted(those)} has no "
            "secret of its own; it should be the secret. Without authentication: enable_auth: false in the entry."
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
    names = _names(variables.get("replicate_relationships"))
    problems = [*_undeclared("replicate_relationships", names or (), site, "replicate")]
    scopes: Sequence[IPv4Address] = ()
    try:
        scopes = scope_ids(_apart(variables.get("replicate_scopes")), "replicate_scopes")
    except Refused as refused:
        problems.append(str(refused))
    declared = {scope for entry in site for scope in entry.declared.scopes}
    unknown = [scope for scope in scopes if scope not in declared]
    if unknown:
        problems.append(_not_in_data("replicate_scopes", few(unknown), "replicate"))
    entries = [entry for entry in _with_names(site, names) if not entry.absent]
    source = variables.get("replicate_source") or _SOURCES[0]
    _refuse([*problems, *_source(source, entries)])
    return Replication(entries, scopes or None, str(source))


def _source(value: object, entries: Sequence[Entry]) -> Iterable[str]:
    without = [entry.name for entry in entries if value not in (*_SOURCES, *entry.servers)]
    if without:
        should = f"{' or '.join(_SOURCES)} (seen from the primary), or a server that each relationship has"
        servers = sorted({server for entry in entries for server in entry.servers})
        hint = f" (of {few(servers, between=' and ')})"
        yield _wrong("replicate_source", value, should, f", which is no server of {_quoted(without)}{hint}")


def _with_names(site: Sequence[Entry], names: Sequence[str] | None) -> Sequence[Entry]:
    return site if names is None else [entry for entry in site if entry.name in names]


def _keep(variables: Variables, hosts: Collection[str]) -> Iterable[str]:
    keep = variables.get("failover_keep")
    if _is_unset(keep):
        yield _wrong("failover_keep", keep, "the server in the inventory that keeps the scopes")
    elif keep not in hosts:
        yield _unknown_host("failover_keep", keep, "the server in the inventory that keeps the scopes", hosts)


def _leaving(variables: Variables) -> Iterable[str]:
    keep, leaving = variables.get("failover_keep"), variables.get("failover_leaving")
    if _is_unset(leaving):
        yield _wrong("failover_leaving", leaving, "the server that leaves")
    elif leaving == keep:
        yield _wrong("failover_leaving", leaving, "the other server, which leaves", ", as failover_keep is")


def _other_copy(
    variables: Variables, orphan: bool, *, of: str = "failover_leaving", gone: bool = True
) -> Iterable[str]:
    value = variables.get("failover_other_copy")
    if not orphan and value not in ("delete", "disable"):
        cure = "; when that server is gone for good, set failover_orphan to true instead" if gone else ""
        yield _wrong("failover_other_copy", value, f"delete or disable, what becomes of the copies on {of}{cure}")


def _data(site: Sequence[Entry], changed: str) -> Iterable[str]:
    """The role's default is an empty list, so a variable that is not set looks like this as well."""
    if not site:
        yield f"{_DATA}: is not set or empty; it should be the data of windhcp.failover.site, {changed}."


def _flags(variables: Variables) -> Iterable[str]:
    for variable, should in (
        ("failover_orphan", _ORPHAN),
        ("failover_partner_is_off", _IS_OFF),
        ("failover_dry_run", _DRY_RUN),
    ):
        value = variables.get(variable)
        if value is not None and str(value).lower() not in (*_TRUE, *_FALSE):
            yield _wrong(variable, value, should)


def _percent(variables: Variables) -> Iterable[str]:
    what = "how many of the members may be removed or lose a copy at once"
    return _number(variables, "max_removals_percent", what)


def _number(variables: Variables, option: str, what: str) -> Iterable[str]:
    """`option`: of the modules, which the variable sets."""
    variable, (least, most, _what) = f"failover_{option}", BOUNDS[option]
    value = variables.get(variable)
    whole = isinstance(value, (int, str)) and re.fullmatch(r"[0-9]{1,9}", str(value))
    if value is not None and not (whole and least <= int(value) <= most):
        yield _wrong(variable, value, f"{least} to {most}, {what}")


def _choice(variable: str, variables: Variables, choices: Sequence[str]) -> Iterable[str]:
    value = variables.get(variable)
    if value is not None and value not in choices:
        yield f"{variable}: is none of {', '.join(choices)}."  # what it is may be a secret in the wrong place


def _undeclared(variable: str, names: Iterable[str], site: Iterable[Entry], verb: str) -> Iterable[str]:
    declared = {entry.name for entry in site}
    unknown = [name for name in names if name not in declared]
    if unknown:
        yield _not_in_data(variable, _quoted(unknown), verb)


def _in_load_balance(variable: str, names: Sequence[str], site: Sequence[Entry]) -> Iterable[str]:
    declared = {entry.name for entry in site if entry.name in names}
    wrong = declared - {entry.name for entry in site if entry.declared.mode == "hot_standby"}
    if wrong:
        balanced = f"not in hot standby in {_DATA} (mode: hot_standby), so it has no active server"
        yield f"{variable}: has what is {balanced}: {_quoted(sorted(wrong))}; name none but those in hot standby."


def _not_in_data(variable: str, listed: str, verb: str) -> str:
    return f"{variable}: has what is not in {_DATA}, so nobody would {verb} it: {listed}; take it out, or add it there."


def _unknown_host(variable: str, value: object, should: str, hosts: Collection[str]) -> str:
    alike = sorted(host for host in hosts if same_server(host, str(value)))
    hint = f" (it has {few(alike, between=' and ')})" if alike else ""
    return _wrong(variable, value, should, f", which is no host of the inventory{hint}")


def _wrong(variable: str, value: object, should: str, why: str = "") -> str:
    if _is_unset(value):
        return f"{variable}: {'is not set' if value is None else 'is empty'}; it should be {should}."
    return f"{variable}: is {shown(value)}{why}; it should be {should}."


def _refuse(problems: Iterable[str]) -> None:
    problems = list(problems)
    if problems:
        raise refusal("These variables are not as they should be", problems)


def _names(value: object) -> Sequence[str] | None:
    """One name, several as lines of a text (a survey's), a list of them, or lists of lists, as a list."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return tuple(name for member in value for name in _names(member) or ())
    return tuple(filter(None, map(str.strip, str(value).split("\n")))) if "\n" in str(value) else (str(value),)


def _apart(value: object) -> Sequence[str]:
    """Scope ids as they come from a command line too: after -e a list is text, 10.1.20.0,10.1.30.0 or [10.1.20.0]."""
    return [part for text in _names(value) or () for part in re.split(r"[\s,\[\]]+", text) if part]


def _quoted(names: Iterable[str]) -> str:
    return few(f"'{name}'" for name in names)


def _is_unset(value: object) -> bool:
    return value is None or value == ""


def _is_true(value: object) -> bool:
    return str(value).lower() in _TRUE
