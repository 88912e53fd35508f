# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The errors of an operation's result -> what a user is told: what happened, on which server, and the cure."""

from __future__ import annotations

from .._model.refusal import UNCHANGED
from .._model.texts import short
from .errors import (
    ACCESS_DENIED,
    BACKUP,
    DENIED,
    ERRORS_SHOWN,
    FOLDER,
    MEANING,
    NO_BACKUP,
    NO_RIGHTS,
    OF_THE_ASKED,
    PASSING,
    UNKNOWN_NUMBER,
    UNKNOWN_WORD,
    Denied,
    RemoteFailure,
    heard,
    short_id,
)
from .reply import Failure, Result

_HERE = (
    *("who", "bindings", "failover", "scopes", "import_copy"),
    *("add_scope", "add_exclusion", "add_reservation", "set_option"),
)


class RemoteError(RemoteFailure):
    """An operation answered with errors. `ids` are without the cmdlet's name.

    `host`: who ran it; `denied`: what a refusal of access means, where that is known.
    """

    nothing = UNCHANGED

    def __init__(
        self,
        result: Result,
        host: str,
        partner: str = "",
        *,
        denied: Denied | None = None,
    ) -> None:
        self.partner = partner or result.computer
        self.ids = sorted(error_ids(result))
        self.passes = set(self.ids) <= PASSING
        self.heard = heard(self.ids)
        denied = denied or _denied(result.id)
        explained = [_explain(error, result.computer, denied, host, self.partner) for error in result.errors]
        self.told = explained[0]
        texts = list(dict.fromkeys(map(" ".join, explained)))
        more = [f"And {len(texts) - ERRORS_SHOWN} more errors."] if len(texts) > ERRORS_SHOWN else []
        super().__init__(" ".join([*texts[:ERRORS_SHOWN], *more]))


def error_ids(result: Result) -> frozenset[str]:
    """The short ids of what went wrong in an operation."""
    return frozenset(short_id(error.id) for error in result.errors)


def _explain(error: Failure, computer: str, denied: Denied, host: str, partner: str) -> tuple[str, str]:
    """What happened, and the cure. `computer`: the other server that `host` asked."""
    error_id = short_id(error.id)
    if error_id.startswith("windhcp.") and error_id not in OF_THE_ASKED:
        computer = ""
    where = f"{host} asking {computer}" if computer else host
    if error.id.endswith(f",{BACKUP}"):
        meaning, cure = NO_BACKUP
    elif error_id in (ACCESS_DENIED, NO_RIGHTS):
        meaning, cure = DENIED["rights" if error_id == NO_RIGHTS else denied]
    else:
        unknown = UNKNOWN_NUMBER if error_id.startswith(("DHCP ", "WIN32 ")) else UNKNOWN_WORD
        meaning, cure = MEANING.get(error.id) or MEANING.get(error_id, unknown)
    names = {"host": host, "server": computer or host, "partner": partner or "the partner", "folder": FOLDER}
    what = f"On {where}: {meaning.format(**names)} ({short(error.id)}: {short(error.message)})."
    return what, cure.format(**names)


def _denied(operation: str) -> Denied:
    """Where a refusal of an operation comes from, by its id: a read of this server, or a write that reaches the partner
    as well."""
    return "here" if operation in _HERE else "somewhere"
