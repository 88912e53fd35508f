# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The elements of an export, from base64 of gzip of XML, one after the other: nothing is held but what is being read.

An export can be large, and what a server sends is believed in nothing: size, depth, the length of a piece and document
types are limited here, and a small text that unpacks to a large one is stopped while it does. Generators hand pieces
on:

    _unpacked             base64 and gzip, a piece at a time
    _decoded              text, by the byte order mark or by how the first character is written
    _legal                what XML forbids and Windows' XmlWriter writes (CheckCharacters is off), made visible
    _without_declaration  a declaration may name an encoding that is no longer true
    _Parser               elements: the innermost *frame*, an element too large to be held, says of each child whether
                          it is a frame too, or a *node*, held as a whole and given to a consumer
"""

from __future__ import annotations

import base64
import codecs
import contextlib
import gc
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias
from xml.parsers import expat

from .._model.texts import CONTROLS, visible

UNPACKED_LIMIT = 256 * 2**20  # bytes
_CHUNK = 2**16
_PACKED_CHUNK = 2**14  # a multiple of 4 characters, as base64 needs
_DEPTH = 32
_PIECE = 4 * 2**20  # characters of one value, or bytes of one tag or comment
_ELEMENTS = 100_000  # in one member of a list
_REFERENCE = 16  # the longest reference to a character that is looked for
# what XML 1.0 forbids, what nobody sees, and references to characters
_UNSEEN = f"\x00-\x08\x0b\x0c\x0e-\x1f{CONTROLS}\ud800-\udfff\ufffe\uffff"
_DOUBTFUL = re.compile(f"[{_UNSEEN}]|&#(?:x([0-9a-fA-F]{{1,{_REFERENCE - 4}}})|([0-9]{{1,12}}));")
_LEGAL = re.compile(f"[^{_UNSEEN}]")


class Malformed(Exception):
    """Why an export cannot be read: the rest of a sentence that begins with "the export of SERVER"."""


class Node:
    """An element that is small enough to be held. `words`: its own text, as it is."""

    __slots__ = ("children", "tag", "words")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.words = ""
        self.children: list[Node] = []

    def text(self) -> str:
        """Of one with children everything in it."""
        if not self.children:
            return self.words
        return self.words + "".join(f"<{child.tag}>{child.text()}</{child.tag}>" for child in self.children)

    def elements(self) -> int:
        """How many it is, with those in it."""
        return 1 + sum(child.elements() for child in self.children) if self.children else 1


class Frame:
    """An element that is too large to be held. `child` says what happens to an element in it: a frame of its own, or a
    consumer."""

    def child(self, tag: str) -> Frame | Consumer:
        """Of an element that says nothing to us."""
        return self

    def end(self) -> None:
        """Everything in it was read."""


Consumer: TypeAlias = Callable[[Node], None]


def read(packed: str, document: Frame) -> None:
    """Hands every element to `document` and the frames that it opens. Raises Malformed."""
    try:
        with _uncollected():
            _Parser(document).feed(_without_declaration(_legal(_decoded(_unpacked(packed)))))
    except expat.ExpatError as error:
        raise Malformed(f"is not the XML of a DHCP server ({error})") from error
    except UnicodeError as error:
        raise Malformed("is not text, neither UTF-8 nor UTF-16") from error


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """An export is a great many objects without a circle, which the garbage collector would go through again and again:
    a quarter of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _unpacked(packed: str) -> Iterator[bytes]:
    """No more is unpacked than is wanted: a small text can be a large export."""
    gunzip, size = zlib.decompressobj(wbits=31), 0
    try:
        for start in range(0, len(packed), _PACKED_CHUNK):
            raw = base64.b64decode(packed[start : start + _PACKED_CHUNK], validate=True)
            while raw:
                piece = gunzip.decompress(raw, _CHUNK)
                size += len(piece)
                if size > UNPACKED_LIMIT:
                    raise Malformed(
                        f"is larger than {UNPACKED_LIMIT >> 20} MB, the most that is read. Name fewer scopes"
                    )
                yield piece
                if gunzip.unused_data:
                    raise ValueError("something follows its end")
                raw = gunzip.unconsumed_tail
        yield gunzip.flush()
        if not gunzip.eof:
            raise ValueError("it is cut off")
    except (ValueError, zlib.error) as error:
        raise Malformed(f"did not arrive whole ({error})") from error


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    """By the byte order mark, or by how the first character is written: a declaration in the text can say what it
    likes."""
    decoder, head = None, b""
    for chunk in chunks:
        head += chunk
        if decoder is None and len(head) < 4:
            continue
        decoder = decoder or _decoder(head)
        yield decoder.decode(head)
        head = b""
    decoder = decoder or _decoder(head)
    yield decoder.decode(head, True)


