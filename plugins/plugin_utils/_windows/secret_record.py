# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a shared secret is the one that was sent last, which is known without storing it. Pure, but for what is drawn
at random.

The server keeps a salted scrypt hash of it where administrators alone read it, and never shows the hash: it proves that
it has it, for a nonce that no task uses twice. What is kept is dropped before it becomes untrue and kept anew after it
became true, so a run that breaks in between leaves nothing, and the next one sends the secret once more."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .._model.refusal import Refused
from . import cmdlets, kept_files
from .errors import NOT_OURS
from .remote_error import RemoteError, error_ids
from .reply import Result


@dataclass(frozen=True)
class SecretRecord:
    """What this server keeps of secrets: relationship -> the salt of the hash, and the proof that it has the hash.

    `nonce` is what the proof is made with, `salt` that of a hash which this task leaves there.
    """

    entries: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    salt: str = field(default_factory=lambda: secrets.token_hex(16))

    def read_operation(self, relationship: str) -> cmdlets.Operation:
        """Reads what the server keeps of this relationship's secret."""
        return kept_files.prove_text(_name(relationship), self.nonce)

    def with_answers(self, answers: Mapping[str, Result], host: str = "") -> SecretRecord:
        """The record with what the server answered to `read_operation`, by relationship. What cannot be read is as good
        as not there: the secret is sent and kept anew.

        Raises RemoteError where somebody else has put something in its place: it could not be kept anew.
        """
        for answer in answers.values():
            if NOT_OURS in error_ids(answer):
                raise RemoteError(answer, host)
        entries = {
            name: (kept.text("public"), kept.text("proof"))
            for name, answer in answers.items()
            for kept in answer.objects
        }
        return replace(self, entries=entries)

    def exists(self, relationship: str) -> bool:
        """Whether something is kept of this relationship's secret."""
        return relationship in self.entries

    def matches(self, relationship: str, secret: str) -> bool:
        """Whether this secret was the last one that a task sent. Raises Refused where the controller has no scrypt."""
        salt, proof = self.entries.get(relationship, ("", ""))
        if not salt or not proof:
            return False
        own = hmac.new(_hash(secret, salt).encode(), self.nonce.encode(), "sha256").hexdigest()
        return hmac.compare_digest(own.encode(), proof.encode())

    def keep(self, relationship: str, secret: str) -> cmdlets.Operation:
        """Leaves the hash of a secret on the server. Raises Refused where the controller has no scrypt."""
        return kept_files.keep_text(_name(relationship), self.salt, _hash(secret, self.salt))

    def without(self, relationship: str) -> SecretRecord:
        """As if it had been dropped."""
        return replace(self, entries={name: entry for name, entry in self.entries.items() if name != relationship})


def drop(relationship: str) -> cmdlets.Operation:
    """Takes away what is kept of this relationship's secret."""
    return kept_files.drop_text(_name(relationship))


def _hash(secret: str, salt: str) -> str:
    """`salt` is hashed as the text that it is, so that one which a person spoilt is only a wrong one. The costs are of
    OWASP's list (Password Storage Cheat Sheet, scrypt): those that take 16 MiB."""
    try:
        return hashlib.scrypt(secret.encode(), salt=salt.encode(), n=2**14, r=8, p=5, dklen=32).hex()
    except (AttributeError, ValueError) as error:  # a Python without it, or an OpenSSL that forbids it (FIPS)
        raise Refused(
            f"update_secret: on_change needs scrypt, and the controller's Python has none ({error}); use on_create or "
            "always."
        ) from None


def _name(relationship: str) -> str:
    return kept_files.text_name("secret", relationship)
