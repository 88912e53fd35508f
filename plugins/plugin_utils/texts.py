# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts of servers as they may be shown: visible, short, without secrets. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

VALUE_LIMIT = 80
MESSAGE_LIMIT = 1000
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def visible(code: int) -> str:
    """A character that cannot be shown, by its code."""
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_surrogates(text: str) -> str:
    """JSON can hold half a character, which no output can be made of."""
    return _SURROGATES.sub(lambda match: visible(ord(match[0])), text) if not text.isascii() else text


def short(text: str, limit: int = MESSAGE_LIMIT, hide: Callable[[str], str] = str) -> str:
    """On one line, and nothing in it that a terminal obeys. Secrets go first, so that none is left in part."""
    text = hide(text)
    text = text if len(text) <= limit else text[:limit] + "..."
    return _CONTROL.sub(lambda match: visible(ord(match[0])), re.sub(r"[\r\n\t]+", " ", text))


def shown(value: Any, hide: Callable[[str], str] = str) -> str:
    """A value of a wrong shape: enough of it to see what it is."""
    if isinstance(value, str):
        return f"'{short(value, VALUE_LIMIT, hide)}'"
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a number of more than 30 digits"
    return short(repr(value), VALUE_LIMIT, hide)
