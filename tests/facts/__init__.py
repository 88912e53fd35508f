# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How sure the lab is of what it does: its rules by mark, as tests/lab/SOURCES.md tells the marks and the sources.

A *mark* is one of the letters C M L I U in a comment or docstring, and what stands directly behind it is its source: a
short name or a section of SOURCES.md. Each is a rule, and so is each switch (lab/core/open_questions.py).
"""
