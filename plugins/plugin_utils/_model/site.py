# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A site's relationships as the roles' data has them -> what one server has to write. No I/O, nothing of Ansible.

The data belongs to neither server: percents and role are the primary's. An entry may stand in it twice, once from each
side, as it does when what dhcp_failover_info found on both servers is put together; the two are then one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from itertools import combinations
from typing import Any

from . import scope_specs, task_options
from .identity import same_server
from .refusal import Refused
from .relationship_settings import SETTING, SITE, WORDS, DeclaredSettings, OnPartner, SettingKind
from .scope import ScopeSpec, scope_ids
from .secret import LEAST, weakness
from .server import RELATIONSHIP_LIMIT
from .texts import few, in_sight, kind, sentences

_MOST_PROBLEMS = 50
_COMPARED = ("partner_server", *(setting.option for setting in SITE))


@dataclass(frozen=True)
class Entry:
    """One relationship, `declared` being the primary's view.

    `sound`: its options were taken, so they can be compared. `absent`: it is to be removed. `lists`: its scopes are
    given; where they are not, the members stay as they are. `creates`: definitions of scopes, as they were given;
    `defined`: what they say, however it is spelled.
    `secret_entry`: where in the data its secret stands, since of two entries for one relationship either may hold it.
    """

    primary: str
    partner: str
    declared: DeclaredSettings
    sound: bool = True
    secret_entry: int | None = None
    absent: bool = False
    lists: bool = True
    creates: tuple[Mapping[str, Any], ...] = ()
    defined: tuple[ScopeSpec, ...] = ()
    previous_name: str | None = None

    @property
    def name(self) -> str:
        """Of the relationship."""
        return self.declared.name

    @property
    def servers(self) -> frozenset[str]:
        """Both inventory names."""
        return frozenset((self.primary, self.partner))

    @property
    def needs_shared_secret(self) -> bool:
        """Whether it gets the secret of all that name none of their own."""
        return self.secret_entry is None and self.declared.enable_auth is not False

    @property
    def weakness(self) -> str | None:
        """Why its secret would be refused where it is sent."""
        names = (self.name, self.primary, self.partner, self.declared.partner_server or "", *WORDS)
        names += tuple(map(str, self.declared.scopes))
        return weakness(self.declared.shared_secret, names) if self.declared.shared_secret else None

    def __str__(self) -> str:
        return f"'{self.name}' ({self.primary} with {self.partner})"


@dataclass(frozen=True)
class Share:
    """What is one server's to do. `writes`: options of dhcp_failover_relationship, never the secret.

    `written_by`: name -> primary. `secret_entries`: name -> index of the entry of the data that has the secret.
    `with_secret`: names of those that have one, of their own or the one for all.
    """

    writes: Sequence[Mapping[str, Any]]
    written_by: Mapping[str, str]
    secret_entries: Mapping[str, int]
    with_secret: Sequence[str] = ()

    def notes(self, host: str, update_secret: object) -> list[str]:
        """What a run with it tells. `update_secret`: failover_update_secret."""
        words = []
        if not self.writes and self.written_by:
            by = (f"'{name}' by {primary}" for name, primary in self.written_by.items())
            words.append(
                f"{host} writes nothing: what it is the partner of is written from the other server, {few(by)}"
            )
        if update_secret == "on_create" and self.with_secret:
            words.append(
                "relationships that exist keep the shared secret that they have; where the data has a new one, "
                "failover_update_secret=on_change sends it"
            )
        return words


def check_named(site: Iterable[Entry], host: str) -> None:
    """Raises Refused for data that says nothing of a host: it is more often in the wrong place than meant."""
    servers = {server for entry in site for server in entry.servers}
    if not servers:
        raise Refused(
            "failover_relationships: is empty or not set for this host; it should be the relationships of the site. Is "
            "the file in the group_vars of a group that the host is in? Nothing was written."
        )
    if host not in servers:
        raise Refused(
            f"failover_relationships: no entry names {host}, as primary or as partner; add it there, or leave the host "
            "out of the run (failover_hosts). Nothing was written."
        )


