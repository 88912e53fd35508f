# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names that nobody should trust: what they could do to a page, a template, a terminal, or the writing beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

NAMES = {
    "element": "<img src=x onerror=alert(1)>",
    "end of a script": "</script><script>alert(1)</script>",
    "end of a style, a title, a comment": "</style></title>--><b>",
    "end of an attribute": "\"' onmouseover=alert(1) x='",
    "character references": "&lt;b&gt; &#60;i&#62; &amp;amp;",
    "jinja": "{{ lookup('pipe', 'id') }} {% raw %} {# no #}",
    "template of a script": "${alert(1)} `x`",
    "terminal": "\x1b[31mred\x1b]0;title\x07\r\nnext\x00",
    "bidi controls": "safe\u202egnp.exe\u2066\u200f",
    "half a character": "a\ud800b\udfff",
    "right to left": "שרת ראשי 10 (خادم)",
    "126 letters": "本" * 126,
    "126 letters without a space": "W" * 126,
    "combining": "e" + "\u0301" * 125,
    "emoji": "👩🏽‍💻🇧🇷" * 10,
    "spaces only": "   ",
    "link": "javascript:alert(1)",
}

# what a report says in words of its own, which a page may show in another way
OWN_WORDS = {
    "created",
    "id",
    "mode",
    "schema",
    "server_role",
    "severity",
    "state_since",
    "status",
    "subnet_mask",
    "time",
}


def hostile(report: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The report with such a name in each place that has a name or a sentence."""
    return named(report, NAMES[kind])


def named(report: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The same with any other name."""
    return dict(everywhere(report, lambda key, text: text if key in OWN_WORDS else name))


def everywhere(value: Any, name: Callable[[str, str], str], key: str = "") -> Any:
    """A report with another text in each place that has one. `name`: key and text -> text."""
    if isinstance(value, dict):
        return {inner: everywhere(one, name, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [everywhere(one, name, key) for one in value]
    return name(key, value) if isinstance(value, str) else value


def nothing(value: Any) -> Any:
    """A report of the same shape in which nothing is known."""
    if isinstance(value, dict):
        return {key: nothing(one) for key, one in value.items()}
    return [nothing(one) for one in value] if isinstance(value, list) else None
