# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One variable of a playbook or a role -> what is wrong with it. No I/O, nothing of Ansible.

A check returns its sentences: the variable, what it holds, and what it should be. None is no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from .failover_states import MAY_BE_ALLOWED
from .identity import same_server
from .site import Entry, refusal
from .task_options import BOUNDS, OTHER_COPY
from .texts import few, shown

Variables = Mapping[str, Any]

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")
_DATA = "failover_relationships"
_DRY_RUN = "left out: this run does not take it, and would write; with --check it only shows what it would do"


def host(variables: Variables, variable: str, should: str, hosts: Collection[str]) -> Iterable[str]:
    """`should`: what kind of host of the inventory it is."""
    value = variables.get(variable)
    if is_unset(value):
        yield wrong(variable, value, should)
    elif value not in hosts:
        yield unknown_host(variable, value, should, hosts)


def keep(variables: Variables, hosts: Collection[str]) -> Iterable[str]:
    """failover_keep is a host of the inventory."""
    return host(variables, "failover_keep", "the server in the inventory that keeps the scopes", hosts)


def leaving(variables: Variables) -> Iterable[str]:
    """failover_leaving is set, and is another server than failover_keep."""
    value = variables.get("failover_leaving")
    if is_unset(value):
        yield wrong("failover_leaving", value, "the server that leaves")
    elif value == variables.get("failover_keep"):
        yield wrong("failover_leaving", value, "the other server, which leaves", ", as failover_keep is")


def other_copy(variables: Variables, orphan: bool, *, of: str = "failover_leaving", gone: bool = True) -> Iterable[str]:
    """`of`: whose copies they are. `gone`: whether that server may be gone for good."""
    value = variables.get("failover_other_copy")
    if not orphan and value not in OTHER_COPY:
        cure = "; when that server is gone for good, set failover_orphan to true instead" if gone else ""
        yield wrong("failover_other_copy", value, f"delete or disable, what becomes of the copies on {of}{cure}")


def data(site: Sequence[Entry], changed: str) -> Iterable[str]:
    """The role's default is an empty list, so a variable that is not set looks like this as well."""
    if not site:
        yield f"{_DATA}: is not set or empty; it should be the data of windhcp.failover.site, {changed}."


def flags(variables: Variables, gone: str) -> Iterable[str]:
    """`gone`: the server that may be off or gone, or the variable with it."""
    for variable, should in (
        ("failover_orphan", f"true, when {gone} is gone for good, or false, the default"),
        (
            "failover_partner_is_off",
            f"true, when somebody has seen that {gone} is off and stays off, or false, the default",
        ),
        ("failover_dry_run", "true, the default, which only shows what would be done, or false, which does it"),
    ):
        yield from flag(variable, variables, should)


def flag(variable: str, variables: Variables, should: str = "true or false") -> Iterable[str]:
    """A yes or a no, as Ansible takes one, if it is set."""
    value = variables.get(variable)
    if value is not None and str(value).lower() not in (*_TRUE, *_FALSE):
        yield wrong(variable, value, should)


def dry_run(value: object, check: bool) -> Iterable[str]:
    """What is wrong where failover_dry_run says that nothing is to be written, and a run writes all the same. `check`:
    whether it is one in check mode."""
    if not check and not is_unset(value) and str(value).lower() not in _FALSE:
        yield wrong("failover_dry_run", value, _DRY_RUN)


def fixed(sets: Variables, given: Variables) -> Iterable[str]:
    """`sets`: what a playbook sets itself. `given`: what these variables are all the same, since -e comes first."""
    for variable in sets:
        if given.get(variable) != sets[variable]:
            yield f"{variable}: is given another value than this playbook sets itself; it should be left out."


def percent(variables: Variables) -> Iterable[str]:
    """failover_max_removals_percent, of 0 to 100."""
    what = "how many of the members may be removed or lose a copy at once"
    return number(variables, "max_removals_percent", what)


def number(variables: Variables, option: str, what: str) -> Iterable[str]:
    """`option`: of the modules, which the variable sets."""
    variable, (least, most, _what) = f"failover_{option}", BOUNDS[option]
    value = variables.get(variable)
    whole = isinstance(value, (int, str)) and re.fullmatch(r"[0-9]{1,9}", str(value))
    if value is not None and not (whole and least <= int(value) <= most):
        yield wrong(variable, value, f"{least} to {most}, {what}")


