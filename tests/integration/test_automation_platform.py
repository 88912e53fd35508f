# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""examples/automation-platform: what its two playbooks hand to the collections that talk to a controller. Stand-ins of
these write down what they get; what a controller would do with it is told by schemas of ours only (tests/declared)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from declared.automation_platform import EXAMPLE, GIVEN, objects, schema
from harness import ROOT, printed
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

ACTION = """
import json
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        call = {self._task.action.split(".")[-1]: self._task.args}
        with open("said.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(call, default=dict) + "\\n")
        return {"changed": False}
"""
ROLE = [
    {
        "name": "Write down what the role gets",
        "ansible.builtin.copy": {"content": "{{ dict(names | zip(values)) | to_json }}", "dest": "{{ place }}"},
        "vars": {
            "names": "{{ lookup('ansible.builtin.varnames', '^controller_', wantlist=true) }}",
            "values": "{{ query('ansible.builtin.vars', *names) }}",
            "place": "{{ lookup('ansible.builtin.env', 'SAID') }}",
        },
    }
]
MODULES = schema("awx")["properties"]
MODULE_OF = {
    "controller_inventories": "inventory",
    "controller_templates": "job_template",
    "controller_workflows": "workflow_job_template",
}


@pytest.fixture
def standins(tmp_path: Path) -> Path:
    """A folder of collections with both of them."""
    collections = tmp_path / "ansible_collections"
    actions, tasks = (
        collections / "awx/awx/plugins/action",
        collections / "infra/aap_configuration/roles/dispatch/tasks",
    )
    for folder in (actions, tasks):
        folder.mkdir(parents=True)
    for module in MODULES:
        (actions / f"{module}.py").write_text(ACTION, encoding="utf-8")
    (tasks / "main.yml").write_text(yaml.safe_dump(ROLE), encoding="utf-8")
    (tmp_path / "secrets.yml").write_text(yaml.safe_dump(GIVEN), encoding="utf-8")
    return tmp_path


def configure(which: str, standins: Path) -> str:
    """Runs a playbook of the example as its README says."""
    return printed(
        str(Path(sys.executable).parent / "ansible-playbook"),
        str(ROOT / EXAMPLE / f"configure_{which}.yml"),
        "-e",
        "@secrets.yml",
        folder=standins,
        seconds=120,
        ANSIBLE_COLLECTIONS_PATH=str(standins),
        SAID=str(standins / "said.json"),
    )


def wanted() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return objects([str(path.relative_to(ROOT)) for path in (ROOT / EXAMPLE / "objects").glob("*.yml")])


@pytest.mark.parametrize(("which", "collection"), [("aap", "infra.aap_configuration"), ("awx", "awx.awx")])
def test_what_it_needs_is_in_its_requirements(which: str, collection: str) -> None:
    needs = yaml.safe_load((ROOT / EXAMPLE / f"requirements_{which}.yml").read_text(encoding="utf-8"))
    assert collection in [one["name"] for one in needs["collections"]]


def test_the_role_gets_the_objects(standins: Path) -> None:
    configure("aap", standins)
    assert json.loads((standins / "said.json").read_text(encoding="utf-8")) == wanted()


def test_the_modules_get_the_same_objects_in_full(standins: Path) -> None:
    printed_by_it = configure("awx", standins)
    assert [
        secret
        for secret in (GIVEN["windhcp_dhcp_password"], GIVEN["windhcp_failover_secret"])
        if secret in printed_by_it
    ] == []
    said = [json.loads(line) for line in (standins / "said.jsonl").read_text(encoding="utf-8").splitlines()]
    known = Registry().with_resource("aap_configuration", Resource.from_contents(schema("aap_configuration")))
    valid = Draft202012Validator(schema("awx"), registry=known)
    assert [f"{call}: {error.message}" for call in said for error in valid.iter_errors(call)] == []
    assert {module for call in said for module in call} == MODULES.keys()

    for kind, several in wanted().items():
        module = MODULE_OF.get(kind, kind.removeprefix("controller_").removesuffix("s"))
        for entry in several:
            whole = {key: value for key, value in entry.items() if key != "simplified_workflow_nodes"}
            assert given(said, module, whole), whole
            for node in entry.get("simplified_workflow_nodes", ()):
                links = {key: node[key] for key in node.keys() & {"success_nodes"}}
                itself = {key: value for key, value in node.items() if key not in links}
                where = {"workflow_job_template": entry["name"], "organization": entry["organization"]}
                assert given(said, "workflow_job_template_node", {**where, **itself}), itself
                assert given(
                    said, "workflow_job_template_node", {**where, "identifier": node["identifier"], **links}
                ), links


def given(said: Sequence[Mapping[str, Any]], module: str, options: Mapping[str, Any]) -> bool:
    """Whether a task had all of these options."""
    return any(options.items() <= call[module].items() for call in said if module in call)
