# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The encrypted messages of WinRM over HTTP (MS-WSMV 2.2.9.1): a MIME message of two parts, the second one sealed."""

from __future__ import annotations

import re
from typing import Any

PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
CONTENT_TYPE = f'multipart/encrypted;protocol="{PROTOCOL}";boundary="Encrypted Boundary"'
OVERHEAD = 1_000  # bytes around a sealed envelope, with some to spare
_BOUNDARY = b"--Encrypted Boundary"
_MESSAGE = re.compile(
    rb"--\s*Encrypted Boundary\r\n\s*Content-Type: [^\r]+\r\n\s*OriginalContent: [^\r]*Length=(\d+)\r\n"
    rb"--\s*Encrypted Boundary\r\n\s*Content-Type: application/octet-stream\r\n(.+)--\s*Encrypted Boundary--(?:\r\n)?",
    re.DOTALL,
)


class NotSealed(ValueError):
    """A body that is no encrypted message of this session."""


def unseal(body: bytes, context: Any) -> bytes:
    """The SOAP text in a body. ``context``: of pyspnego. Raises NotSealed."""
    found = _MESSAGE.fullmatch(body)
    if found is None:
        raise NotSealed("no encrypted message")
    sealed = found.group(2)
    header = 4 + int.from_bytes(sealed[:4], "little")
    try:
        text: bytes = context.unwrap_winrm(sealed[4:header], sealed[header:])
    except Exception as error:  # a wrong signature has many names
        raise NotSealed("the message was changed on its way") from error
    if len(text) != int(found.group(1)):
        raise NotSealed("the message has another length than it says")
    return text


def seal(text: bytes, context: Any) -> bytes:
    sealed = context.wrap_winrm(text)
    # the tabs are Windows' own, and clients look for them
    return b"".join(
        (
            _BOUNDARY,
            f"\r\n\tContent-Type: {PROTOCOL}\r\n".encode(),
            b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n"
            % (len(text) + sealed.padding_length),
            _BOUNDARY,
            b"\r\n\tContent-Type: application/octet-stream\r\n",
            len(sealed.header).to_bytes(4, "little"),
            sealed.header,
            sealed.data,
            _BOUNDARY,
            b"--\r\n",
        )
    )
