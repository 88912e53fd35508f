# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations on the files that the script keeps on a server: safety copies of scopes, and texts that only
administrators read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from ipaddress import IPv4Address

from .._model.secret import Secret
from .cmdlets import Operation, at, own

FOLDERS = ("kept", "safety-copies", "backups")  # that the script makes, by what it calls them
UNFINISHED = "unfinished"  # the kind of texts that every task which writes reads


def safety_copy(
    scopes: Sequence[IPv4Address], label: str, keep_days: int = 0, computer: str | None = None
) -> Operation:
    """Exports these scopes with their leases to a file that stays on the server; of `computer` over a second hop.

    `label` becomes part of the file's name. `keep_days`: older copies go once the new one is complete; 0 keeps all.
    """
    if not scopes:
        raise AssertionError("an export names its scopes")
    parameters = {"ScopeId": [str(scope) for scope in scopes], **at(computer)}
    return own("safety_copy", parameters=parameters, label=label, keep_days=keep_days)


def find_copies() -> Operation:
    """Asks for the safety copies on the server."""
    return own("find_copies")


def read_copy(path: str) -> Operation:
    """The content of a safety copy on the server."""
    return own("read_copy", path=path, volatile=["content"], fingerprint=True)


def import_copy(path: str, scopes: Sequence[IPv4Address], inactive: bool, keep_days: int = 0) -> Operation:
    """Brings these scopes of a safety copy back, with their leases; one that is there already is left alone.

    Classes and option definitions of the file that the server lacks come along, and nothing else of the server level.
    `inactive`: the scopes do not serve, whatever the file says. `keep_days`: older backups of the database go; 0 keeps
    all."""
    if not scopes:
        raise AssertionError("an import names its scopes")
    parameters = {"ScopeId": [str(scope) for scope in scopes]}
    return own("import_copy", path=path, parameters=parameters, inactive=inactive, keep_days=keep_days)


def text_name(kind: str, *about: str) -> str:
    """What a kept text is called that is about a relationship, or about a run and its relationship. Upper and lower
    case are one, since it is not known whether Windows tells them apart."""
    text = "\n".join(about)
    return f"{kind}.{hashlib.sha256(text.casefold().encode()).hexdigest()[:32]}"


def keep_text(name: str, public: str, hidden: str) -> Operation:
    """Keeps two lines on the server, of which the hidden one never comes back. `name`: a-z, 0-9, dot and hyphen, 80 at
    most."""
    return own("keep_text", name=name, public=public, hidden=Secret(hidden) if hidden else "")


def prove_text(name: str, nonce: str) -> Operation:
    """Asks for the public line, and the HMAC-SHA256 of the nonce with the hidden line as its key."""
    return own("prove_text", name=name, nonce=nonce)


def find_texts(kind: str) -> Operation:
    """Asks for the public lines of all kept texts of a kind. `kind`: a-z, 20 at most."""
    return own("find_texts", kind=kind, fingerprint=True)


def drop_text(name: str) -> Operation:
    """Deletes a kept text, if it is there."""
    return own("drop_text", name=name)


def check_folder(name: str) -> Operation:
    """An error unless one of the script's own folders is as the script makes it, or not there."""
    return {"id": f"folder_{name}", "op": "check_folder", "name": name}