def _decoder(head: bytes) -> codecs.IncrementalDecoder:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    else:
        name = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(head[:2], "utf-8-sig")
    return codecs.getincrementaldecoder(name)(
        "surrogatepass"
    )  # half a character is made visible, as what else is forbidden


def _legal(texts: Iterable[str]) -> Iterator[str]:
    """Forbidden characters, and references to them, as visible text. A reference can be cut by the end of a piece."""
    held = ""
    for piece in texts:
        text = held + piece
        cut = text.rfind("&", max(0, len(text) - _REFERENCE))
        text, held = (text[:cut], text[cut:]) if cut >= 0 and ";" not in text[cut:] else (text, "")
        yield _DOUBTFUL.sub(_visible, text)
    yield _DOUBTFUL.sub(_visible, held)


def _visible(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2]) if match[2] else ord(match[0])
    return match[0] if code <= sys.maxunicode and _LEGAL.match(chr(code)) else visible(code)


def _without_declaration(texts: Iterable[str]) -> Iterator[str]:
    head = ""
    started = False
    for text in texts:
        head += text
        if not started and len(head) < 1000:
            continue
        yield head if started else _undeclared(head)
        head, started = "", True
    yield head if started else _undeclared(head)


def _undeclared(head: str) -> str:
    return re.sub(r"\A\s*(<\?xml[^>]*\?>)?\s*", "", head)


@lru_cache(1000)
def _without_namespace(name: str) -> str:
    return name.rsplit("}", 1)[-1]


class _Parser:
    def __init__(self, document: Frame) -> None:
        self._frames = [document]
        self._nodes: list[Node] = []  # from the member of a list that is being read down to the innermost open element
        self._consumer: Consumer = lambda _node: None
        self._pieces: list[str] = []  # of the text that is being read
        self._length = self._elements = self._quiet = 0
        self._depth = 0
        parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._other
        parser.StartDoctypeDeclHandler = self._doctype
        self._expat = parser

    def feed(self, texts: Iterable[str]) -> None:
        for text in texts:
            raw = text.encode()
            self._quiet += len(raw)
            self._expat.Parse(raw)
            if self._quiet > _PIECE:  # one tag that does not end: expat would read it anew with each piece
                raise Malformed(
                    f"holds one piece of more than {_PIECE >> 20} MB, which no DHCP server writes; it was not read"
                )
        self._expat.Parse(b"", True)

    def _start(self, name: str, _attributes: Any) -> None:
        self._quiet, tag = 0, _without_namespace(name)
        self._depth += 1
        if self._depth > _DEPTH:
            raise Malformed(f"is nested deeper than {_DEPTH} levels, as no DHCP server writes it; it was not read")
        if self._nodes:
            if self._pieces:
                self._close_text(is_leaf=False)
            self._elements += 1
            if self._elements > _ELEMENTS:
                raise Malformed(f"holds one {self._nodes[0].tag} of more than {_ELEMENTS} elements; it was not read")
            node = Node(tag)
            self._nodes[-1].children.append(node)
            self._nodes.append(node)
            return
        child = self._frames[-1].child(tag)
        if isinstance(child, Frame):
            self._frames.append(child)
        else:
            self._nodes, self._consumer, self._length, self._elements = [Node(tag)], child, 0, 0

    def _end(self, _name: str) -> None:
        self._quiet = 0
        self._depth -= 1
        if not self._nodes:
            self._frames.pop().end()
            return
        if self._pieces:
            self._close_text(is_leaf=not self._nodes[-1].children)
        node = self._nodes.pop()
        if not self._nodes:
            self._consumer(node)

    def _text(self, data: str) -> None:
        self._quiet = 0
        if self._nodes:
            self._length += len(data)
            if self._length > _PIECE:
                raise Malformed(f"holds one {self._nodes[0].tag} of more than {_PIECE >> 20} MB; it was not read")
            self._pieces.append(data)

    def _close_text(self, *, is_leaf: bool) -> None:
        """White space is layout between elements, and a value in one that holds nothing else."""
        text = "".join(self._pieces)
        self._pieces.clear()
        if is_leaf or not text.isspace():
            self._nodes[-1].words += text

    def _other(self, *_: str) -> None:
        self._quiet = 0

    def _doctype(self, *_: Any) -> None:
        raise Malformed("has a document type, which no DHCP server writes; it was not read")