def check_kind(relationships: object) -> None:
    """Raises Refused, without a word of it, for data that is no list of dictionaries. Ansible would show it, or make of
    it what nobody wrote."""
    if relationships is None:
        return
    if not isinstance(relationships, (list, tuple)):
        raise Refused(
            f"relationships: is {kind(relationships)}; it should be a list with a dictionary for each relationship "
            "(after -e as JSON: '{\"failover_relationships\": [...]}')."
        )
    for number, entry in enumerate(relationships, start=1):
        if not isinstance(entry, Mapping):
            cure = "make one list of them (flatten)" if isinstance(entry, (list, tuple)) else "name its options"
            raise Refused(f"relationships: entry {number} is {kind(entry)}; it should be a dictionary, {cure}.")


def entries(relationships: Iterable[Mapping[str, Any]], hosts: Collection[str]) -> Sequence[Entry]:
    """The site's data, each relationship once. Raises Refused with everything that is wrong with it."""
    problems: list[str] = []
    merged = _merge([_entry(index, raw, hosts, problems) for index, raw in enumerate(relationships)], problems)
    problems += [*_shared_names(merged), *_shared_scopes(merged), *_crowded_servers(merged)]
    if problems:
        raise refusal("The relationships of the site cannot be taken as they are", problems)
    return merged


def share(site: Iterable[Entry], host: str, shared_secret: str | None = None) -> Share:
    """The part of the inventory host `host`. `shared_secret`: of the relationships that name none of their own."""
    site = list(site)
    written = [entry for entry in site if entry.primary == host]
    return Share(
        writes=[_options(entry) for entry in written],
        written_by={entry.name: entry.primary for entry in site if entry.partner == host},
        secret_entries={entry.name: entry.secret_entry for entry in written if entry.secret_entry is not None},
        with_secret=tuple(
            entry.name
            for entry in written
            if entry.secret_entry is not None or (shared_secret and entry.needs_shared_secret)
        ),
    )


def warnings(relationships: Sequence[Mapping[str, Any]], site: Iterable[Entry]) -> list[str]:
    """What may be meant otherwise in the data, which is taken all the same. `site`: the `relationships` that a run is
    about."""
    listed = {(entry.name, entry.servers): entry for entry in site}
    words: list[str] = []
    for raw in relationships:
        entry = listed.get((raw["name"], frozenset((raw["primary"], raw["partner"]))))
        words += [f"{entry}: {doubt}" for doubt in task_options.warnings(raw)] if entry else []
    words += [
        f"{entry}: shared_secret: {entry.weakness}, so it is refused where it has to be sent; choose one of "
        f"{LEAST} characters or more that is a part of no name"
        for entry in listed.values()
        if entry.weakness
    ]
    return [in_sight(text) for text in dict.fromkeys(words)]


def refusal(what: str, problems: Sequence[str]) -> Refused:
    """One error for several problems, each on a line of its own."""
    listed = sentences([*map(in_sight, problems)], between="\n- ", most=_MOST_PROBLEMS)
    refused = Refused(f"{what}, and nothing was written:\n- {listed}")
    refused.nothing = ""  # it says so
    return refused


def _entry(index: int, raw: Mapping[str, Any], hosts: Collection[str], problems: list[str]) -> Entry:
    """An entry of the data. What is wrong with it is added to `problems`; it is compared all the same."""
    name, primary, partner = raw["name"], raw["primary"], raw["partner"]
    own_problems = [*_server_problems(primary, partner, hosts)]
    scopes: set[IPv4Address] = set()
    for text in raw.get("scopes") or ():
        try:
            scopes.update(scope_ids([text]))
        except Refused as refused:
            own_problems.append(str(refused))
    sound = True
    wanted = DeclaredSettings(name=name, scopes=tuple(sorted(scopes)))
    try:
        wanted = replace(task_options.parse(name, {**raw, "scopes": ()}), scopes=wanted.scopes)
    except Refused as refused:
        sound = False
        own_problems.append(str(refused))
    creates = tuple(raw.get("create_scopes") or ())
    defined: tuple[ScopeSpec, ...] = ()
    try:
        defined = scope_specs.parse(creates)
    except Refused as refused:
        own_problems.append(str(refused))
    else:
        wanted = replace(wanted, scopes=tuple(sorted({*wanted.scopes, *(scope.scope_id for scope in defined)})))
    entry = Entry(
        primary,
        partner,
        wanted,
        sound,
        index if wanted.shared_secret else None,
        raw.get("state") == "absent",
        raw.get("scopes") is not None,
        creates,
        defined,
        raw.get("previous_name"),
    )
    problems += [f"{entry}: {problem}" for problem in own_problems]
    return entry


