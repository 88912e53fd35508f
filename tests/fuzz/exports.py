# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Exports, spoilt as text, as bytes, as gzip and as base64."""

from __future__ import annotations

import base64
import gzip
import random
import re
import zlib
from functools import cache

from fuzz import wild

_REFERENCES = (
    "&#x0;",
    "&#x1B;",
    "&#27;",
    "&#xFFFF;",
    "&#xD800;",
    "&#xDFFF;",
    "&#x110000;",
    "&#0000000000027;",
    "&#;",
    "&#x;",
    "&lt;",
    "&nbsp;",
    "&",
)
_LEAF = re.compile(r"<(\w+)>([^<]*)</\1>")
_ELEMENT = re.compile(r"<(Lease|Reservation|OptionValue|Policy|Scope|Class|IPRange)>.*?</\1>", re.DOTALL)


def _leaf(rng: random.Random, text: str, new: str) -> str:
    """With another value of one element."""
    found = list(_LEAF.finditer(text))
    if not found:
        return text + new
    one = rng.choice(found)
    return text[: one.start(2)] + new + text[one.end(2) :]


def _value(rng: random.Random, text: str) -> str:
    return _leaf(rng, text, _plain(rng.choice(wild.TEXTS)))


def _plausible(rng: random.Random, text: str) -> str:
    found = [one for one in _LEAF.finditer(text) if one[1] in wild.PLAUSIBLE]
    if not found:
        return text
    one = rng.choice(found)
    value = rng.choice(wild.PLAUSIBLE[one[1]])
    return text[: one.start(2)] + ("" if value is None else _plain(str(value))) + text[one.end(2) :]


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\ud800", "&#xD800;")


def _reference(rng: random.Random, text: str) -> str:
    return _leaf(rng, text, "a" * rng.randrange(70_000) + "".join(rng.choices(_REFERENCES, k=rng.randrange(1, 4))))


def _no_element(rng: random.Random, text: str) -> str:
    found = list(_LEAF.finditer(text)) + list(_ELEMENT.finditer(text))
    one = rng.choice(found)
    return text[: one.start()] + text[one.end() :]


def _element_twice(rng: random.Random, text: str) -> str:
    one = rng.choice(list(_ELEMENT.finditer(text)) or list(_LEAF.finditer(text)))
    return text[: one.end()] + one[0] * rng.choice((1, 1, 3)) + text[one.end() :]


def _empty_list(rng: random.Random, text: str) -> str:
    name = rng.choice(("Leases", "Reservations", "OptionValues", "Scopes", "IPv4", "Classes"))
    return re.sub(rf"(?s)<{name}[ >].*</{name}>", f"<{name} />", text)


def _unknown(rng: random.Random, text: str) -> str:
    one = rng.choice(list(_LEAF.finditer(text)))
    new = rng.choice(
        (
            "<New>1</New>",
            "<New><Deep><Er>1</Er></Deep></New>",
            "<New/>" * 20_000,
            "<![CDATA[&#x1B;]]>",
            "<!-- -- -->",
            "<?x y?>",
        )
    )
    return text[: one.start()] + new + text[one.start() :]


def _deep(rng: random.Random, text: str) -> str:
    levels = rng.choice((10, 40, 1000, 100_000))
    return _leaf(rng, text, "<a>" * levels + "</a>" * levels)


def _huge(rng: random.Random, text: str) -> str:
    return _leaf(rng, text, "x" * 6_000_000)


def _tag(rng: random.Random, text: str) -> str:
    return _leaf(
        rng,
        text,
        rng.choice(
            ("<" + "x" * 6_000_000 + "/>", '<a b="' + "x" * 6_000_000 + '"/>', "<!--" + "x" * 6_000_000 + "-->")
        ),
    )


def _document_type(rng: random.Random, text: str) -> str:
    bomb = '<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;"><!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return re.sub(r"(<\?xml[^>]*\?>)?", lambda match: match[0] + bomb, text, count=1)


def _cut(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text))]


def _flipped(rng: random.Random, text: str) -> bytes:
    raw = bytearray(text.encode())
    for _time in range(rng.randrange(1, 8)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def _encoding(rng: random.Random, text: str) -> bytes:
    name = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "utf-7", "cp037", "latin-1"))
    return text.encode(name, errors="replace")


def _mark(rng: random.Random, text: str) -> bytes:
    return (
        rng.choice((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x00", b"\xed\xa0\x80", b"\xff\xfe\x00\x00"))
        + text.encode()
    )


def _another_text(rng: random.Random, text: str) -> str:
    return rng.choice(
        (
            "",
            " ",
            "<a/>",
            "<DHCPServer/>",
            "<DHCPServer><IPv4/></DHCPServer>",
            "\x00" * 100,
            text + text,
            wild.CLIXML,
            wild.SECRET,
        )
    )


_SPOILERS = (
    *(
        _value,
        _value,
        _value,
        _plausible,
        _plausible,
        _reference,
        _reference,
        _no_element,
        _no_element,
        _element_twice,
        _empty_list,
        _unknown,
        _deep,
    ),
    *(_document_type, _cut, _flipped, _encoding, _mark, _another_text),
)
_RARE = (_huge, _tag)
_PACKING = ("cut off", "spoilt", "not packed", "followed by more", "spaced", "empty", "twice")


def spoilt(rng: random.Random, packed: str) -> tuple[str, str]:
    """Another packed export, and what was done to it."""
    chance = rng.random()
    if chance < 0.002:
        return bomb(), "a bomb"
    if chance < 0.15:
        how = rng.choice(_PACKING)
        return _packed_badly(rng, packed, how), how
    spoiler = rng.choice(_RARE if chance > 0.99 else _SPOILERS)
    found = spoiler(rng, gzip.decompress(base64.b64decode(packed)).decode("utf-8-sig"))
    raw = found if isinstance(found, bytes) else found.encode(errors="surrogatepass")
    return base64.b64encode(gzip.compress(raw, 1)).decode(), spoiler.__name__.strip("_")


def _packed_badly(rng: random.Random, packed: str, how: str) -> str:
    place = rng.randrange(len(packed))
    return {
        "cut off": packed[:place],
        "spoilt": packed[:place] + rng.choice("A=\n*é") + packed[place + 1 :],
        "not packed": gzip.decompress(base64.b64decode(packed)).decode("utf-8-sig"),
        "followed by more": packed + packed,
        "spaced": packed[:place] + "\r\n" + packed[place:],
        "empty": "",
        "twice": base64.b64encode(gzip.compress(packed.encode(), 1)).decode(),
    }[how]


@cache
def bomb() -> str:
    """A million bytes that become two thousand."""
    packer, chunk = zlib.compressobj(9, wbits=31), b" " * 2**20
    whole = packer.compress(b"<DHCPServer><IPv4>") + b"".join(packer.compress(chunk) for _number in range(1000))
    return base64.b64encode(whole + packer.flush()).decode()
