# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""become with runas: the logon that Ansible.Become.cs does on Windows, against the accounts of a simulated server.

With a password the new session has credentials that reach a second server (M SCOPEAPI); a network logon or one without
a password has none (C ANSIBLE, "become without a password"). The texts are those of Ansible.Become.cs and
Ansible.AccessToken.cs; what stands in parentheses is Windows' own for error 1326."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import replace

from lab.core.api import Session
from lab.core.server import Credential, Server
from lab.door import Finished
from lab.payload import Become

_UNKNOWN = "Some or all identity references could not be translated."
_NO_SYSTEM = (
    "Failed to get token for NT AUTHORITY\\SYSTEM required for become as a service account or an account "
    "without a password"
)
_WRONG = "Failed to logon {user} (The user name or password is incorrect, Win32ErrorCode 1326 - 0x0000052E)"


class LogonFailed(Exception):
    """The account cannot be used so; the text is what Windows says."""


def log_on(become: Become, session: Session, servers: Iterable[Server], here: Server) -> Session:
    """The session of the become user on ``here``, started by ``session``. Raises LogonFailed.

    new_credentials checks nothing and stays who it is; only other servers see the become user, and what it may there
    depends on its password: here, whether any of ``servers`` knows it.
    """
    if become.logon_type == "newcredentials":
        known = any(_matches(one, become) for server in servers for one in server.credentials)
        return replace(session, delegated=known, network_user=become.user)
    account = next((one for one in here.credentials if _name(one.user) == _name(become.user)), None)
    if account is None:
        raise LogonFailed(_UNKNOWN)
    if become.password is None:
        if not any(one.admin for one in here.credentials if _name(one.user) == _name(session.user)):
            raise LogonFailed(_NO_SYSTEM)
        return Session(session.server, account.user, delegated=False)
    if not _matches(account, become):
        raise LogonFailed(_WRONG.format(user=_qualified(become.user)))
    return Session(session.server, account.user, delegated=become.logon_type != "network")


def failed(become: Become, error: LogonFailed) -> Finished:
    """How the wrapper ends then: a result that failed, and nothing ran."""
    text = f'{become.failure}Exception calling "CreateProcessAsUser" with "9" argument(s): "{error}"'
    return Finished(1, json.dumps({"failed": True, "msg": text}).encode() + b"\r\n")


def _matches(account: Credential, become: Become) -> bool:
    same = hmac.compare_digest(account.password.encode(), (become.password or "").encode())
    return same and _name(account.user) == _name(become.user)


def _name(user: str) -> str:
    return user.casefold().removeprefix(".\\")


def _qualified(user: str) -> str:
    return user if "\\" in user or "@" in user else f".\\{user}"
