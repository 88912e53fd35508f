# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the protocol of two servers is made of, each taken away: the proof has to fail.

no-claim      the copies that are to go are not put out of service first, so there is nothing to look at either
no-look       whatever both servers show then, it goes on
no-undo       what was put out of service stays so where the look fails
no-last-look  nobody sees in the end what another run did after the look
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import undoing
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine.reconcile import Reconciliation
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning import claims
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.actions import Kind, Stage
from ansible_collections.windhcp.failover.plugins.plugin_utils._planning.draft import Draft

_add = Draft.add


def _without_claims(self: Draft, kind: Kind, *given: Any, **more: Any) -> None:
    if not (kind is Kind.SERVE_OFF and more.get("stage") is Stage.CLAIM):
        _add(self, kind, *given, **more)


def _nothing(*_given: Any) -> None:
    return None


def _anything(*_given: Any) -> bool:
    return True


# name -> where, which function, and what is there instead
ALL: Mapping[str, tuple[object, str, Callable[..., Any]]] = {
    "no-claim": (Draft, "add", _without_claims),
    "no-look": (claims, "is_looked_at", _anything),
    "no-undo": (undoing, "undo", _nothing),
    "no-last-look": (Reconciliation, "_last_look", _nothing),
}


@contextlib.contextmanager
def without(name: str) -> Iterator[None]:
    """In this process."""
    where, function, instead = ALL[name]
    with patch.object(where, function, instead):
        yield


def do(name: str) -> None:
    """The same to the end of the process; "" nothing."""
    if name:
        where, function, instead = ALL[name]
        setattr(where, function, instead)
