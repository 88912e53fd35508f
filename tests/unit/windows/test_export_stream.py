# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exports as Windows' XmlWriter can write them, as large as they can be, and as nobody should send them."""

from __future__ import annotations

import base64
import contextlib
import gc
import gzip
import zlib
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import (
    compact_content,
    export_elements,
    export_stream,
)
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows.errors import UnexpectedReply
from lab.core.exporting import as_on_windows

INPUTS = Path(__file__).with_name("inputs")
SCOPE = IPv4Address("10.0.1.0")
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
WHOLE = "<DHCPServer><IPv4><Scopes><Scope><ScopeId>10.0.1.0</ScopeId>{}</Scope></Scopes></IPv4></DHCPServer>"
MB = 2**20


def packed(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    return base64.b64encode(gzip.compress(raw, 1)).decode()


def read(inside: str) -> export_elements.Export:
    return export_elements.read(packed(WHOLE.format(inside)), "dhcp01")


def name_in(text: str | bytes) -> str:
    (name,) = export_elements.read(packed(text), "dhcp01").scopes[SCOPE][("", "name")]
    return name


def refused(text: str | bytes) -> str:
    with pytest.raises(UnexpectedReply, match="the export of dhcp01 ") as problem:
        export_elements.read(packed(text), "dhcp01")
    return str(problem.value)


def test_control_characters_of_a_client_and_of_a_person() -> None:
    """An escape in a host name and a vertical tab in a description: written as references, which XML 1.0 forbids."""
    exported = export_elements.read(
        packed(as_on_windows((INPUTS / "control_character.xml").read_text(encoding="utf-8"))), "dhcp01"
    )
    scope = IPv4Address("198.51.100.0")
    assert list(exported.scopes) == [scope]
    assert exported.scopes[scope][("", "description")] == (r"pasted\x0btext",)
    assert list(exported.leases[scope]) == ["198.51.100.30"]
    assert exported.version == (10, 0)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a&#x0;b", r"a\x00b"),
        ("a&#x1B;b", r"a\x1bb"),
        ("a&#27;b", r"a\x1bb"),
        ("a&#0000027;b", r"a\x1bb"),
        ("a&#xFFFF;b", r"a\uffffb"),
        ("a&#xFFFE;b", r"a\ufffeb"),
        ("a&#xD800;b", r"a\ud800b"),
        ("a&#57343;b", r"a\udfffb"),
        ("a&#x110000;b", r"a\U00110000b"),
        ("a\x1bb\x00\x7f", r"a\x1bb\x00\x7f"),
        ("a&#x9b;31m\x85&#127;", r"a\x9b31m\x85\x7f"),
        ("a\u202egpj.exe&#x2066;\u200e\u2028", r"a\u202egpj.exe\u2066\u200e\u2028"),
        ("a\ud800b\uffff", r"a\ud800b\uffff"),
        ("&#x41;&#66;&lt;&amp;&#x1F600;", "AB<&\U0001f600"),
        ("tab&#9;line&#xA;b", "tab\tline\nb"),
        ("\U0001f600 日本", "\U0001f600 日本"),
    ],
)
def test_what_xml_forbids_is_read_and_visible(written: str, shown: str) -> None:
    assert name_in(WHOLE.format(f"<Name>{written}</Name>")) == shown


@pytest.mark.parametrize("text", [" a", "a ", "a  b", "  ", "a\tb\n", "True", "TRUE"])
def test_a_value_is_read_as_it_is(text: str) -> None:
    """White space is layout only between elements."""
    assert name_in(WHOLE.format(f"\r\n  <Name>{text}</Name>\r\n  ")) == text


def test_what_an_unknown_element_holds_is_told_part_by_part() -> None:
    """Two values are not one value with a space in it."""
    one, other = (
        read(f"<New>\n <A>{first}</A>\n <A>{second}</A></New>").scopes[SCOPE]
        for first, second in (("a b", "c"), ("a", "b c"))
    )
    assert one[("", "new")] == ("<A>a b</A><A>c</A>",)
    assert one != other


