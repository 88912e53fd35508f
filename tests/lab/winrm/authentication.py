# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who sends a request: Basic authentication against the accounts of one simulated server."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable

from lab.core.server import Credential


class Basic:
    """User names are compared without case, as Windows does, passwords in constant time."""

    challenge = 'Basic realm="WSMAN"'

    def __init__(self, credentials: Iterable[Credential]) -> None:
        self._credentials = tuple(credentials)

    def authenticate(self, authorization: str | None) -> Credential | None:
        """The account that an Authorization header proves; None: answer 401 with ``challenge``."""
        scheme, _space, token = (authorization or "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, separator, password = _text(base64.b64decode(token, validate=True)).partition(":")
        except binascii.Error:
            return None
        found: Credential | None = None
        for credential in self._credentials:  # all of them, so that the time tells nothing
            same_user = _equal(credential.user.casefold(), user.casefold())
            if _equal(credential.password, password) and same_user:
                found = credential
        return found if separator else None


def _text(raw: bytes) -> str:
    """Clients differ: curl sends UTF-8, the requests library Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
