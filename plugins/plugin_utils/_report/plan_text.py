# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan as the text that a person reviews: Markdown, with all of it in blocks in which no name means anything. The
fingerprint in it is that of the document, so that no two documents have the same text. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile, zip_longest
from typing import Any

from .._model.removal_list import DNS, kept_and_other
from .._model.texts import VALUE_LIMIT, in_sight, shown, visible_surrogates
from .data_file import scalar

Document = Mapping[str, Any]
_NOTHING = "Nothing is to be done."
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')  # of JSON


def json_text(plan: Document) -> str:
    """The document as its file has it."""
    return json.dumps(plan, indent=1) + "\n"


def one_line(plan: Document) -> str:
    """The document as JSON that can be the value of a variable: no template begins in it, whatever a server calls what
    it has. That takes two characters, the first of which is {, and between its strings JSON has no such pair."""
    text = json.dumps(plan, separators=(",", ":"))
    return _STRING.sub(lambda found: found[0].replace("{", r"\u007b"), text)


def plan_text(plan: Document) -> str:
    """The text beside it."""
    lines = [
        "# Plan of DHCP failover",
        "",
        f"{headline(plan)} Nothing was written when it was made.",
        "",
        "```text",
        f"made:        {plan['created']}",
        f"by:          windhcp.failover {plan['collection']}",
        f"hosts:       {', '.join(entry['host'] for entry in plan['hosts'])}",
        f"fingerprint: {plan['fingerprint']}",
        "```",
        "",
        "windhcp.failover.apply plans anew with these variables, and refuses unless just these steps are to be done.",
        "The JSON file beside this one says the same. Where one of the two was changed, the plan is refused.",
    ]
    for entry in plan["hosts"]:
        lines += ["", f"## Host {scalar(in_sight(entry['host']))}", "", "```text", *_host(entry), "```"]
    for group in plan["options"]:
        of = ", ".join(scalar(in_sight(host)) for host in group["hosts"])
        lines += ["", f"## Variables of {of}", "", "```yaml", *_yaml(group["variables"]), "```"]
    return visible_surrogates("\n".join(map(in_sight, lines)) + "\n")


def headline(plan: Document) -> str:
    """How much it is, in a sentence."""
    counts = plan["counts"]
    if not counts["steps"]:
        return _NOTHING
    goes = {0: "no copy of a scope goes", 1: "1 copy of a scope goes, or is put out of service"}
    removals = goes.get(counts["removals"], f"{counts['removals']} copies of scopes go, or are put out of service")
    busy = sum(bool(entry["steps"]) for entry in plan["hosts"])
    return f"{_count(counts['steps'], 'step')} on {_count(busy, 'host')}; {removals}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _host(entry: Mapping[str, Any]) -> Iterator[str]:
    if not entry["steps"]:
        yield _NOTHING
    for number, step in enumerate(entry["steps"], 1):
        yield f"{number}. {step['server']}: {step['step']}"
    for removal in entry["removals"]:
        yield f"REMOVAL: {kept_and_other(removal)}; the copies {'differ:' if removal['differences'] else 'are equal'}"
        yield from (f"  - {words}" for words in removal["differences"])
    if any(removal["other_copy"] != "disable" for removal in entry["removals"]):
        yield DNS
    yield from (
        f"secret of '{each['relationship']}': in {each['variable']}, not in this file" for each in entry["secrets"]
    )
    yield from (f"warning: {words}" for words in entry["warnings"])


def _yaml(value: Any, indent: str = "") -> Iterator[str]:
    """Each value on one line, under its key."""
    pairs: Sequence[tuple[str, Any]]
    if isinstance(value, Mapping):
        pairs = [(f"{indent}{scalar(key)}:", each) for key, each in value.items()]
    else:
        pairs = [(f"{indent}-", each) for each in value]
    for head, each in pairs:
        if isinstance(each, Mapping) and each and head.endswith("-"):
            first, *rest = _yaml(each, f"{indent}  ")
            yield f"{head} {first.lstrip()}"
            yield from rest
        elif isinstance(each, (Mapping, list)) and each:
            yield head
            yield from _yaml(each, f"{indent}  ")
        else:
            yield f"{head} {_leaf(each)}"


def _leaf(value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        return "{}" if isinstance(value, Mapping) else "[]"
    return "null" if value is None else scalar(value)


_BEFORE = 10  # characters that are shown in front of where two lines differ, none where their codes are too long


def difference(text: str, expected: str) -> str | None:
    """The first line of a text that is another one than is expected, in words. Whether Unix or Windows has ended its
    lines is no matter; nothing else ends one."""
    pairs = zip_longest(*(each.replace("\r\n", "\n").removesuffix("\n").split("\n") for each in (text, expected)))
    for number, (line, right) in enumerate(pairs, 1):
        if line != right:
            here, there = ([ascii(character)[1:-1] for character in each or ""] for each in (line, right))
            same = sum(takewhile(bool, (one == other for one, other in zip(here, there, strict=False))))
            starts = (0, max(same - _BEFORE, 0), same)
            start = next(each for each in starts if len("".join(here[each:same])) <= VALUE_LIMIT - _BEFORE)
            what = "ends" if line is None else f"is {shown(''.join(here[start:]))}"
            wanted = "the end" if right is None else shown("".join(there[start:]))
            place = f"line {number}" if not start else f"line {number}, from character {start + 1} on,"
            return f"{place} {what}, where {wanted} is expected"
    return None
