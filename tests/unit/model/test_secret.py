# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets travel beside a request and never in it; and which are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.refusal import Refused
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.secret import (
    Secret,
    all_of,
    check_kinds,
    possible,
    split,
    weakness,
    with_empty,
)


@pytest.mark.parametrize(
    ("request_", "sent", "secrets"),
    [
        ({"a": Secret("Kx7")}, {"a": {"secret": 0}}, ["Kx7"]),
        (
            {"calls": [{"a": Secret("one")}, {"b": Secret("two")}, {"c": Secret("one")}]},
            {"calls": [{"a": {"secret": 0}}, {"b": {"secret": 1}}, {"c": {"secret": 0}}]},
            ["one", "two"],
        ),
        ({"a": None, "b": ["x", 1]}, {"a": None, "b": ["x", 1]}, []),
        ({"a": Secret("")}, {"a": {"secret": 0}}, [""]),
    ],
    ids=["one", "each once", "none", "an empty one"],
)
def test_a_request_holds_the_places_of_its_secrets(
    request_: dict[str, object], sent: object, secrets: list[str]
) -> None:
    text, beside = split(request_)
    assert (json.loads(text), beside) == (sent, secrets)


def test_a_secret_is_not_printed() -> None:
    assert repr({"a": Secret("Kx7")}) == "{'a': Secret()}"


def test_a_request_that_holds_a_secret_cannot_be_written_in_another_way() -> None:
    with pytest.raises(TypeError):
        json.dumps({"a": Secret("Kx7")})
    with pytest.raises(TypeError, match="a request cannot hold a set"):
        split({"a": {1}})


# --- as a task gives it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"shared_secret": 1}, "shared_secret: is a number; a secret is a text, write it in quotes."),
        ({"create_relationship": {"shared_secret": ["a"]}}, "create_relationship.shared_secret: is a list; "),
        ({"relationships": [{}, {"shared_secret": {"a": 1}}]}, "relationships[1].shared_secret: is a dictionary; "),
        ({"failover": {"failover_shared_secret": True}}, "failover.failover_shared_secret: is true or false; "),
        ({"shared_secret": "1", "relationships": "text", "name": 1}, None),
        ({"shared_secret": None}, None),
    ],
)
def test_a_secret_is_a_text_wherever_it_stands(arguments: dict[str, Any], said: str | None) -> None:
    if said is None:
        check_kinds(arguments)
        return
    with pytest.raises(Refused) as refused:
        check_kinds(arguments)
    assert str(refused.value).startswith(said)


def test_what_is_null_is_empty_and_what_was_left_out_is_not_there() -> None:
    arguments = {"shared_secret": None, "list": [{"shared_secret": None}, {}], "text": "{}"}
    validated: dict[str, Any] = {
        "shared_secret": None,
        "list": [{"shared_secret": None, "a": 1}, {"shared_secret": None}],
        "text": {},
    }
    assert with_empty(arguments, validated) == {
        "shared_secret": "",
        "list": [{"shared_secret": "", "a": 1}, {"shared_secret": None}],
        "text": {},
    }
    assert with_empty({}, {"shared_secret": None}) == {"shared_secret": None}


def test_all_that_can_be_told_apart_the_longest_first() -> None:
    options = {"shared_secret": "Kx7-secret", "list": [{"shared_secret": "Kx7-secret 2"}, {"shared_secret": "e"}]}
    assert all_of({**options, "name": "no secret at all"}) == ["Kx7-secret 2", "Kx7-secret"]


@pytest.mark.parametrize(
    ("secret", "weak"),
    [("Kx7-1234", False), ("Kx7-123", True), ("DHCP01.contoso", True), ("dhcp01.contoso.example.org", False)],
)
def test_a_weak_one_is_short_or_a_part_of_a_name(secret: str, weak: bool) -> None:
    why = weakness(secret, ["HQ", "", "dhcp01.contoso.example"])
    assert (why is not None) == weak
    assert secret not in (why or "")


@pytest.mark.parametrize("blanks", [" " * 8, "\t" * 9, "\u200b" * 8, "\u3000" * 8])
def test_blanks_are_no_secret(blanks: str) -> None:
    assert weakness(blanks, ["HQ"]) == "has only blanks"
    assert all_of({"shared_secret": " " * 8}) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"relationships": [[{"name": "HQ", "shared_secret": "Kx7-never"}]]},
        {"create_relationship": {"shared_secret": {"v": ["Kx7-never"]}}},
        {"create_relationship": {"shared_secret": {"Kx7-never": 1}}},
        {"relationships": "HQ, shared_secret=Kx7-never"},
        {"relationships": ["{'name': 'HQ', 'shared_secret': 'Kx7-never'"]},
        {"relationships": ['[{"shared_secret": "Kx7-never"}']},
        {"failover": {"failover_shared_secret": "Kx7-never"}},
    ],
)
def test_what_stands_below_a_secrets_name_may_be_one(arguments: dict[str, Any]) -> None:
    assert "Kx7-never" in possible(arguments)
    assert all(text.count("Kx7-never") for text in possible(arguments))


def test_a_message_may_show_one_in_several_ways() -> None:
    text = 'it\'s a \\ "secr\u00e9t"'
    shown = possible({"shared_secret": text, "name": "not a secret"})
    assert {text, repr(text)[1:-1], json.dumps(text)[1:-1]} == set(shown)
    assert possible({"shared_secret": 12345678}) == ["12345678"]
