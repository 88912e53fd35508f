# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Text of ours and of Ansible's documentation -> reStructuredText."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any

LABEL = "ansible_collections.windhcp.failover.docsite"
_HEAD = f""".. Copyright (c) 2026, the windhcp.failover authors
.. GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
.. Written by `make pages` from {{source}}. A change is made there.

.. _{LABEL}.{{name}}:

{{title}}
"""
CONTENTS = (".. contents::", "   :local:", "   :depth: 1", "")


def head(name: str, title: str, source: str) -> Sequence[str]:
    """The first lines of a page that nobody writes by hand."""
    return [*_HEAD.format(name=name, title=title, source=source).splitlines(), "=" * len(title), ""]


def prose(text: str) -> Sequence[str]:
    """A paragraph."""
    return [*textwrap.wrap(text, 140, break_long_words=False, break_on_hyphens=False), ""]


def heading(title: str, line: str = "-") -> Sequence[str]:
    """A section's."""
    return [title, line * len(title), ""]


def table(columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> Sequence[str]:
    """`columns`: each with its share of the width."""
    lines = [".. list-table::", "   :header-rows: 1"]
    lines += [f"   :widths: {' '.join(str(width) for _name, width in columns)}", ""]
    for row in ([name for name, _width in columns], *rows):
        lines += [f"   {'*' if at == 0 else ' '} - {cell}".rstrip() for at, cell in enumerate(row)]
    return [*lines, ""]


def code(language: str, lines: Sequence[str]) -> Sequence[str]:
    """A block."""
    return [f".. code-block:: {language}", "", *(f"   {line}".rstrip() for line in lines), ""]


def plain(text: str) -> str:
    """Text that means what it says."""
    return re.sub(r"([\\*`|])|(?<=\w)_(?!\w)", r"\\\g<0>", text)


def literal(value: Any) -> str:
    """A name, or a value as YAML has it."""
    if isinstance(value, bool):
        value = str(value).lower()
    return f"``{value}``" if value not in ("", []) else ""


def marked_up(text: str | Sequence[str]) -> str:
    """A description of Ansible's documentation, with what it calls M(), O() and so on."""
    text = text if isinstance(text, str) else " ".join(text)
    parts = re.split(r"\b([MPOVCER]|RV|HORIZONTALLINE)\(([^)]*)\)", re.sub(r"\s+", " ", text).strip())
    made = [plain(parts[0])]
    for kind, inner, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        made += [_marked(kind, inner.replace("\\", "")), plain(after)]
    return "".join(made)


def _marked(kind: str, inner: str) -> str:
    if kind == "M":
        return f":ansplugin:`{inner}#module`"
    if kind == "P":
        return f":ansplugin:`{inner}`"
    return f"``{inner.rpartition(':')[2] if kind in ('O', 'RV') else inner}``"