def choice(variable: str, variables: Variables, choices: Sequence[str]) -> Iterable[str]:
    """One of `choices`, if it is set."""
    value = variables.get(variable)
    if value is not None and value not in choices:
        yield f"{variable}: is none of {', '.join(choices)}."  # what it is may be a secret in the wrong place


def states(variables: Variables) -> Iterable[str]:
    """failover_allow_state has states, or is an empty list."""
    value = variables.get("failover_allow_state")
    given = apart(value)
    strange = [state for state in given if state not in MAY_BE_ALLOWED]
    if strange or (not given and value not in (None, [], ())):
        should = f"states of {', '.join(MAY_BE_ALLOWED)}; left out, none is allowed"
        yield wrong("failover_allow_state", ", ".join(strange), should)


def writing(variables: Variables) -> Iterable[str]:
    """What is handed on to the tasks that write: how long they wait, and what they may do."""
    yield from number(variables, "wait_timeout", "how many seconds to wait for the state Normal")
    yield from states(variables)
    for variable in ("failover_allow_content_loss", "failover_use_partner_host"):
        yield from flag(variable, variables)


def undeclared(variable: str, names: Iterable[str], site: Iterable[Entry], verb: str) -> Iterable[str]:
    """`names` are in the data. `verb`: what would not be done to one that is not."""
    declared = {entry.name for entry in site}
    unknown = [name for name in names if name not in declared]
    if unknown:
        yield not_in_data(variable, quoted(unknown), verb)


def in_load_balance(variable: str, names: Sequence[str], site: Sequence[Entry]) -> Iterable[str]:
    """Those of `names` that are in the data are in hot standby."""
    declared = {entry.name for entry in site if entry.name in names}
    balanced = declared - {entry.name for entry in site if entry.declared.mode == "hot_standby"}
    if balanced:
        why = f"not in hot standby in {_DATA} (mode: hot_standby), so it has no active server"
        yield f"{variable}: has what is {why}: {quoted(sorted(balanced))}; name none but those in hot standby."


def not_in_data(variable: str, listed: str, verb: str) -> str:
    """`listed`: what is not."""
    return f"{variable}: has what is not in {_DATA}, so nobody would {verb} it: {listed}; take it out, or add it there."


def unknown_host(variable: str, value: object, should: str, hosts: Collection[str]) -> str:
    """With the hosts that may be meant."""
    alike = sorted(host for host in hosts if same_server(host, str(value)))
    hint = f" (it has {few(alike, between=' and ')})" if alike else ""
    return wrong(variable, value, should, f", which is no host of the inventory{hint}")


def wrong(variable: str, value: object, should: str, why: str = "") -> str:
    """`should`: what it should be. `why`: what is wrong with what it holds."""
    if is_unset(value):
        return f"{variable}: {'is not set' if value is None else 'is empty'}; it should be {should}."
    return f"{variable}: is {shown(value)}{why}; it should be {should}."


def refuse(problems: Iterable[str]) -> None:
    """Raises Refused with all of them, if there is one."""
    problems = list(problems)
    if problems:
        raise refusal("These variables are not as they should be", problems)


def names(value: object) -> Sequence[str] | None:
    """One name, several as lines of a text (a survey's), a list of them, or lists of lists, as a list."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return tuple(name for member in value for name in names(member) or ())
    return tuple(filter(None, map(str.strip, str(value).split("\n")))) if "\n" in str(value) else (str(value),)


def apart(value: object) -> Sequence[str]:
    """Scope ids as they come from a command line too: after -e a list is text, 10.1.20.0,10.1.30.0 or [10.1.20.0]."""
    return [part for text in names(value) or () for part in re.split(r"[\s,\[\]]+", text) if part]


def quoted(names: Iterable[str]) -> str:
    """The first few."""
    return few(f"'{name}'" for name in names)


def is_unset(value: object) -> bool:
    """Ansible gives None or an empty text for a variable that is not set."""
    return value is None or value == ""


def is_true(value: object) -> bool:
    """As Ansible reads a text of a command line."""
    return str(value).lower() in _TRUE
