# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The example of AWX. The collection that reads it, infra.aap_configuration, is on Galaxy only. So what is held is that
each key is one that it has (its documentation, and that of awx.awx), and that all that is named is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from declared import base
from declared.base import text, wrong
from declared.pull import REPOSITORY, groups

_EVERY = {"name", "description", "organization", "state"}
_KEYS: Mapping[str, set[str]] = {
    "controller_credential_types": {"kind", "inputs", "injectors"},
    "controller_credentials": {"credential_type", "inputs", "user", "team", "update_secrets"},
    "controller_execution_environments": {"image", "credential", "pull"},
    "controller_projects": {
        *("scm_type", "scm_url", "scm_branch", "scm_refspec", "scm_credential", "scm_clean", "scm_update_on_launch"),
        *("scm_update_cache_timeout", "allow_override", "default_environment", "timeout", "update_project", "wait"),
    },
    "controller_inventories": {"variables", "kind", "host_filter", "instance_groups"},
    "controller_inventory_sources": {
        *("inventory", "source", "source_project", "source_path", "source_vars", "credential", "overwrite"),
        *("overwrite_vars", "update_on_launch", "update_cache_timeout", "execution_environment", "host_filter"),
        *("enabled_var", "enabled_value", "limit", "scm_branch", "timeout", "verbosity"),
    },
    "controller_templates": {
        *("job_type", "inventory", "project", "playbook", "execution_environment", "credentials", "limit", "forks"),
        *("diff_mode", "allow_simultaneous", "job_slice_count", "ask_job_type_on_launch", "ask_diff_mode_on_launch"),
        *("ask_limit_on_launch", "ask_variables_on_launch", "extra_vars", "job_tags", "skip_tags", "timeout"),
        *("verbosity", "scm_branch", "become_enabled", "survey_enabled", "survey_spec", "use_fact_cache"),
    },
    "controller_schedules": {"unified_job_template", "rrule", "enabled", "extra_data", "inventory", "limit"},
}
_VALUES: Mapping[str, set[str]] = {
    "job_type": {"run", "check"},
    "scm_type": {"git", "svn", "insights", "archive"},
    "source": {"scm", "file", "constructed"},
    "kind": {"cloud", "net", "smart", "constructed"},
}
_REFERS = {
    "credential_type": "credential_types",
    "credentials": "credentials",
    "project": "projects",
    "source_project": "projects",
    "inventory": "inventories",
    "execution_environment": "execution_environments",
    "unified_job_template": "templates",
}
_TEMPLATE = re.compile(r"\{\{ (\w+) \}\}")
_RULE = re.compile(
    r"DTSTART(?:;TZID=[\w/+-]+)?:\d{8}T\d{6}Z? RRULE:FREQ=(?:MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)"
    r";INTERVAL=[1-9]\d*(?:;(?:COUNT=\d+|UNTIL=\d{8}T\d{6}Z|BYDAY=[A-Z0-9,+-]+|BYHOUR=[\d,]+|BYMINUTE=[\d,]+))*"
)


def controller(names: Sequence[str]) -> None:
    """Every key and every reference."""
    for name in names:
        data = yaml.load(text(name), _Loader)  # noqa: S506 - a safe one
        wrong(name, [*_keys(data), *_references(data), *_files(data), *_secrets(data)])


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((kind, entry) for kind, several in data.items() for entry in several)


def _keys(data: Mapping[str, Any]) -> Iterator[str]:
    for kind, entry in _entries(data):
        if kind not in _KEYS:
            yield f"there is no {kind}"
            continue
        yield from (f"{kind} have no {key}" for key in entry.keys() - _KEYS[kind] - _EVERY)
        yield from (f"{key}: {entry[key]}" for key in _VALUES if key in entry and entry[key] not in _VALUES[key])
        if "rrule" in entry and not _RULE.fullmatch(entry["rrule"]):
            yield f"rrule: {entry['rrule']}"


def _references(data: Mapping[str, Any]) -> Iterator[str]:
    defined = {kind: {one["name"] for one in data.get(f"controller_{kind}", ())} for kind in _REFERS.values()}
    for _kind, entry in _entries(data):
        for key, kind in _REFERS.items():
            named = entry.get(key) or []
            yield from (
                f"{key} {one} is not defined"
                for one in ([named] if isinstance(named, str) else named)
                if one not in defined[kind]
            )


def _files(data: Mapping[str, Any]) -> Iterator[str]:
    """What jobs take from the project, which is the repository of the other example."""
    for _kind, entry in _entries(data):
        for key in ("playbook", "source_path"):
            if key in entry and not (base.ROOT / REPOSITORY / entry[key]).is_file():
                yield f"{key} {entry[key]} is not in the repository"
        if entry.get("limit") and entry["limit"] not in groups():
            yield f"limit: there is no group {entry['limit']}"


def _secrets(data: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a credential, from their definition to the variables of the repository."""
    used = "".join(path.read_text(encoding="utf-8") for path in (base.ROOT / REPOSITORY).rglob("*.yml"))
    fields: dict[str, set[str]] = {}
    for entry in data.get("controller_credential_types", ()):
        known = fields[entry["name"]] = {field["id"] for field in entry["inputs"]["fields"]}
        yield from (f"required: {one} is no field" for one in set(entry["inputs"].get("required", ())) - known)
        for variable, template in entry["injectors"]["extra_vars"].items():
            yield from (f"{variable}: {one} is no field" for one in _TEMPLATE.findall(template) if one not in known)
            if f"{{{{ {variable} }}}}" not in used:
                yield f"{variable} is nowhere in the repository"
    for entry in data.get("controller_credentials", ()):
        strange = entry.get("inputs", {}).keys() - fields.get(entry["credential_type"], set())
        yield from (f"{one} is no field of {entry['credential_type']}" for one in strange)


class _Loader(yaml.SafeLoader):
    """With Ansible's tag."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]
