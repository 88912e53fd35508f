# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can happen to a reply on its way back, at each level: the text that was printed, the result, the reply, its
values, an export."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from fuzz import exports, wild

Text = Callable[[random.Random, str], str]
Tree = Callable[[random.Random, dict[str, Any]], None]

# --- the text that the script printed
# ------------------------------------------------------------------------------------


def _cut(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text))]


def _beheaded(rng: random.Random, text: str) -> str:
    return text[rng.randrange(1, len(text)) :]


def _before(rng: random.Random, text: str) -> str:
    return (
        rng.choice(
            (
                "WARNING: no\r\n",
                '{"changed":false}\n',
                "{",
                '"',
                "\ufeff",
                wild.CLIXML + "\r\n",
                "\x00\x00",
                "[]\n",
                wild.SECRET + "\n",
            )
        )
        + text
    )


def _after(rng: random.Random, text: str) -> str:
    return text.rstrip() + rng.choice(
        ("\r\nBYE", "}", "\r\n" + wild.CLIXML, text, "\x1a", " " * 1_000_000, "\r\n{}", "\n" + wild.SECRET)
    )


def _other(rng: random.Random, text: str) -> str:
    others = (
        "",
        "null",
        "[]",
        "5",
        '"x"',
        "{}",
        "\r\n",
        wild.CLIXML,
        "no such program " + wild.SECRET,
        '{"reply":' + "[" * 100_000,
    )
    return rng.choice((*others, '{"reply":{"status":"done"}}', '{"reply":NaN}', '{"a":' * 3_000 + "1" + "}" * 3_000))


def _flipped(rng: random.Random, text: str) -> str:
    for _time in range(rng.randrange(1, 6)):
        place = rng.randrange(len(text))
        text = text[:place] + rng.choice('{}[]",:\\0-e.tfn\x00\x7f\xff') + text[place + 1 :]
    return text


def _numbers(rng: random.Random, text: str) -> str:
    found = rng.choice(("NaN", "Infinity", "-Infinity", "1e400", "-0", "1" * 5000, "00"))
    return text.replace(":false", f":{found}", 1) if rng.random() < 0.5 else text.replace("3600", found)


def _encoded(rng: random.Random, text: str) -> str:
    """Bytes of one encoding, read as another."""
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-7"))).decode("latin-1")


def _twice(rng: random.Random, text: str) -> str:
    """Keys that come twice: the last one counts."""
    key = rng.choice(('"status":"busy",', '"before":[],', '"clock":null,', '"fingerprint":"",', '"errors":[{}],'))
    return (
        text.replace('"clock":', f'{key}"clock":')
        if rng.random() < 0.5
        else text.replace('"status":', f'{key}"status":', 1)
    )


TEXT: Mapping[str, Text] = {
    one.__name__.strip("_"): one
    for one in (_cut, _beheaded, _before, _after, _other, _flipped, _numbers, _encoded, _twice)
}

# --- the result, and the reply in it
# -------------------------------------------------------------------------------------


def _no_reply(rng: random.Random, result: dict[str, Any]) -> None:
    result.pop("reply")
    result.update({rng.choice(("msg", "module_stderr", "module_stdout", "rc")): wild.value(rng), "failed": True})


def _reply_of_another_type(rng: random.Random, result: dict[str, Any]) -> None:
    result["reply"] = json.dumps(result["reply"]) if rng.random() < 0.2 else wild.value(rng)


def _status(rng: random.Random, result: dict[str, Any]) -> None:
    words = (
        "done",
        "stopped",
        "changed_meanwhile",
        "busy",
        "no_module",
        "constrained_language",
        "script_error",
        "fine",
    )
    result["reply"]["status"] = rng.choice(words)
    if rng.random() < 0.5:
        result["reply"]["errors"] = rng.choice(
            ([{"id": "X", "message": wild.SECRET}], [{}], wild.value(rng), [wild.value(rng)])
        )


def _member(rng: random.Random, result: dict[str, Any]) -> None:
    reply = result["reply"]
    key = rng.choice(list(reply))
    if rng.random() < 0.3:
        del reply[key]
    else:
        reply[key] = wild.value(rng)


def _results(rng: random.Random, result: dict[str, Any]) -> None:
    """Missing, too many, in another order, with an id of another, with the objects of another."""
    several = rng.choice(
        [one for one in (result["reply"][key] for key in ("before", "calls", "finally")) if one] or [[{"id": "x"}]]
    )
    one, other = rng.choice(several), rng.choice(several)
    how = rng.randrange(6)
    if how == 0:
        several.remove(one)
    elif how == 1:
        several.append(dict(one))
    elif how == 2:
        rng.shuffle(several)
    elif how == 3:
        one["id"] = rng.choice((other["id"], "nobody", wild.value(rng)))
    elif how == 4:
        one["objects"], other["objects"] = other.get("objects"), one.get("objects")
    else:
        one.pop(rng.choice(list(one)))


