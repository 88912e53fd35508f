# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets travel beside a request and never in it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._model.secret import Secret, split


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
