# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""python -m docsite.reference: writes the pages that are made of what the code and its specs say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import yaml
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.variable_names import CHOOSING
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import errors

from docsite.build import PAGES, ROOT
from docsite.playbooks import OURS, Playbook, Variable, playbooks
from docsite.rst import CONTENTS, code, head, heading, literal, marked_up, plain, prose, table

ROLES = ("failover", "replicate")
DESCRIBED = ROOT / "docs" / "docsite" / "variables.yml"
_SITE = ROOT / "plugins" / "modules" / "dhcp_failover_site.yml"
_VARIABLE = re.compile(rf"(-e )?{OURS.pattern}\w+(=\w+)?")
_KINDS = (
    ("DHCP ", "Errors of the DHCP server"),
    ("WIN32 ", "Errors of Windows"),
    ("windhcp.", "Errors of this collection's script"),
    ("", "Words of PowerShell and of the DhcpServer module"),
)
_DENIALS: Mapping[str, str] = {
    "here": "The first server refuses",
    "hop": "The partner refuses, and the logon has no credentials for it",
    "rights": "The partner refuses, and the logon reaches it",
    "hop_or_rights": "The partner refuses, and nothing tells which of the two it is",
    "somewhere": "A write that reaches both servers is refused",
}


class Undescribed(Exception):
    """A variable that nobody says anything about."""


def written() -> Mapping[str, str]:
    """Each page of this file by its name."""
    return {name: "\n".join(make()).rstrip("\n") + "\n" for name, make in MADE.items()}


def variables() -> Sequence[str]:
    """The page of playbooks and roles."""
    lines = [*head("variables", "Variables of the playbooks and roles", "the playbooks and the argument specs")]
    lines += prose(
        "A variable is set in the inventory, in ``group_vars`` beside it (``inventory/group_vars/dhcp_servers/``), or "
        "on the command line with ``-e``. Lists go there as "
        """JSON: ``-e '{"failover_scopes_to_remove": ["10.20.10.0", "10.20.20.0"]}'``. A playbook that names a """
        "variable in a message names it as it is written here."
    )
    lines += prose(
        "Which hosts a play goes to is decided before it sees their variables. So ``failover_hosts``, and the server "
        "that a playbook is for (``failover_keep``, ``failover_server``, ``failover_live_server``), are given with "
        "``-e`` and not in the inventory. ``--limit`` takes hosts away from these; where it leaves out the server that "
        "a playbook is for, the run fails."
    )
    lines += prose(
        "*required*: without it the playbook says so, and does nothing. An empty default: the variable may be left "
        "out, and is not used then."
    )
    lines += prose(
        "A variable without a value (``null``, or a line that was emptied) is not set. So a playbook that takes "
        "``failover_dry_run`` writes only where it says ``false``. The others that write to servers refuse it, unless "
        "it is ``false`` or the run is one with ``--check``."
    )
    lines += prose(
        f"{', '.join(map(literal, CHOOSING))} choose what one run is about. The playbooks of one run "
        "(``windhcp.failover.decommission``, ``live_check``, ``maintenance``, ``migrate``, ``partner_down``, "
        "``remove``, ``restore`` and ``swap_roles``) refuse those that they do not take, so give them with the run, "
        "and not in ``group_vars``."
    )
    lines += CONTENTS
    for playbook in playbooks():
        lines += _playbook(playbook)
    for role in ROLES:
        lines += _role(role)
    return lines


def _playbook(playbook: Playbook) -> Iterator[str]:
    yield from heading(f"windhcp.failover.{playbook.name}")
    for is_call, lines in groupby(playbook.says, lambda line: line[1]):
        if is_call:
            yield from code(
                "console", [f"{'  ' if at else '$ '}{line.strip()}" for at, (line, _call) in enumerate(lines)]
            )
        else:
            yield from prose(_VARIABLE.sub(r"``\g<0>``", plain(" ".join(line for line, _call in lines))))
    for role, names in playbook.roles.items():
        sets = [name for name in names if name in _spec(role)]
        but = f", but {', '.join(map(literal, sets))}, which the playbook sets itself" if sets else ""
        yield from prose(f"It takes all variables of the role ``{role}`` below{but}. Beside them:")
    rows = [(literal(one.name), _default(one), description(playbook.name, one.name)) for one in playbook.variables]
    yield from table((("Variable", 34), ("Default", 16), ("What it says", 50)), rows)