def _errors(rng: random.Random, result: dict[str, Any]) -> None:
    """Errors of an operation that had none."""
    several = [one for key in ("before", "calls", "finally") for one in result["reply"][key]] or [{}]
    ids = (
        "WIN32 5",
        "WIN32 1722",
        "WIN32 1753",
        "DHCP 20115",
        "DHCP 20010",
        "windhcp.file",
        "ResourceExists",
        "",
        "{host}",
        wild.SECRET,
        "x" * 9999,
    )
    message = rng.choice(("Fehler {0}", wild.SECRET, "y" * 50_000, "\x1b[31m", "", wild.CLIXML))
    error = {"id": f"{rng.choice(ids)},Get-X", "category": "X", "target": "", "message": message}
    if rng.random() < 0.3:
        error[rng.choice(list(error))] = wild.value(rng)
    rng.choice(several)["errors"] = [error] * rng.choice((1, 1, 1, 500))


def _clock(rng: random.Random, result: dict[str, Any]) -> None:
    result["reply"]["clock"] = rng.choice(
        ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2026-03-01 08:00:00", wild.value(rng))
    )


RESULT: Mapping[str, Tree] = {
    one.__name__.strip("_"): one
    for one in (_no_reply, _reply_of_another_type, _status, _member, _results, _results, _errors, _clock)
}

# --- the values of what the cmdlets put out
# ------------------------------------------------------------------------------


def _objects(result: dict[str, Any]) -> list[wild.Spot]:
    several = [one for key in ("before", "calls", "finally") for one in result["reply"][key]]
    return [spot for one in several for spot in wild.spots(one["objects"])]


def _swapped_type(rng: random.Random, result: dict[str, Any]) -> None:
    for owner, key in _some(rng, result):
        owner[key] = wild.value(rng)


def _wrapped(rng: random.Random, result: dict[str, Any]) -> None:
    for owner, key in _some(rng, result):
        owner[key] = rng.choice(
            (
                [owner[key]],
                {"value": owner[key]},
                str(owner[key]),
                [owner[key], owner[key]],
                {"value": [owner[key]], "Count": 1},
            )
        )


def _lost(rng: random.Random, result: dict[str, Any]) -> None:
    for owner, key in _some(rng, result):
        if isinstance(owner, dict):
            owner.pop(key, None)
        elif key < len(owner):
            del owner[key]


def _spelling(rng: random.Random, result: dict[str, Any]) -> None:
    for owner, key in _some(rng, result):
        if isinstance(owner, dict) and key in owner and isinstance(key, str):
            owner[key.upper()] = owner.pop(key)


def _repeated(rng: random.Random, result: dict[str, Any]) -> None:
    lists = [one["objects"] for key in ("before", "calls", "finally") for one in result["reply"][key] if one["objects"]]
    if lists:
        chosen = rng.choice(lists)
        chosen += [dict(one) if isinstance(one, dict) else one for one in chosen] * rng.choice((1, 1, 50))


def _plausible(rng: random.Random, result: dict[str, Any]) -> None:
    """Values that read well alone, of one object or of all of its kind."""
    found = [(owner, key) for owner, key in _objects(result) if isinstance(owner, dict) and key in wild.PLAUSIBLE]
    if found:
        keys = {key for _owner, key in found}
        chosen = rng.choice(
            sorted(keys & set(wild.OF_A_SCOPE) if keys & set(wild.OF_A_SCOPE) and rng.random() < 0.5 else keys)
        )
        everywhere = rng.random() < 0.3
        spots = [owner for owner, key in found if key == chosen]
        for owner in spots if everywhere else [rng.choice(spots)]:
            owner[chosen] = rng.choice(wild.PLAUSIBLE[chosen])


def _some(rng: random.Random, result: dict[str, Any]) -> list[wild.Spot]:
    found = _objects(result)
    return rng.sample(found, min(len(found), rng.choice((1, 1, 1, 2, 5))))


VALUES: Mapping[str, Tree] = {
    one.__name__.strip("_"): one for one in (_swapped_type, _wrapped, _lost, _spelling, _repeated, _plausible)
}

# --- exports
# -------------------------------------------------------------------------------------------------------------


def spoil_export(rng: random.Random, result: dict[str, Any]) -> str:
    """Spoils one of the exports in it: what was done, or nothing if there is none."""
    found = [spot for spot in _objects(result) if spot[1] == "content"]
    if not found:
        return ""
    owner, key = rng.choice(found)
    owner[key], how = exports.spoilt(rng, owner[key])
    return how


def spoil(rng: random.Random, text: str) -> tuple[str, str]:
    """A reply as it was printed -> what arrives, and what was done to it."""
    level = rng.choice(("text", "result", "values", "values", "export", "export"))
    if level == "text":
        name = rng.choice(sorted(TEXT))
        return TEXT[name](rng, text), f"text: {name}"
    result: dict[str, Any] = json.loads(text)
    if level == "export":
        how = spoil_export(rng, result)
        if how:
            return json.dumps(result), f"export: {how}"
        level = "values"
    table = RESULT if level == "result" else VALUES
    name = "plausible" if level == "values" and rng.random() < 0.4 else rng.choice(sorted(table))
    table[name](rng, result)
    return json.dumps(result), f"{level}: {name}"
