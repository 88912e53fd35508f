# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What ansible-test runs instead of the get-pip.py that it would download: pip as Python ships it, which then installs
as usual."""

from __future__ import annotations

import os
import subprocess
import sys

# ansible-test's wrapper around pip runs this file again wherever GET_PIP is set
environment = {name: value for name, value in os.environ.items() if name != "GET_PIP"}
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.run(
    [sys.executable, "-m", "ensurepip", "--default-pip"], env=environment, stdout=subprocess.DEVNULL, check=True
)
sys.exit(
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", *wanted], env=environment, check=False
    ).returncode
)