def _server_problems(primary: str, partner: str, hosts: Collection[str]) -> Iterable[str]:
    if primary == partner:
        yield f"partner: is {partner}, as primary is; name the other server."
        return
    for option, server in (("primary", primary), ("partner", partner)):
        if server not in hosts:
            alike = [known for known in hosts if same_server(known, server)]
            cure = f"write {few(sorted(alike), between=' or ')}" if alike else "add it, or write the name it has there"
            yield f"{option}: {server} is no host of the inventory; {cure}."


def _merge(listed: Iterable[Entry], problems: list[str]) -> list[Entry]:
    """Each relationship once; the first entry of a relationship says who its primary is."""
    merged: dict[tuple[frozenset[str], str], Entry] = {}
    for entry in listed:
        key = (entry.servers, entry.name)
        first = merged.setdefault(key, entry)
        if first is entry or not (entry.sound and first.sound):
            continue
        differing = list(_contradictions(first, entry))
        disagree = f"{entry}: is declared twice, and the two do not agree"
        problems += [f"{disagree}: {difference}; write it once." for difference in differing]
        if not differing:  # in hot standby the primary is the active server
            leads = entry.declared.mode == "hot_standby" and first.declared.mode is None
            merged[key] = _joined(entry, first) if leads else _joined(first, entry)
    return list(merged.values())


def _contradictions(first: Entry, second: Entry) -> Iterable[str]:
    """The fields in which two entries of one relationship differ. What one of them leaves out is no difference."""
    if first.declared.mode == second.declared.mode == "hot_standby" and first.primary != second.primary:
        yield f"primary {first.primary} and {second.primary} (in hot standby the primary is the active server)"
        return
    mine, theirs = first.declared, _as_seen_by(first.primary, second)
    for field in _COMPARED:
        here, there = _said(mine, field), _said(theirs, field)
        if here is None or there is None or here == there or (field == "partner_server" and same_server(here, there)):
            continue
        setting = SETTING.get(field)
        if setting and setting.kind is SettingKind.SECRET:
            yield f"{field} (two different ones)"
        elif setting and setting.on_partner is OnPartner.SHARE:
            yield f"{field} {here} and {there}, as the share of {first.primary}"
        else:
            yield f"{field} {here} and {there}"
    yield from _of_two_modes(mine, theirs)
    for field, one, other in (
        ("previous_name", first.previous_name, second.previous_name),
        ("create_scopes", _created(first), _created(second)),
    ):
        if one and other and one != other:
            yield f"{field} (two different ones)"
    if first.absent is not second.absent:
        yield "state (absent in one of them only)"
    if mine.scopes and theirs.scopes and mine.scopes != theirs.scopes:
        only = sorted({*mine.scopes} ^ {*theirs.scopes})
        yield f"scopes ({few(only)} in one of them only)"


def _of_two_modes(mine: DeclaredSettings, theirs: DeclaredSettings) -> Iterable[str]:
    """What goes with one mode only, where the other entry names the other one, or has what goes with that."""
    if mine.mode and theirs.mode:
        return  # they were compared
    said = {
        setting.mode: setting.option
        for wanted in (mine, theirs)
        for setting in SITE
        if setting.mode and getattr(wanted, setting.option) is not None
    }
    said |= {wanted.mode: f"mode {wanted.mode}" for wanted in (mine, theirs) if wanted.mode}
    if len(said) > 1:
        yield f"{' and '.join(said.values())}, which go with different modes"


def _created(entry: Entry) -> Sequence[object]:
    """What comes of its definitions: Windows delays no offer of a scope of which that is not said."""
    return [
        (scope_specs.would_be(spec), replace(spec.details, delay=spec.details.delay or 0)) for spec in entry.defined
    ]


