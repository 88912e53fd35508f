# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who sends a request: Basic and NTLM authentication against the accounts of one simulated server."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import os
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from lab import transports
from lab.core.api import Session
from lab.core.server import Credential, Server

# pyspnego reads the accounts from a file that a variable of the process names
_user_file = threading.Lock()


class Gate:
    """Authenticates one TCP connection. ``sealer``: encrypts its messages, once NTLM has said who it is."""

    def __init__(self, server: Server, methods: Collection[str]) -> None:
        self._server = server.name
        self._basic = Basic(server.credentials) if transports.BASIC in methods else None
        self._ntlm = Ntlm(server.credentials) if transports.NTLM in methods else None

    @property
    def sealer(self) -> Any:
        return self._ntlm.context if self._ntlm and self._ntlm.account else None

    def admit(self, authorization: str | None) -> Session | None:
        """The session that a request belongs to. None: answer 401 with ``challenges``."""
        if self._basic and (account := self._basic.authenticate(authorization)):
            return Session(self._server, account.user, account.delegated)
        if self._ntlm:
            self._ntlm.step(authorization)
            if self._ntlm.account:  # M SCOPEAPI: a network logon has no credentials for a second server
                return Session(self._server, self._ntlm.account.user, delegated=False)
        return None

    def challenges(self) -> tuple[str, ...]:
        """The values of WWW-Authenticate."""
        basic = (self._basic.challenge,) if self._basic else ()
        return (*self._ntlm.challenges(), *basic) if self._ntlm else basic


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


class Ntlm:
    """One NTLM conversation, bare or inside Negotiate. ``account``: who it is, once the last step proved it."""

    def __init__(self, credentials: Iterable[Credential]) -> None:
        self._credentials = tuple(credentials)
        self._answer = ""
        self.context: Any = None
        self.account: Credential | None = None

    def step(self, authorization: str | None) -> None:
        """Takes the client's next token; a request without one belongs to who the connection is already."""
        import spnego  # only a lab that offers NTLM needs pyspnego

        scheme, _space, token = (authorization or "").partition(" ")
        if scheme.lower() not in ("negotiate", "ntlm"):
            return
        begins = self.context is None or self.account is not None
        self.account, self._answer = None, ""
        with _accounts_for_spnego(self._credentials):
            try:
                if begins:
                    protocol = "ntlm" if scheme.lower() == "ntlm" else "negotiate"
                    self.context = spnego.server(protocol=protocol, options=spnego.NegotiateOptions.use_ntlm)
                answer = self.context.step(base64.b64decode(token))
            except Exception:  # a wrong password, an unknown user, or bytes that pyspnego trips over: nobody is let in
                self.context = None
                return
        if self.context.complete:
            principal = self.context.client_principal.casefold()
            self.account = next(one for one in self._credentials if one.user.casefold() == principal)
        else:
            self._answer = f"{scheme} {base64.b64encode(answer).decode()}"

    def challenges(self) -> tuple[str, ...]:
        return (self._answer,) if self._answer else ("Negotiate", "NTLM")


@contextlib.contextmanager
def _accounts_for_spnego(credentials: Iterable[Credential]) -> Iterator[None]:
    """For the length of one step: the hashes of the passwords in a file that nobody else reads."""
    from spnego._ntlm_raw.crypto import ntowfv1  # a password with a colon fits into the file as a hash only

    lines = [f"{one.user}:0:{'0' * 32}:{ntowfv1(one.password).hex().upper()}:[U]:LCT-0\n" for one in credentials]
    with _user_file, tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.environ["NTLM_USER_FILE"] = file.name
        try:
            yield
        finally:
            del os.environ["NTLM_USER_FILE"]


def _text(raw: bytes) -> str:
    """Clients differ: curl sends UTF-8, the requests library Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
