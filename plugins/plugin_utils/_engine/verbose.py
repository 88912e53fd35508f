# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task tells at -vv: what it reads, what it plans, what it runs; and for everybody, why it waits. Never a
secret."""

from __future__ import annotations

from ansible.utils.display import Display

from .._model.texts import in_sight
from .._windows.script_request import Remote


def tell(remote: Remote, text: str) -> None:
    """One line about a server, for the one who runs ansible-playbook -vv."""
    Display().vv(f"windhcp.failover: {in_sight(remote.hide(text))}", host=remote.host)


def tell_waiting(remote: Remote, text: str) -> None:
    """Why a task shows nothing for a while, for everybody."""
    Display().warning(f"windhcp.failover: {remote.host} waits: {in_sight(remote.hide(text))}")
