# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The example of Automation Platform and AWX: its objects, as infra.aap_configuration would get them. Neither that
collection nor a controller is at hand. So what is held is that the objects are of the shapes that schemas of ours
describe, and that all that one of them names is there: another object, a file or a group of the project, a variable of
the playbook."""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from docsite.playbooks import PLAYBOOKS, playbooks
from jsonschema import Draft202012Validator

from declared import base
from declared.base import text, wrong
from declared.pull import REPOSITORY

EXAMPLE = "examples/automation-platform"
SCHEMAS = Path(__file__).with_name("schemas")
# what its user gives it (README)
GIVEN = {
    "windhcp_dhcp_password": "unused",
    "windhcp_failover_secret": "unused-as-well",
    "windhcp_image": "registry.contoso.example/windhcp-ee:1",
    "windhcp_repository": "https://git.contoso.example/dhcp-failover.git",
}
APART = {"live_check"}  # for two servers that may be lost, which no controller knows
Objects = Mapping[str, Sequence[Mapping[str, Any]]]
_REFERS = {
    "credential_type": "credential_types",
    "credentials": "credentials",
    "project": "projects",
    "source_project": "projects",
    "inventory": "inventories",
    "execution_environment": "execution_environments",
    "unified_job_template": "templates",
}
_LINKS = ("success_nodes", "failure_nodes", "always_nodes")
_TEMPLATE = re.compile(r"\{\{ (\w+) \}\}")


def objects(names: Sequence[str]) -> Objects:
    """The variables of infra.aap_configuration in these files, without templates, as plain data."""
    loader, raw = DataLoader(), dict[str, Any]()
    since_2_19 = "trusted_as_template" in inspect.signature(loader.load_from_file).parameters
    trusted: dict[str, Any] = {"trusted_as_template": True} if since_2_19 else {}
    for name in names:
        raw |= loader.load_from_file(str(base.ROOT / name), **trusted)
    ours = {name: value for name, value in raw.items() if not name.startswith("dhcp_")}
    found: Objects = json.loads(json.dumps(Templar(loader, variables={**GIVEN, **raw}).template(ours)))
    return found


def schema(name: str) -> Any:
    """A schema of ours, of tests/declared/schemas."""
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def controller(names: Sequence[str]) -> None:
    """Every shape, then every reference; each look relies on the ones before."""
    data = objects(names)
    for look in (_shapes, _references, _files, _secrets, _templates, _nodes, _schedules):
        wrong(EXAMPLE, list(look(data)))


def _shapes(data: Objects) -> Iterator[str]:
    for error in Draft202012Validator(schema("aap_configuration")).iter_errors(data):
        yield f"{error.json_path}: {error.message}"


def _entries(data: Objects) -> Iterator[Mapping[str, Any]]:
    """Objects, and nodes of workflows."""
    for several in data.values():
        for entry in several:
            yield entry
            yield from entry.get("simplified_workflow_nodes", ())


def _references(data: Objects) -> Iterator[str]:
    defined = {kind: {one["name"] for one in data[f"controller_{kind}"]} for kind in _REFERS.values()}
    for entry in _entries(data):
        for key, kind in _REFERS.items():
            named = entry.get(key) or []
            several = [named] if isinstance(named, str) else named
            yield from (f"{key} {one} is not defined" for one in several if one not in defined[kind])


def _files(data: Objects) -> Iterator[str]:
    """What jobs take from the project. Each of its playbooks is one of the collection's."""
    for entry in _entries(data):
        for key in ("playbook", "source_path"):
            if key in entry and not (base.ROOT / REPOSITORY / entry[key]).is_file():
                yield f"{key} {entry[key]} is not in the repository"
    for path in sorted((base.ROOT / REPOSITORY / "playbooks").glob("*.yml")):
        imported = yaml.safe_load(path.read_text(encoding="utf-8"))[0]["ansible.builtin.import_playbook"]
        if imported != f"windhcp.failover.{path.stem}":
            yield f"playbooks/{path.name} imports {imported}"


