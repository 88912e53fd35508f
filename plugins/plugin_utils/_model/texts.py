# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Texts of servers as they may be shown: visible, short, without secrets. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

VALUE_LIMIT = 80
MESSAGE_LIMIT = 1000
FEW = 10
_FEW_LIMIT = 200
# what a terminal obeys, what ends a line, what turns the order of writing round, what has no width, and what is none
CONTROLS = "\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff"
_SURROGATES = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile(f"[\x00-\x1f{CONTROLS}\ud800-\udfff]")
# what requests tells of a connection that was not made: the address, and the cause within its own words
_NO_CONNECTION = re.compile(
    r"HTTPS?ConnectionPool\(host='([^']+)', port=(\d+)\): Max retries exceeded with url: \S+ \(Caused by (.+?)\){2,}",
    re.DOTALL,
)
_CAUSE = re.compile(r"\[Errno -?\d+\] ([^'\"()]+)|(timed out)|(certificate verify failed: [^('\"]+)")
# where a result has words, and not values that go on to a file or another task
_WORDS: Sequence[Sequence[str]] = (
    ("msg",),
    ("warnings",),
    ("plan", "step"),
    ("removals", "differences"),
    ("relationships", "drift", "problem"),
    ("relationships", "events", "text"),
    ("relationships", "events_problem"),
    ("safety_copies_problem",),
    ("server_additions",),
    ("sentences",),
    ("verdicts", "sentence"),
    ("verdicts", "cure"),
    ("rows", "evidence"),
    ("rows", "cure"),
)


def variable(option: str, role: str = "failover") -> str:
    """What stands for an option of a task where the task is one of the role's."""
    return f"{role}_{option} of the role and the playbooks"


def visible(code: int) -> str:
    """A character that cannot be shown, by its code."""
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def kind(value: object) -> str:
    """What YAML has made of a value."""
    if isinstance(value, bool):
        return "true or false"
    kinds: Mapping[Any, str] = {
        Mapping: "a dictionary",
        (list, tuple): "a list",
        str: "a text",
        (int, float): "a number",
    }
    return next((name for types, name in kinds.items() if isinstance(value, types)), "empty")


def in_sight(text: str) -> str:
    """The text with everything in it that cannot be seen by its code."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(lambda match: visible(ord(match[0])), text)


def result_in_sight(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a task, with what servers call something in sight wherever words tell of it; values stay as they
    are."""
    shown: Any = dict(result)
    for path in _WORDS:
        shown = _in_words(shown, path)
    return dict(shown)


def _in_words(value: Any, path: Sequence[str]) -> Any:
    if isinstance(value, (list, tuple)):
        return [_in_words(member, path) for member in value]
    if not path:
        return in_sight(value) if isinstance(value, str) else value
    if isinstance(value, Mapping) and path[0] in value:
        return {**value, path[0]: _in_words(value[path[0]], path[1:])}
    return value


def few(values: Iterable[object], where: str = "", *, between: str = ", ", most: int = FEW) -> str:
    """The first of a list that can be as long as a server likes, each cut, and how many more there are.

    `where`: what of the task's result holds all of them.
    """
    texts = [str(value) for value in values]
    first = between.join(text if len(text) <= _FEW_LIMIT else text[:_FEW_LIMIT] + "..." for text in texts[:most])
    if len(texts) <= most:
        return first
    return f"{first} and {len(texts) - most} more" + (f" (all of them: {where})" if where else "")


def counted(number: int, one: str, several: str = "") -> str:
    """With the noun: "1 scope", "2 scopes"."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def sentences(problems: Sequence[str], *, between: str = " ", most: int = FEW) -> str:
    """The same of problems that are each told whole."""
    more = [f"And {len(problems) - most} more problems like these."] if len(problems) > most else []
    return between.join([*problems[:most], *more])


def visible_surrogates(text: str) -> str:
    """JSON can hold half a character, which no output can be made of."""
    return _SURROGATES.sub(lambda match: visible(ord(match[0])), text) if not text.isascii() else text


def plain_causes(text: str) -> str:
    """What the library of a connection says in three parentheses, as the address and the cause. Other texts as they
    are."""

    def plain(match: re.Match[str]) -> str:
        causes = ["".join(groups).strip() for groups in _CAUSE.findall(match[3])]
        return f"{match[1]} port {match[2]}: {causes[-1]}" if causes else match[0]

    return _NO_CONNECTION.sub(plain, text)


def short(text: str, limit: int = MESSAGE_LIMIT, hide: Callable[[str], str] = str) -> str:
    """On one line, and nothing in it that a terminal obeys. Secrets go first, so that none is left in part."""
    text = hide(text)
    text = text if len(text) <= limit else text[:limit] + "..."
    return in_sight(re.sub(r"[\r\n\t]+", " ", text))


def reason(result: Mapping[str, Any]) -> str:
    """Why a task failed, on one line, also where it lists several problems; without the place in a file and the lines
    of it, which follow where Ansible says it."""
    said = plain_causes(str(result.get("msg") or "it gave no reason")).split("\n\n", maxsplit=1)[0]
    return " ".join(without_nothing(said).split())


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


def without_nothing(text: str) -> str:
    """What a task says of its failure, without the sentence that nothing was changed: for a sentence about it."""
    return re.sub(r"(;|\.)? *[Nn]othing was changed\.", lambda match: "." if match[1] else "", text).strip()
