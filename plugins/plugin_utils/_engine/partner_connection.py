# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A connection of its own to the partner, as the inventory describes it: `partner_host`.

Ansible gives an action plugin one connection, to the task's host. The second one is made as the task executor makes the
first: the connection plugin by its name, its options out of the host's variables (templated on access), become as the
host or the task says. Seen to work on ansible-core 2.16, 2.18, 2.19 and 2.21."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import constants as C  # noqa: N812
from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import become_loader, connection_loader

from .._model.refusal import Refused
from .._windows.errors import Unreachable
from . import tcp_port


class PartnerAction(ActionBase):  # type: ignore[misc]
    """Runs a module on the partner for `action`. Close it when the task ends."""

    def __init__(self, action: Any, host: str, task_vars: Mapping[str, Any]) -> None:
        hostvars = task_vars.get("hostvars") or {}
        if host not in hostvars:
            raise Refused(
                f"partner_host: '{host}' is no host of the inventory; write the partner's name there, or leave it out."
            )
        self._partner_vars = {"inventory_hostname": host, "inventory_hostname_short": host.split(".")[0]}
        variables = hostvars[host]
        name = variables.get("ansible_connection", action._play_context.connection)
        context = action._play_context.copy()
        context.remote_addr = variables.get("ansible_host", host)
        connection = connection_loader.get(name, context, None)
        if connection is None:
            raise Refused(f"partner_host: there is no connection plugin '{name}' for '{host}'.")
        options = _plugin_variables("connection", connection._load_name, variables)
        prefix = f"ansible_{connection.extras_prefix}_"
        extras = (
            {key: variables[key] for key in variables if key.startswith(prefix) and key not in options}
            if connection.allow_extras
            else {}
        )
        connection.set_options(var_options={**self._partner_vars, **options, "_extras": extras})
        if boolean(variables.get("ansible_become", action._task.become), strict=False):  # templated, it can be text
            become = become_loader.get(variables.get("ansible_become_method", action._task.become_method or "runas"))
            keys = {"become_user": action._task.become_user, "become_flags": action._task.become_flags}
            become.set_options(task_keys=keys, var_options=_plugin_variables("become", become._load_name, variables))
            connection.set_become_plugin(become)
        task = action._task.copy()
        task.delegate_to = None  # this connection is the partner's, wherever the task itself was sent
        super().__init__(
            task=task,
            connection=connection,
            play_context=context,
            loader=action._loader,
            templar=action._templar,
            shared_loader_obj=action._shared_loader_obj,
        )

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Nothing runs it as a task. Raises NotImplementedError."""
        raise NotImplementedError("a partner is asked with execute()")

    def execute(self, module: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Raises Unreachable where the partner cannot be reached: that the task's own host can be is known by
        then."""
        try:
            result: Mapping[str, Any] = self._execute_module(module, dict(arguments), task_vars=self._partner_vars)
        except AnsibleConnectionFailure as failure:
            name = self._partner_vars["inventory_hostname"]
            heard, asked = tcp_port.listen(self._connection)
            raise Unreachable(
                f"partner_host: {name} cannot be reached ({failure}). Look at ansible_host, and at WinRM or SSH there; "
                "or leave partner_host out (in the role: failover_use_partner_host: false).",
                heard,
                asked,
            ) from failure
        return result

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def _plugin_variables(kind: str, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a host's variables that a plugin takes its options from."""
    return {key: variables[key] for key in C.config.get_plugin_vars(kind, name) if key in variables}