def _secrets(data: Objects) -> Iterator[str]:
    """The fields of a credential, from their definition to the variables of the repository."""
    used = "".join(path.read_text(encoding="utf-8") for path in (base.ROOT / REPOSITORY).rglob("*.yml"))
    fields: dict[str, set[str]] = {}
    for entry in data["controller_credential_types"]:
        known = fields[entry["name"]] = {field["id"] for field in entry["inputs"]["fields"]}
        yield from (f"required: {one} is no field" for one in set(entry["inputs"]["required"]) - known)
        yield from (f"{field['id']} is shown" for field in entry["inputs"]["fields"] if not field.get("secret"))
        for variable, template in entry["injectors"]["extra_vars"].items():
            yield from (f"{variable}: {one} is no field" for one in _TEMPLATE.findall(template) if one not in known)
            if f"{{{{ {variable} }}}}" not in used:
                yield f"{variable} is nowhere in the repository"
    for entry in data["controller_credentials"]:
        strange = entry["inputs"].keys() - fields.get(entry["credential_type"], set())
        yield from (f"{one} is no field of {entry['credential_type']}" for one in strange)


def questions(entry: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Of the survey of a template or a workflow."""
    found: Sequence[Mapping[str, Any]] = entry.get("survey_spec", {}).get("spec", ())
    return found


@functools.cache
def takes(playbook: str) -> Set[str]:
    """The variables that a playbook of the collection reads, by itself or by its roles."""
    (book,) = (one for one in playbooks() if one.name == playbook)
    names = {variable.name for variable in book.variables}
    for role in book.roles:
        specs = yaml.safe_load(text(f"roles/{role}/meta/argument_specs.yml"))["argument_specs"]
        names |= specs["main"]["options"].keys() - set(book.roles[role])
    return names


def _templates(data: Objects) -> Iterator[str]:
    """Each playbook has one, which asks for nothing that the playbook does not know. What only shows what it would do,
    unless it is told otherwise, asks."""
    templates = data["controller_templates"]
    named = {Path(entry["playbook"]).stem for entry in templates}
    every = {path.stem for path in PLAYBOOKS.glob("*.yml")}
    yield from (f"there is no template of {one}" for one in sorted(every - named - APART))
    for entry in templates:
        name, known = entry["name"], takes(Path(entry["playbook"]).stem)
        asked = {question["variable"]: question for question in questions(entry)}
        yield from (f"{name}: {one} is no variable of it" for one in {*asked, *entry.get("extra_vars", ())} - known)
        yield from (
            f"{name}: {one}: no choice is {question['default']}" for one, question in asked.items() if _no(question)
        )
        if "failover_dry_run" in known and asked.get("failover_dry_run", {}).get("default") != "true":
            yield f"{name}: is not dry by default"


def _no(question: Mapping[str, Any]) -> bool:
    return "choices" in question and question["default"] not in question["choices"]


def _nodes(data: Objects) -> Iterator[str]:
    """What a node says, its template has to ask for; what follows on it is there."""
    templates = {entry["name"]: entry for entry in data["controller_templates"]}
    for workflow in data["controller_workflows"]:
        nodes = workflow["simplified_workflow_nodes"]
        known = {node["identifier"] for node in nodes}
        next_ones = {one for node in nodes for key in _LINKS for one in node.get(key, ())}
        yield from (f"{workflow['name']}: there is no node {one}" for one in next_ones - known)
        if len(known) < len(nodes) or len(known - next_ones) != 1:
            yield f"{workflow['name']}: does not begin with one node"
        if workflow.get("ask_variables_on_launch"):
            yield f"{workflow['name']}: variables of a launch replace what one job hands to the next"
        asked = {question["variable"] for question in questions(workflow)}
        for node in nodes:
            template = templates.get(node.get("unified_job_template", ""), {})
            takes_it = {question["variable"] for question in questions(template)}
            if template and not template["ask_variables_on_launch"]:
                yield from (f"{template['name']} does not ask for {one}" for one in asked - takes_it)
            for key in ("job_type", "limit", "diff_mode", "job_slice_count"):
                says = key in node or (key == "limit" and template and workflow.get("ask_limit_on_launch"))
                if says and not template.get(f"ask_{key}_on_launch"):
                    yield f"{template.get('name')} does not ask for the {key} that {workflow['name']} has"


def _schedules(data: Objects) -> Iterator[str]:
    templates = {entry["name"]: entry for entry in data["controller_templates"]}
    for entry in data["controller_schedules"]:
        template = templates.get(entry["unified_job_template"], {})
        asked = {question["variable"] for question in questions(template)}
        given = entry.get("extra_data", {}).keys()
        yield from (f"{entry['name']}: {one} is not asked for" for one in given - asked)
        needed = {question["variable"] for question in questions(template) if question["required"]}
        # nobody answers: a controller refuses what is required and not given, whatever the default
        yield from (f"{entry['name']}: {one} is not answered" for one in needed - given)
        if "job_slice_count" in entry and not template.get("ask_job_slice_count_on_launch"):
            yield f"{entry['name']}: slices are not asked for"
