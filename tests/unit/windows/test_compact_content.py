# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The content of a scope in little memory: items with fields, and no more of them than can be compared at once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import compact_content
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.compact_content import (
    Budget,
    Content,
    ContentBuilder,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.export_stream import Malformed

Items = Mapping[str, Mapping[str, tuple[str, ...]]]

FIELDS: Items = {
    "": {"name": ("Clients",), "state": ("Active",)},
    "option 6": {"": ("10.0.0.1", "10.0.0.2")},
    "reservation 10.0.1.9": {"": (), "client_id": ("aabb",)},
}


def built(items: Items) -> Content:
    builder = ContentBuilder(Budget())
    for item, fields in items.items():
        builder.add(item, fields)
    return builder.built()


def test_it_reads_as_item_and_field_to_values() -> None:
    content = built(FIELDS)
    assert dict(content) == {(item, field): values for item in FIELDS for field, values in FIELDS[item].items()}
    assert len(content) == 5
    assert content.named == set(FIELDS)


@pytest.mark.parametrize(("item", "fields"), [*FIELDS.items(), ("option 7", None)])
def test_the_fields_of_one_item_or_none_where_there_is_no_such_item(
    item: str, fields: Mapping[str, tuple[str, ...]] | None
) -> None:
    assert built(FIELDS).fields(item) == fields


@pytest.mark.parametrize("key", [("option 7", ""), ("option 6", "name")])
def test_what_is_not_there(key: tuple[str, str]) -> None:
    content = built(FIELDS)
    assert content.get(key) is None
    with pytest.raises(KeyError):
        content[key]


def test_two_are_equal_by_what_they_hold() -> None:
    assert built(FIELDS) == built({item: dict(reversed(list(fields.items()))) for item, fields in FIELDS.items()})
    assert built(FIELDS) != built({**FIELDS, "option 6": {"": ("10.0.0.1",)}})
    assert Content() == built({})


@pytest.mark.parametrize(
    "client", ["client-{:06}", "c" * 40 + "{:06}", "ü" * 40 + "{:06}"], ids=["short", "long", "wide"]
)
def test_more_than_can_be_compared_at_once_is_refused(client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_content, "_MEMORY", 2**20)
    items: Items = {f"reservation {number}": {"client_id": (client.format(number),)} for number in range(10_000)}
    with pytest.raises(Malformed, match=r"^holds more than can be compared at once\. Name fewer"):
        built(items)


def test_what_repeats_is_paid_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_content, "_MEMORY", 2**20)
    budget = Budget()
    texts = [budget.held("Both") for _number in range(1_000_000)]
    assert texts[0] is texts[-1]