def _said(wanted: DeclaredSettings, field: str) -> Any:
    if field == "enable_auth" and wanted.shared_secret:
        return True
    return getattr(wanted, field)


def _as_seen_by(primary: str, entry: Entry) -> DeclaredSettings:
    """The entry's settings when the other server is taken for its primary."""
    if entry.primary == primary:
        return entry.declared
    theirs = {setting.option: setting.mirrored(getattr(entry.declared, setting.option)) for setting in SITE}
    return replace(entry.declared, partner_server=None, **theirs)


def _joined(first: Entry, second: Entry) -> Entry:
    """Both entries in one: what the first leaves out, the second says."""
    mine, theirs = first.declared, _as_seen_by(first.primary, second)
    left_out = {field: getattr(theirs, field) for field in _COMPARED if getattr(mine, field) is None}
    return replace(
        first,
        declared=replace(mine, **left_out, scopes=mine.scopes or theirs.scopes),
        lists=first.lists or second.lists,
        creates=first.creates or second.creates,
        previous_name=first.previous_name or second.previous_name,
        secret_entry=second.secret_entry if first.secret_entry is None else first.secret_entry,
    )


def _shared_names(site: Sequence[Entry]) -> Iterable[str]:
    """On one server a name is one relationship, and nobody knows whether Windows tells upper from lower case."""
    for first, second in combinations(site, 2):
        if first.name.casefold() == second.name.casefold() and first.servers & second.servers:
            server = sorted(first.servers & second.servers)[0]
            differ = "" if first.name == second.name else ", in upper and lower case only"
            cure = "write it in one way" if first.servers == second.servers else "give one of them another name"
            name_twice = f"{server} would have two relationships of this name{differ}"
            yield f"{second}: {name_twice}, the other being {first}; {cure}."


def _present(site: Iterable[Entry]) -> Iterable[Entry]:
    """What is to be removed has no scopes, and takes no room."""
    return (entry for entry in site if not entry.absent)


def _shared_scopes(site: Sequence[Entry]) -> Iterable[str]:
    """A scope id is one subnet of the company, so it is in one relationship, whichever the servers are."""
    owners: dict[IPv4Address, Entry] = {}
    for entry in _present(site):
        for scope in entry.declared.scopes:
            owner = owners.setdefault(scope, entry)
            if owner is not entry:
                cure = "a scope can be in one only, take it out of the other"
                yield f"{entry}: scopes: {scope} is also declared in {owner}; {cure}."


def _crowded_servers(site: Sequence[Entry]) -> Iterable[str]:
    counts = Counter(server for entry in _present(site) for server in sorted(entry.servers))
    for server, count in counts.items():
        if count > RELATIONSHIP_LIMIT:
            most = f"{RELATIONSHIP_LIMIT} is the most a server can have"
            yield f"{server}: has {count} relationships, and {most}; join some of them."


def _options(entry: Entry) -> Mapping[str, Any]:
    wanted = entry.declared
    options = {
        "name": entry.name,
        "primary": entry.primary,
        "partner": entry.partner,
        "partner_server": wanted.partner_server or entry.partner,
        **{
            setting.option: setting.as_data(getattr(wanted, setting.option))
            for setting in SITE
            if setting.kind is not SettingKind.SECRET
        },
        "server_role": "active" if wanted.mode == "hot_standby" else None,
        "scopes": [str(scope) for scope in wanted.scopes] if entry.lists else None,
        "create_scopes": _given(entry.creates) or None,
        "previous_name": entry.previous_name,
    }
    if entry.absent:
        return {**{option: options[option] for option in ("name", "primary", "partner")}, "state": "absent"}
    return {option: value for option, value in options.items() if value is not None}


def _given(value: Any) -> Any:
    """Without the options that were left out, which Ansible's argument specs hand on as None, on every level: one with
    choices takes no None."""
    if isinstance(value, Mapping):
        return {option: _given(member) for option, member in value.items() if member is not None}
    return [_given(member) for member in value] if isinstance(value, (list, tuple)) else value
