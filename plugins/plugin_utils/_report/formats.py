# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The files that a report can be, by name: what makes them. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._model.texts import visible_surrogates
from .markdown import markdown
from .metrics import metrics
from .nagios import status_file
from .page import page

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Format:
    """A file and what makes its text."""

    file: str
    render: Callable[[Report], str]

    def text(self, report: Report) -> str:
        """The file's text, which can be encoded whatever is in it."""
        return visible_surrogates(self.render(report))


def _json(report: Report) -> str:
    return json.dumps(report, indent=1) + "\n"


FORMATS: Mapping[str, Format] = {
    "json": Format("report.json", _json),
    "markdown": Format("report.md", markdown),
    "html": Format("report.html", page),
    "prometheus": Format("windhcp_failover.prom", metrics),
    "nagios": Format("windhcp_failover.status", status_file),
}
