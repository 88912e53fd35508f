# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A connection of its own to the partner, as the play would make it to that host: `partner_host`.

Ansible gives an action plugin one connection, to the task's host. The second one is made as the task executor makes the
first: variables of the inventory, the play and the task, keywords of the task, and what the command line gives to all
hosts, but nothing that is the task's own host's. Seen to work on ansible-core 2.16, 2.18 and 2.19."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Mapping
from typing import Any

from ansible import constants as C  # noqa: N812
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.playbook.play_context import PlayContext
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import become_loader, connection_loader
from ansible.template import Templar

from .._model.refusal import Refused
from .._model.texts import plain_causes, short
from .._windows.errors import Unreachable
from . import tcp_port
from .logon import check_shell


class PartnerAction(ActionBase):  # type: ignore[misc]
    """Runs a module on the partner for `action`. Close it when the task ends."""

    def __init__(self, action: Any, host: str, task_vars: Mapping[str, Any]) -> None:
        self._host = host
        task = action._task.copy()
        try:
            self._variables = _variables(action, task, host, task_vars)
            templar = Templar(loader=action._loader, variables=self._variables)
            context = _context(task, host, self._variables, templar)
            connection = _connection(task, context, self._variables, templar)
        except AnsibleError as error:
            raise Refused(
                f"partner_host: no connection to {host} can be made of what the inventory and the play say: "
                f"{short(str(error))}"
            ) from error
        check_shell(connection, host, "partner_host: ")
        super().__init__(
            task=task,
            connection=connection,
            play_context=context,
            loader=action._loader,
            templar=templar,
            shared_loader_obj=action._shared_loader_obj,
        )

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Nothing runs it as a task. Raises NotImplementedError."""
        raise NotImplementedError("a partner is asked with execute()")

    def execute(self, module: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Raises Unreachable where the partner cannot be reached: that the task's own host can be is known by
        then."""
        try:
            result: Mapping[str, Any] = self._execute_module(module, dict(arguments), task_vars=self._variables)
        except AnsibleConnectionFailure as failure:
            heard, asked = tcp_port.listen(self._connection)
            cause = plain_causes(str(failure))
            raise Unreachable(
                f"partner_host: {self._host} cannot be reached ({cause}). Look at ansible_host, and at WinRM or SSH "
                "there; or leave partner_host out (in the role: failover_use_partner_host: false).",
                heard,
                asked,
                (self._host, tcp_port.place(self._connection)[0]),
            ) from failure
        return result

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def _variables(action: Any, task: Any, host: str, task_vars: Mapping[str, Any]) -> dict[str, Any]:
    """What the partner's variables are in this play, as if the task were sent there; the task itself is by then, and
    no longer delegated. Raises Refused."""
    if host not in (task_vars.get("hostvars") or {}):
        raise Refused(
            f"partner_host: '{host}' is no host of the inventory; write the partner's name there, or leave it out."
        )
    task.delegate_to = host
    known, name = task.get_variable_manager().get_delegated_vars_and_hostname(action._templar, task, task_vars)
    task.delegate_to = None
    own = {"inventory_hostname": host, "inventory_hostname_short": host.split(".")[0]}
    return {**known["ansible_delegated_vars"][name], **own}


def _context(task: Any, host: str, variables: Mapping[str, Any], templar: Any) -> Any:
    """From what the command line gives to all hosts, which the worker process has: the context of the action has the
    passwords of its host in it by now."""
    given = getattr(multiprocessing.current_process(), "_play_context", None) or PlayContext(play=task.get_play())
    context = given.set_task_and_variable_override(task=task, variables=variables, templar=templar)
    context.post_validate(templar=templar)
    context.remote_addr = context.remote_addr or host
    return context


def _connection(task: Any, context: Any, variables: Mapping[str, Any], templar: Any) -> Any:
    """A connection with its shell and become plugin, and all their options. Raises Refused."""
    name = _said(("ansible_connection",), variables, templar).get("ansible_connection") or task.connection
    context.connection = name
    connection = connection_loader.get(name, context, None)
    if connection is None:
        raise Refused(f"partner_host: there is no connection plugin '{name}'.")
    keywords = {**task.dump_attrs(), "timeout": context.timeout}  # the task's own is about the task
    del keywords["retries"]  # likewise
    if context.password:
        keywords["password"] = context.password
    options = _options("connection", connection, variables, templar)
    if getattr(connection, "allow_extras", False):
        prefix = f"ansible_{connection.extras_prefix}_"
        extras = [key for key in variables if key.startswith(prefix) and key not in options]
        options["_extras"] = _said(extras, variables, templar)
    connection.set_options(task_keys=keywords, var_options={"_extras": {}, **options})
    shell = connection._shell
    shell.set_options(task_keys=keywords, var_options=_options("shell", shell, variables, templar))
    if become := _become(task, variables, templar):
        if context.become_pass:
            keywords["become_pass"] = context.become_pass
        become.set_options(task_keys=keywords, var_options=_options("become", become, variables, templar))
        connection.set_become_plugin(become)
        context.set_become_plugin(become.name)
    return connection


def _become(task: Any, variables: Mapping[str, Any], templar: Any) -> Any:
    """The become plugin, or none: the host's variables come before the task's keywords. Raises Refused."""
    said = _said(("ansible_become", "ansible_become_method"), variables, templar)
    asked = said.get("ansible_become")
    if not (task.become if asked is None else boolean(asked)):
        return None
    name = said.get("ansible_become_method") or task.become_method
    become = become_loader.get(name)
    if become is None:
        raise Refused(f"partner_host: there is no become plugin '{name}'.")
    return become


def _options(kind: str, plugin: Any, variables: Mapping[str, Any], templar: Any) -> dict[str, Any]:
    """What a host's variables say of a plugin's options."""
    return _said(C.config.get_plugin_vars(kind, plugin._load_name), variables, templar)


def _said(names: Iterable[str], variables: Mapping[str, Any], templar: Any) -> dict[str, Any]:
    """Variables with their templates resolved; in one mapping, so that what is omitted is left out of it."""
    found: dict[str, Any] = templar.template({name: variables[name] for name in names if name in variables})
    return found
