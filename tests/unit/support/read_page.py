# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An HTML page as a tree, by the standard library: what is in it, and whether its marks fit together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img"}
CLOSED_BY_THE_NEXT = {"tr": {"tr", "td", "th"}, "td": {"td", "th"}, "th": {"td", "th"}}


@dataclass
class Element:
    """One element. `inside`: texts and elements."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(one if isinstance(one, str) else one.text for one in self.inside)

    @property
    def words(self) -> str:
        """The same with single spaces, as it is seen."""
        return " ".join(self.text.split())

    def walk(self) -> Iterator[Element]:
        """Itself and all elements in it, in order."""
        yield self
        for one in self.inside:
            if isinstance(one, Element):
                yield from one.walk()

    def all(self, tag: str = "", name: str = "", **attributes: str) -> list[Element]:
        """The elements in it of a tag, a class (`name`) and attributes; underscores stand for hyphens."""
        wanted = {key.replace("_", "-"): value for key, value in attributes.items()}
        return [
            one
            for one in self.walk()
            if (not tag or one.tag == tag)
            and (not name or name in one.attributes.get("class", "").split())
            and all(one.attributes.get(key) == value for key, value in wanted.items())
        ]

    def one(self, tag: str = "", name: str = "", **attributes: str) -> Element:
        """The only one of these."""
        (found,) = self.all(tag, name, **attributes)
        return found


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        closed = CLOSED_BY_THE_NEXT.get(tag, set())
        while self.open[-1].tag in closed:
            self.open.pop()
        assert len({key for key, _value in attrs}) == len(attrs), f"<{tag}> has an attribute twice"
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1].tag in CLOSED_BY_THE_NEXT and tag in ("tbody", "thead", "table"):
            self.open.pop()
        assert self.open[-1].tag == tag, f"</{tag}> ends <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(markup: str) -> Element:
    """The tree of a page or of a part of one. Raises AssertionError where an end does not fit its beginning."""
    reader = Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].tag}> is not closed"
    return reader.root
