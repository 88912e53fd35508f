# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a task was given what its options take, before Ansible makes a text or a number of it: to YAML NO is false,
0123 is 83, and a MAC address can be a number of seconds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .refusal import Refused
from .texts import kind, sentences

_NAMES = frozenset(
    {"name", "relationship", "relationships", "previous_name", "ignore", "primary", "partner", "partner_server"}
    | {"partner_host", "dns_domain", "vendor_class", "user_class"}
)
_CURES = {
    **dict.fromkeys(_NAMES, "a name is a text, write it in quotes"),
    "client_id": 'write it in quotes, as "00-15-5d-0a-14-01"',
}


def check(spec: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raises Refused with all that is of another kind, and with no value. `spec`: an argument spec; `given`: arguments
    that nobody has validated."""
    if problems := list(_problems(spec, given, "")):
        raise Refused(sentences(problems))


def _problems(spec: Mapping[str, Any], given: Mapping[str, Any], where: str) -> Iterator[str]:
    for option, details in spec.items():
        value, path = given.get(option), f"{where}{option}"
        if value is None or "choices" in details or details.get("no_log"):
            continue  # nothing, what Ansible tells well, and secrets, which are looked at by themselves
        is_list = details.get("type") == "list"  # Ansible makes one of a single value, or of a text with commas
        members = {path: value}
        if is_list and isinstance(value, (list, tuple)):
            members = {f"{path}[{number}]": member for number, member in enumerate(value)}
        for place, member in members.items():
            yield from _of_one(option, details.get("elements" if is_list else "type"), details, member, place)


def _of_one(option: str, type_: object, details: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        if type_ == "dict":
            yield from _problems(details.get("options") or {}, value, f"{path}.")
        elif type_ in ("str", "int"):
            yield _problem(option, type_, value, path)
    elif type_ == "dict":
        if not (isinstance(value, str) and ("{" in value or "=" in value)):  # Ansible takes such a text
            yield f"{path}: is {kind(value)}; it should be a dictionary, name its options."
    elif type_ == "int" and isinstance(value, (bool, list, tuple)):
        yield _problem(option, type_, value, path)
    elif type_ == "str":
        is_number = isinstance(value, (int, float)) and option in _CURES
        if is_number or isinstance(value, (bool, list, tuple)):
            yield _problem(option, type_, value, path)


def _problem(option: str, type_: str, value: object, path: str) -> str:
    cure = "it should be a number" if type_ == "int" else "it should be a text, write it in quotes"
    return f"{path}: is {kind(value)}; {_CURES.get(option, cure)}."
