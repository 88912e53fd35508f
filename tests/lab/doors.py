# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Chooses what runs remote commands: a real PowerShell or the built-in stand-in."""

from __future__ import annotations

import importlib
import importlib.util

from lab.core.lab import Lab
from lab.door import Door
from lab.powershell.engine import NoEngine
from lab.powershell.process import PowerShellDoor

NAMES = ("auto", "powershell", "standin")
STANDIN = "lab.standin"  # a package with a class StandinDoor that is made from a Lab


class NoDoor(RuntimeError):
    """The door that was asked for cannot be had here."""


def choose(name: str, lab: Lab) -> Door:
    """ "powershell", "standin", or "auto": PowerShell if there is one, else the stand-in. Raises NoDoor."""
    if name == "standin":
        return _standin(lab)
    try:
        return PowerShellDoor(lab)
    except NoEngine as error:
        if name == "auto" and importlib.util.find_spec(STANDIN):
            return _standin(lab)
        raise NoDoor(str(error)) from error


def _standin(lab: Lab) -> Door:
    if importlib.util.find_spec(STANDIN) is None:
        raise NoDoor("this lab has no stand-in")
    door: Door = importlib.import_module(STANDIN).StandinDoor(lab)
    return door