def _default(variable: Variable) -> str:
    return "*required*" if variable.needed else literal("" if variable.default is None else variable.default)


def description(playbook: str, variable: str) -> str:
    """What a variable is for, from where it is said: the task that checks a playbook's variables, the role, or
    DESCRIBED. Raises Undescribed."""
    checked = _options(_SITE).get(playbook, {}).get("suboptions", {})
    described = yaml.safe_load(DESCRIBED.read_text(encoding="utf-8"))
    if variable in checked:
        return marked_up(checked[variable]["description"])
    if variable in described:
        return marked_up(described[variable])
    for role in ROLES:
        if variable in _spec(role):
            return marked_up(_spec(role)[variable]["description"])
    raise Undescribed(f"{variable} of {playbook}: say in {DESCRIBED.relative_to(ROOT)} what it is for")


def _options(module: Any) -> Mapping[str, Any]:
    return dict(yaml.safe_load(module.read_text(encoding="utf-8"))["DOCUMENTATION"]["options"])


def _spec(role: str) -> Mapping[str, Any]:
    path = ROOT / "roles" / role / "meta" / "argument_specs.yml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"])


def _role(role: str) -> Iterator[str]:
    yield from heading(f"Role {role}")
    yield from table((("Variable", 34), ("Default", 16), ("What it says", 50)), _rows(_spec(role)))
    for name, option in _spec(role).items():
        if "options" in option:
            yield from prose(f"Each entry of ``{name}`` takes:")
            yield from table((("Key", 34), ("Default", 16), ("What it says", 50)), _rows(option["options"]))


def _rows(spec: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    rows = []
    for name, option in spec.items():
        choices = option.get("choices")
        says = marked_up(option["description"]) + (f" One of {', '.join(map(literal, choices))}." if choices else "")
        default = "*required*" if option.get("required") else literal(option.get("default", ""))
        rows.append((literal(name), default, says))
    return rows


def error_codes() -> Sequence[str]:
    """The page of what an error of the remote side means."""
    lines = [*head("error_codes", "Error codes, and what to do", "plugins/plugin_utils/_windows/errors.py")]
    lines += prose(
        "A message of this collection ends with the id that Windows gave, as in ``(DHCP 20116: ...)``, and with what "
        "to do. This is the whole table that it takes both from. It goes by the id alone: the text behind it comes in "
        "the language of the server. With an id that is not here, the message of Windows itself says why. In the table "
        "a task runs on dhcp01, whose partner is dhcp02."
    )
    lines += CONTENTS
    for prefix, title in _KINDS:
        others = tuple(kind for kind, _title in _KINDS if kind) if not prefix else ()
        rows = [
            (_id(error_id), _told(meaning), _told(cure))
            for error_id, (meaning, cure) in sorted(_meanings().items(), key=lambda one: _order(one[0]))
            if error_id.startswith(prefix) and not (others and error_id.startswith(others))
        ]
        lines += [*heading(title), *table((("Id", 22), ("What it means", 32), ("What to do", 46)), rows)]
    lines += heading("Access is denied")
    ids = f"{literal(errors.ACCESS_DENIED)} and {literal(errors.NO_RIGHTS)}"
    lines += prose(f"{ids}. Whose refusal it is, the collection finds out by asking the partner for less.")
    rows = [(_DENIALS[case], _told(meaning), _told(cure)) for case, (meaning, cure) in errors.DENIED.items()]
    lines += table((("What is known", 22), ("What it means", 32), ("What to do", 46)), rows)
    return lines


def _meanings() -> Mapping[str, tuple[str, str]]:
    return {**errors.MEANING, f",{errors.BACKUP}": errors.MEANING["windhcp.no_backup"]}


def _order(error_id: str) -> tuple[int, str]:
    number = error_id.partition(" ")[2].partition(",")[0]
    return (int(number) if number.isdigit() else 0, error_id)


def _id(error_id: str) -> str:
    short, _comma, command = error_id.partition(",")
    return (literal(short) or "any") + (f" of {literal(command)}" if command else "")


def _told(text: str) -> str:
    names = {"host": "dhcp01", "server": "that server", "partner": "dhcp02", "folder": errors.FOLDER}
    said = plain(text.format(**names))
    return said[:1].upper() + said[1:]


MADE: Mapping[str, Callable[[], Sequence[str]]] = {"variables": variables, "error_codes": error_codes}


def main() -> None:
    for name, text in written().items():
        (PAGES / f"{name}.rst").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
