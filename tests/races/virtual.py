# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The process while runs meet in it: its time is the scheduler's, and what is random in it is the same each time."""

from __future__ import annotations

import contextlib
import functools
import random
import secrets
import uuid
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import reconcile
from ansible_collections.windhcp.failover.plugins.plugin_utils._windows import (
    export_elements,
    script_request,
    server_replies,
)
from lab.standin import script

from races.scheduler import Scheduler
from races.servers import NOON, RacedScript

_read = functools.lru_cache(maxsize=2_000)(export_elements.read)


@contextlib.contextmanager
def process(scheduler: Scheduler, numbers: Iterator[int]) -> Iterator[None]:
    """Waiting takes no time and lets the others go on. `numbers`: what ids are made of, none of them twice."""
    state = random.getstate()
    random.seed(0)
    with (
        patch.object(script, "Script", RacedScript),
        patch.object(reconcile, "sleep", scheduler.sleep),
        patch.object(reconcile, "tell_waiting", lambda *_told: None),
        patch.object(secrets, "token_hex", lambda size=32: f"{next(numbers):0{2 * size}x}"),
        patch.object(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers) << 64)),
        patch.object(server_replies, "read_export", _read),  # a pure function
        patch.object(script_request, "_now", lambda: NOON + timedelta(seconds=scheduler.clock)),
    ):
        yield
    random.setstate(state)
