# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The documentation of every module tells what its argument spec says, option by option."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.windhcp.failover.plugins.doc_fragments.failover import ModuleDocFragment
from ansible_collections.windhcp.failover.plugins.plugin_utils._engine import arguments

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "action").glob("*.py"))
COMPARED = ("type", "elements", "choices", "default", "required")


def documented(module: str) -> Mapping[str, Any]:
    """The options in a module's documentation, those of its fragments included."""
    doc = yaml.safe_load((PLUGINS / "modules" / f"{module}.yml").read_text(encoding="utf-8"))["DOCUMENTATION"]
    options: dict[str, Any] = {}
    for fragment in doc["extends_documentation_fragment"]:
        part = fragment.removeprefix("windhcp.failover.failover").strip(".").upper() or "DOCUMENTATION"
        options.update(yaml.safe_load(getattr(ModuleDocFragment, part)).get("options") or {})
    return {**options, **(doc.get("options") or {})}


def compare(spec: Mapping[str, Any], docs: Mapping[str, Any], where: str) -> list[str]:
    problems = [f"{where}{name} is not documented" for name in spec if name not in docs]
    problems += [f"{where}{name} is documented and no option" for name in docs if name not in spec]
    for name in spec.keys() & docs.keys():
        option, doc = spec[name], docs[name]
        for key in COMPARED:
            if option.get(key) != doc.get(key):
                problems.append(f"{where}{name}.{key}: {option.get(key)!r} in the spec, {doc.get(key)!r} in the docs")
        if not doc.get("description"):
            problems.append(f"{where}{name} has no description")
        problems += compare(option.get("options") or {}, doc.get("suboptions") or {}, f"{where}{name}.")
    return problems


@pytest.mark.parametrize("module", MODULES)
def test_docs_equal_the_argument_spec(module: str) -> None:
    action = importlib.import_module(f"ansible_collections.windhcp.failover.plugins.action.{module}")
    assert compare(action.ActionModule.ARGUMENT_SPEC, documented(module), "") == []


@pytest.mark.parametrize("module", MODULES)
def test_every_secret_is_marked(module: str) -> None:
    action = importlib.import_module(f"ansible_collections.windhcp.failover.plugins.action.{module}")
    assert unmarked(action.ActionModule.ARGUMENT_SPEC) == []


def unmarked(spec: Mapping[str, Any]) -> list[str]:
    names = [name for name, option in spec.items() if name == "shared_secret" and not option.get("no_log")]
    return names + [name for option in spec.values() for name in unmarked(option.get("options") or {})]


def test_a_difference_would_be_found() -> None:
    spec = {"a": {"type": "str"}, "b": {"type": "int", "default": 1}}
    docs = {"b": {"type": "int", "default": 2, "description": "B"}, "c": {"description": "C"}}
    assert sorted(compare(spec, docs, "")) == [
        "a is not documented",
        "b.default: 1 in the spec, 2 in the docs",
        "c is documented and no option",
    ]


GROUPS: Mapping[str, Any] = yaml.safe_load((PLUGINS.parent / "meta" / "runtime.yml").read_text(encoding="utf-8"))[
    "action_groups"
]
SHARED = {
    "failover": {"partner_host"},
    "failover_changes": {"partner_host", "allow_clock_skew", *arguments.WAITING, *arguments.SAFETY_COPY},
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_has_every_module_that_takes_its_defaults(group: str) -> None:
    """Of module_defaults: Ansible fails the tasks of one that lacks them."""
    takes = [module for module in MODULES if SHARED[group] <= documented(module).keys()]
    assert GROUPS[group] == [module for module in takes if module != "dhcp_failover_live_check"]  # no default fits it


def test_a_page_names_what_a_group_takes() -> None:
    page = (PLUGINS.parent / "docs" / "docsite" / "rst" / "module_defaults.rst").read_text(encoding="utf-8")
    assert [option for option in SHARED["failover_changes"] if f"``{option}``" not in page] == []
    assert [module for module in GROUPS["failover_changes"] if f"``{module}``" not in page] == []
    assert [group for group in GROUPS if f"``group/windhcp.failover.{group}``" not in page] == []