@pytest.mark.parametrize("offset", range(-20, 3))
def test_a_reference_is_found_wherever_a_piece_ends(offset: int) -> None:
    start = len(WHOLE.partition("{}")[0] + "<Name>")
    before = "x" * (2**16 - start + offset)
    assert name_in(WHOLE.format(f"<Name>{before}&#x1B;&amp;&#xFFFF;é</Name>")) == before + r"\x1b&\uffffé"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "declared", ["", DECLARATION, DECLARATION.replace("utf-8", "utf-16"), DECLARATION.replace("utf-8", "iso-8859-1")]
)
def test_the_bytes_say_how_they_are_written_and_not_the_declaration(encoding: str, declared: str) -> None:
    name = "ü日\U0001f600" * 20_000  # characters that the ends of pieces cut
    assert name_in((declared + WHOLE.format(f"<Name>{name}</Name>")).encode(encoding)) == name


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        (
            "<OptionValues><OptionValue><OptionId>six</OptionId></OptionValue></OptionValues>",
            "OptionId is 'six', which is not a number",
        ),
        (
            "<OptionValues><OptionValue><OptionId>²</OptionId></OptionValue></OptionValues>",
            "OptionId is '²', which is not a number",
        ),
        ("<OptionValues><OptionValue/></OptionValues>", "OptionId is '', which is not a number"),
        ("<Leases><Lease/></Leases>", "IPAddress is '', which is not an IPv4 address"),
        ("<Leases>" + "<Lease><IPAddress>10.0.1.5</IPAddress></Lease>" * 2 + "</Leases>", "two leases of 10.0.1.5"),
        ("<Reservations><Reservation><IPAddress>x</IPAddress></Reservation></Reservations>", "IPAddress is 'x'"),
        (
            "<Reservations>" + "<R><IPAddress>10.0.1.5</IPAddress></R>" * 2 + "</Reservations>",
            "two of reservation 10.0.1.5",
        ),
        ("</Scope><Scope><ScopeId>10.0.1.0</ScopeId>", "two scopes 10.0.1.0"),
        ("</Scope><Scope>", "a scope has no ScopeId"),
        ("</Scope></Scopes></IPv4><IPv4><Scopes><Scope>", "two IPv4 parts"),
        ("<a>" * 40 + "</a>" * 40, "nested deeper than 32 levels"),
        ("<a>" * 1_000_000, "nested deeper than 32 levels"),
        ("<a/>" * 10_001, "more than 10000 fields"),
        ("<Policies><Policy>" + "<a/>" * 100_001 + "</Policy></Policies>", "one Policy of more than 100000 elements"),
        ("<Name>" + "x" * 5 * MB + "</Name>", "one Name of more than 4 MB"),
        ("<" + "x" * 6 * MB + "/>", "one piece of more than 4 MB"),
        ('<Name a="' + "x" * 6 * MB + '"/>', "one piece of more than 4 MB"),
        ("<!--" + "x" * 6 * MB + "-->", "one piece of more than 4 MB"),
        ("&nbsp;", "undefined entity"),
        ("<Name>&#;</Name>", "not well-formed"),
    ],
)
def test_what_no_server_writes_is_refused(inside: str, message: str) -> None:
    assert message in refused(WHOLE.format(inside))


def test_what_is_no_text_is_refused() -> None:
    assert "is not text" in refused(WHOLE.format("<Name>").encode() + b"\xff\xfe</Name>")
    assert "is not the XML" in refused(WHOLE.format("").encode("utf-32"))
    assert "is not text" in refused(WHOLE.format("").encode("utf-16")[:-1])
    assert "has a document type" in refused(DECLARATION + '<!DOCTYPE a SYSTEM "http://example.com/a">' + WHOLE)


def squeezed(pieces: Iterator[bytes]) -> str:
    packer = zlib.compressobj(1, wbits=31)
    return base64.b64encode(b"".join([*map(packer.compress, pieces), packer.flush()])).decode()


def test_a_bomb_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_stream, "UNPACKED_LIMIT", 2 * MB)
    read_to: list[int] = []
    plain = export_stream._Parser.feed

    def noted(texts: Iterator[str]) -> Iterator[str]:
        for text in texts:
            read_to.append(len(text))
            yield text

    monkeypatch.setattr(export_stream._Parser, "feed", lambda self, texts: plain(self, noted(texts)))
    bomb = squeezed(iter([b"<DHCPServer><IPv4>", *([b" " * MB] * 64)]))
    with pytest.raises(
        UnexpectedReply, match=r"the export of dhcp01 is larger than 2 MB, the most that is read.*Name fewer scopes"
    ):
        export_elements.read(bomb, "dhcp01")
    assert sum(read_to) <= 2 * MB + 100
    whole = [b"<DHCPServer>", *([b" " * (MB - 100)] * 2), b"<IPv4></IPv4></DHCPServer>"]
    assert export_elements.read(squeezed(iter(whole)), "dhcp01").scopes == {}


def test_more_than_fits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact_content, "_MEMORY", MB)
    for item in (
        "<Lease><IPAddress>10.0.{}.{}</IPAddress></Lease>",
        "<R><IPAddress>10.0.{}.{}</IPAddress><Name>a{}</Name></R>",
    ):
        tag = "Leases" if "Lease" in item else "Reservations"
        many = "".join(item.format(n // 256, n % 256, n) for n in range(4000))
        assert "holds more than can be compared at once" in refused(WHOLE.format(f"<{tag}>{many}</{tag}>"))
    assert "holds more than can be compared at once" in refused(WHOLE.format(f"<New>{'<a/>' * 10_000}</New>"))


def test_an_element_is_told_by_its_local_name() -> None:
    prefixed = WHOLE.format("<Name>A</Name>").replace("</", "</d:").replace("<", "<d:").replace("<d:/d:", "</d:")
    assert name_in(prefixed.replace("<d:DHCPServer>", '<d:DHCPServer xmlns:d="http://schemas.example/x">')) == "A"


@pytest.mark.parametrize("text", [packed("<DHCPServer/>"), "no export"], ids=["read", "refused"])
@pytest.mark.parametrize("was", [True, False])
def test_the_garbage_collector_is_left_as_it_was(text: str, *, was: bool) -> None:
    before = gc.isenabled()
    (gc.enable if was else gc.disable)()
    try:
        with contextlib.suppress(export_stream.Malformed):
            export_stream.read(text, export_stream.Frame())
        assert gc.isenabled() is was
    finally:
        (gc.enable if before else gc.disable)()
