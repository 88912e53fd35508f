# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The content of a scope or of the server level, in little memory: one server can have a million reservations. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .export_stream import Malformed

_MEMORY = 850 * 2**20  # bytes, about: what an export may take when it is read
_ITEM = 300  # without its texts: an entry in a dictionary and two tuples
_VALUE = 60  # a text's own size, without its characters
_WIDE = 6  # bytes of a character in a text that is not ASCII, with what is lost between such texts
_SHORT = 32  # characters of values that are likely to repeat
_REPEATED = 20_000  # of them are held once

# the fields' names, which many items share, and their values; one value stands without a tuple
_Item = tuple[tuple[str, ...], tuple["str | tuple[str, ...]", ...]]


class Content(Mapping[tuple[str, str], tuple[str, ...]]):
    """(item, field) -> values. The item is "" for the scope or the server itself, else "option 6", "reservation
    10.1.1.5", "policy PXE" ...; the field "" is the item itself, and its values those of an option."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, _Item] | None = None) -> None:
        self._items = items or {}

    @property
    def named(self) -> frozenset[str]:
        """The items."""
        return frozenset(self._items)

    def fields(self, item: str) -> Mapping[str, tuple[str, ...]] | None:
        """Those of one item; None: there is no such item."""
        held = self._items.get(item)
        return None if held is None else {name: _several(value) for name, value in zip(*held, strict=True)}

    def __getitem__(self, key: tuple[str, str]) -> tuple[str, ...]:
        names, values = self._items[key[0]]
        if key[1] not in names:
            raise KeyError(key)
        return _several(values[names.index(key[1])])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((item, name) for item, (names, _values) in self._items.items() for name in names)

    def __len__(self) -> int:
        return sum(len(names) for names, _values in self._items.values())

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if isinstance(other, Content) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


class Budget:
    """What reading an export may take. Raises Malformed when it is spent."""

    def __init__(self) -> None:
        self._left = _MEMORY
        self._known: dict[str, str] = {}
        self._shapes: dict[tuple[str, ...], tuple[str, ...]] = {}

    def spend(self, size: int, *texts: str) -> None:
        """Pays for an object of `size` bytes and for texts. Raises Malformed when nothing is left."""
        for text in texts:
            size += _VALUE + len(text) * (1 if text.isascii() else _WIDE)
        self._left -= size
        if self._left < 0:
            raise Malformed("holds more than can be compared at once. Name fewer scopes")

    def held(self, text: str) -> str:
        """The text, paid for; one that is held already is free."""
        known = self._known.get(text)
        if known is not None:
            return known
        if len(text) <= _SHORT and len(self._known) < _REPEATED:
            self._known[text] = text
        self.spend(0, text)
        return text

    def shape(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names of an item's fields, held once for all items that have the same."""
        if len(self._shapes) >= _REPEATED:
            return self._shapes.get(names, names)
        return self._shapes.setdefault(names, names)


class ContentBuilder:
    """A Content while it is read, item by item."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._items: dict[str, _Item] = {}

    def __contains__(self, item: str) -> bool:
        return item in self._items

    def add(self, item: str, fields: Mapping[str, tuple[str, ...]]) -> None:
        """Raises Malformed when the budget is spent."""
        names = self._budget.shape(tuple(sorted(fields)))
        self._budget.spend(_ITEM + 8 * len(names), item)
        self._items[item] = (names, tuple([self._compact(fields[name]) for name in names]))

    def built(self) -> Content:
        """What was added."""
        return Content(self._items)

    def _compact(self, values: tuple[str, ...]) -> str | tuple[str, ...]:
        if len(values) == 1:
            return self._budget.held(values[0])
        held = tuple(map(self._budget.held, values))
        self._budget.spend(8 * len(held))
        return held


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
