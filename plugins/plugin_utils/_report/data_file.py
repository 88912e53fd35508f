# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A site's data as a file that people read and edit: YAML with the names of the scopes as comments. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from .._model.texts import in_sight

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})  # of YAML 1.1
_TEMPLATE = re.compile(r"\{[{%#]")  # Ansible would run it


def data_file(entries: Sequence[Mapping[str, Any]], names: Mapping[str, str], heading: Sequence[str]) -> str:
    """`entries`: failover_relationships. `names`: of scopes, by id. `heading`: sentences in front."""
    lines = [f"# {in_sight(line)}" for line in heading]
    lines += ["---", "failover_relationships:" if entries else "failover_relationships: []"]
    for entry in entries:
        lines += _entry(entry, names)
    return "\n".join(lines) + "\n"


def _entry(entry: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    mark = "-"
    for key, value in entry.items():
        if key != "scopes":
            yield f"  {mark} {key}: {scalar(value)}"
        elif not value:
            yield f"  {mark} scopes: []"
        else:
            yield f"  {mark} scopes:"
            for scope in value:
                name = in_sight(names.get(scope, ""))
                yield f"      - {scalar(scope)}" + (f" # {name}" if name else "")
        mark = " "


def scalar(value: Any) -> str:
    """A value on one line, which comes back as it is: a text that Ansible would take for a template is marked."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = yaml.safe_dump(text, default_style='"', width=2**31, allow_unicode=True).strip()
    return f"!unsafe {quoted}" if _TEMPLATE.search(text) else quoted
