# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shared secrets: how a task may give one, which are no good, and texts that travel beside a request and never in it,
since what a cmdlet of the script is given can end in an event log of the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .refusal import Refused
from .texts import kind, sentences

# the options that hold one: of a relationship wherever it stands, and of the role
OPTIONS = ("shared_secret", "failover_shared_secret")
_IN_TEXT = re.compile(r"""shared_secret["']?\s*[=:]\s*(?:"([^"]+)"|'([^']+)'|([^\s,}\]]+))""")
LEAST = 8  # characters; one that is shorter occurs by chance in what is told, and is tried out in no time


@dataclass(frozen=True)
class Secret:
    """A value of an operation. It has no JSON form of its own, so a request that holds one is written by `split` or not
    at all."""

    text: str = field(repr=False)


def split(request: Mapping[str, Any]) -> tuple[str, Sequence[str]]:
    """The request as JSON, with {"secret": 0} in the place of the first secret, and the secrets. Raises TypeError for
    what has no form in JSON."""
    secrets: list[str] = []

    def place(value: object) -> Mapping[str, int]:
        if not isinstance(value, Secret):
            raise TypeError(f"a request cannot hold a {type(value).__name__}")
        if value.text not in secrets:
            secrets.append(value.text)
        return {"secret": secrets.index(value.text)}

    return json.dumps(request, separators=(",", ":"), default=place), secrets


# --- as a task gives it ----------------------------------------------------------------------------------------------


def check_kinds(arguments: Any) -> None:
    """Raises Refused for what Ansible would make a text of that nobody wrote: numbers (0123 is 83 to YAML), lists and
    dicts. `arguments`: a task's, before they were validated."""
    problems = [f"{option}: is {what}; a secret is a text, write it in quotes." for option, what in _wrong(arguments)]
    if problems:
        raise Refused(sentences(problems))


def _wrong(arguments: Any) -> Iterator[tuple[str, str]]:
    for option, value in _given(arguments):
        if isinstance(value, (Mapping, list, tuple, bool, int, float)):
            yield option, kind(value)


def _given(arguments: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every secret among the arguments, and where it stands."""
    if isinstance(arguments, (list, tuple)):
        for number, member in enumerate(arguments):
            yield from _given(member, f"{where}[{number}]")
    elif isinstance(arguments, Mapping):
        for option, value in arguments.items():
            path = f"{where}.{option}" if where else str(option)
            if option in OPTIONS:
                yield path, value
            else:
                yield from _given(value, path)


def with_empty(arguments: Any, options: Any) -> Any:
    """The validated options, with "" for a secret that was given and is null: an empty lookup is one of the two, and to
    take it for a secret that was left out would switch authentication off."""
    if isinstance(arguments, (list, tuple)) and isinstance(options, list) and len(arguments) == len(options):
        return [with_empty(*both) for both in zip(arguments, options, strict=True)]
    if not (isinstance(arguments, Mapping) and isinstance(options, Mapping)):
        return options
    filled = {option: with_empty(arguments.get(option), value) for option, value in options.items()}
    return filled | {option: "" for option in OPTIONS if option in arguments and arguments[option] is None}


def all_of(options: Any) -> Sequence[str]:
    """The secrets among the options that can be told apart from other words, the longest first."""
    return _apart(value for _option, value in _given(options) if isinstance(value, str))


def possible(arguments: Any) -> Sequence[str]:
    """As `all_of`, of arguments that nobody has validated, and in each way in which a message can show them: whatever
    stands below the name of a secret, also within a text that was meant for a dictionary."""
    found = {text for _option, value in _given(arguments) for text in _texts(value)}
    for text in _texts(arguments):
        found.update(value for match in _IN_TEXT.finditer(text) for value in match.groups() if value)
    return _apart(way for text in found for way in (text, repr(text)[1:-1], json.dumps(text)[1:-1]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple)):
        for member in value:
            yield from _texts(member)
    elif value is not None:
        yield str(value)


def _apart(texts: Iterable[str]) -> Sequence[str]:
    return sorted({text for text in texts if len(text) >= LEAST and text.strip()}, key=len, reverse=True)


def weakness(secret: str, names: Iterable[str]) -> str | None:
    """Why it is none to send, completing "<option> ...", without a word of it. `names`: what it must be no part of."""
    if len(secret) < LEAST:
        return f"has less than {LEAST} characters"
    if not any(character.isprintable() and not character.isspace() for character in secret):
        return "has only blanks"
    if any(secret.casefold() in name.casefold() for name in names):
        return "is a part of a name that it is used with (of a relationship, a server, a scope or an option)"
    return None
