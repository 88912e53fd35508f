# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Does what the collection's one PowerShell script does: a request (JSON text) in, the same reply (JSON text) out."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from lab.core import api, management_api, metadata, versions
from lab.core.api import CmdletObject, Session
from lab.core.lab import Lab
from lab.core.server import Server
from lab.standin import events
from lab.standin.file_operations import FileOperations, packed
from lab.standin.files import Files, made_for
from lab.standin.holder import Holding, told
from lab.standin.results import Result, failure, refused_in_check_mode, result

MODULE_VERSION = "2.0.0.0"
MASK = "********"
COMPUTER_NAME = re.compile(r"[A-Za-z0-9_:.][A-Za-z0-9._:-]{0,254}")
FILE_WRITES = ("safety_copy", "import_copy", "keep_text", "drop_text")
FILE_READS = ("read_copy", "find_copies", "prove_text", "find_texts", "check_folder")


@dataclass(frozen=True)
class Process:
    """In which the script runs. `files` and `mutex`: those of the session's server. `stop` ends a wait; the reply of a
    run that was stopped reaches nobody. `secrets`: what stands for {"secret": 0}, {"secret": 1} ... in the request."""

    files: Files | None = None
    secrets: Sequence[str] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    mutex: threading.Lock = field(default_factory=threading.Lock)


def run(lab: Lab, session: Session, request_text: str, process: Process | None = None) -> str:
    """The reply. Without a `process`: in one on a server that has no file."""
    process = process or Process()
    mutex, secrets = process.mutex, process.secrets
    script = Script(lab, session, process.stop, process.files or made_for(lab), secrets=secrets)
    reply: dict[str, Any] = {
        "status": "script_error",
        "fingerprint": None,
        "before": [],
        "calls": [],
        "finally": [],
        "errors": [],
    }
    request = json.loads(
        request_text, object_hook=lambda one: secrets[one["secret"]] if set(one) == {"secret"} else one
    )
    script.check_mode = bool(request.get("check_mode"))
    if not request.get("mutex"):
        script.perform(request, reply)
    elif mutex.acquire(timeout=float(request["mutex"])):
        holding = Holding(script.files, script.now(), f"{request.get('who') or ''}", script.user)
        try:
            if not script.check_mode:
                holding.begin()
            script.perform(request, reply)
            if not script.check_mode:
                holding.end()  # a run that is killed leaves its word behind
        finally:
            mutex.release()
    else:
        reply["status"] = "busy"
        name = f"Global\\windhcp.failover.{script.server.computer_name}"
        reply["errors"] = [failure("windhcp.busy", "ResourceBusy", name, told(script.files))]
    now = script.now()
    reply["clock"] = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"
    return text({"changed": False, "reply": reply})


def text(value: Any) -> str:
    """JSON as the script writes it: durations in whole seconds, times in UTC, fractions as text, as all else."""
    return json.dumps(plain(value), separators=(",", ":"), ensure_ascii=True)


def plain(value: Any) -> Any:
    if isinstance(value, str):  # half a pair of UTF-16 is no character
        return value if value.isascii() else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, timedelta):
        return value // timedelta(seconds=1)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, IPv4Address):
        return str(value)
    if isinstance(value, float):
        return f"{value:g}"  # six digits are what a single shows in every PowerShell
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    return value


@dataclass
class Script:
    """One run of the script. `secrets`: values that its messages must not show."""

    lab: Lab
    session: Session
    stop: threading.Event
    files: Files
    check_mode: bool = False
    secrets: Sequence[str] = ()
    waited: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # seconds, for each computer

    def perform(self, request: Mapping[str, Any], reply: dict[str, Any]) -> None:
        before = list(request.get("before") or ())
        reply["before"] = [self.operation(call) for call in before]
        reply["fingerprint"] = fingerprint(before, reply["before"])
        if request.get("fingerprint"):
            if request["fingerprint"] != reply["fingerprint"]:
                reply["status"] = "changed_meanwhile"
                return
            reply["before"] = []
        reply["status"] = "done"
        self.calls(request.get("calls") or (), reply)
        again = list(request.get("finally") or ())
        reply["finally"] = [self.operation(call) for call in again]
        if again:
            reply["fingerprint"] = fingerprint(again, reply["finally"])

    def calls(self, calls: Sequence[Mapping[str, Any]], reply: dict[str, Any]) -> None:
        for call in calls:
            said = self.operation(call)
            reply["calls"].append(said)
            if said["errors"]:
                reply["status"] = "stopped"
                return

    def operation(self, call: Mapping[str, Any]) -> Result:
        operations: dict[str, Callable[[], Result]] = {
            "cmdlet": lambda: self.cmdlet(call),
            "wait_until": lambda: self.wait(call),
            "export": lambda: self.export(call),
            "probe_partner": lambda: self.probe(call),
            "who_when": self.who_when,
            "compare_clock": lambda: self.compare_clock(call),
            "service": lambda: self.service(call),
            "module_files": self.module_files,
            "find_events": lambda: events.find(self.lab, self.session, call),
            "probe_api": lambda: self.api(call, management_api.GET),
            "remove_member_here": lambda: self.api(call, management_api.DELETE_SCOPES),
            "remove_relationship_here": lambda: self.api(call, management_api.DELETE),
            **dict.fromkeys((*FILE_WRITES, *FILE_READS), lambda: self.file_operation(call)),
        }
        bad = bad_name(call)
        if bad is not None:
            refused = failure("windhcp.computer_name", "InvalidArgument", bad, f"'{bad}' is no name of a computer.")
            return {"id": call["id"], **result(errors=[refused])}
        if call.get("only_if"):
            shown = self.wait(call["only_if"])
            if shown["errors"]:
                return {"id": call["id"], **shown, "objects": []}
        name = str(call.get("op"))
        missing = failure("windhcp.no_such_operation", "InvalidArgument", name, f"There is no operation '{name}'.")
        said = operations.get(name, lambda: result(errors=[missing]))()
        return {"id": call["id"], **said}

    def cmdlet(self, call: Mapping[str, Any]) -> Result:
        name = str(call["cmdlet"])
        known = next((one for one in self.module if one.lower() == name.lower()), None)
        if known is None:
            return result(
                errors=[
                    failure("windhcp.no_such_cmdlet", "ObjectNotFound", name, f"The DhcpServer module has no {name}.")
                ]
            )
        if self.check_mode and not name.lower().startswith(("get-", "export-dhcpserver")):
            return refused_in_check_mode(name)
        parameters = call.get("parameters") or {}
        computer = str(parameters.get("ComputerName", ""))
        while True:
            objects, errors, warnings = self.invoke(known, parameters)
            again = bool(errors) and self.waited[computer] < int(call.get("retry_seconds") or 0)
            if not again or any(error["id"].split(",")[0] not in (call.get("retry_on") or ()) for error in errors):
                break
            begin = self.lab.elapsed()
            self.sleep(2)
            self.waited[computer] += self.lab.elapsed() - begin
        select = call.get("select") or ()
        shown = [api.shown(one) for one in objects]
        chosen = [{key: one[key] for key in select if key in one} for one in shown]
        return result(chosen, errors, [self.hidden(warning) for warning in warnings])

    def invoke(
        self, name: str, parameters: Mapping[str, Any]
    ) -> tuple[Sequence[CmdletObject], list[dict[str, str]], Sequence[str]]:
        try:
            bound = metadata.from_json(name, parameters, self.module)
            metadata.check_binding(name, bound)
        except metadata.BindingError as error:
            why = f"{name} does not bind its parameters: {error.error_id} {error.parameter}".strip()
            return (), [failure("windhcp.binding", "InvalidArgument", error.parameter, why)], ()
        outcome = self.lab.invoke(self.session, name, bound, self.files.found(str(bound.get("File", ""))))
        for path, content in outcome.files.items():
            self.files.write(path, content, self.now())
        errors: list[dict[str, str]] = []
        for e in outcome.errors:
            message = f"{e.message} {e.details}" if e.details and e.details != e.message else e.message
            one = failure(f"{e.id},{e.swallowed_of or name}", e.category, self.hidden(e.target), self.hidden(message))
            errors += [one] if one not in errors else []
        return outcome.objects, errors, outcome.warnings

    def wait(self, call: Mapping[str, Any]) -> Result:
        started = self.lab.elapsed()
        tolerated_since: float | None = None
        while True:
            said = self.cmdlet(call)
            if said["errors"]:
                return said
            match = call.get("match") or {}
            said["objects"] = [
                one for one in said["objects"] if all(plain(one.get(key)) == match[key] for key in match)
            ]
            seen = [str(one.get(call["property"])) for one in said["objects"]]
            pending = [value for value in seen if value not in call["values"]]
            if seen and not pending:
                return said
            passing = [*(call.get("while") or ())]
            tolerated, now = call.get("tolerated") or (), self.lab.elapsed()
            if tolerated_since is None and any(value in tolerated for value in pending):
                tolerated_since = now
            late = now - started >= call["timeout"] or self.stop.is_set()
            if not late and tolerated_since is not None and now - tolerated_since < int(call.get("grace") or 0):
                passing += tolerated
            refused = [value for value in pending if value not in passing]
            if refused or not seen:
                words = " ".join(refused)
                said["errors"] = [
                    failure("windhcp.wait_refused", "InvalidResult", words, f"{call['property']} is '{words}'.")
                ]
                return said
            if late:
                words = " ".join(pending)
                still = f"{call['property']} is still '{words}' after {call['timeout']} s."
                said["errors"] = [failure("windhcp.wait_timeout", "OperationTimeout", words, still)]
                return said
            self.sleep(call["interval_ms"] / 1000)

    def export(self, call: Mapping[str, Any]) -> Result:
        path = f"C:\\Windows\\Temp\\windhcp-{uuid.uuid4()}.xml"
        said = self.file_operations().export(path, call.get("parameters") or {})
        for content in self.files.found(path).values():
            said["objects"] = [packed(content)]
        self.files.remove(path)
        return said

    def file_operation(self, call: Mapping[str, Any]) -> Result:
        name = str(call["op"])
        if name in FILE_WRITES and self.check_mode:
            return refused_in_check_mode(name)
        operations = self.file_operations()
        return operations.run(getattr(operations, name), call)

    def file_operations(self) -> FileOperations:
        return FileOperations(self.files, self.server.computer_name, self.now, self.cmdlet, self.sleep)

    def probe(self, call: Mapping[str, Any]) -> Result:
        if call.get("resolve"):
            return result([{"addresses": self.lab.resolve(str(call["server"]), self.server)}])
        version = {"cmdlet": "Get-DhcpServerVersion", "parameters": {"ComputerName": call.get("server")}}
        return self.cmdlet({**version, "select": ["MajorVersion", "MinorVersion"]})

    def who_when(self) -> Result:
        who = {
            "computer": self.server.computer_name,
            "host_name": self.server.host_name,
            "domain": self.server.domain,
            "user": self.user,
            "os_build": platform.release(),
            "language_mode": "FullLanguage",
            "module_version": MODULE_VERSION,
            "powershell": "built-in stand-in",
        }
        return result([who])

    def api(self, call: Mapping[str, Any], function: str) -> Result:
        if self.check_mode and function in management_api.WRITES:
            return refused_in_check_mode(function)
        name = str(call.get("relationship") or "")
        if not self.server.management_api:
            return result(
                errors=[failure("windhcp.no_api", "NotInstalled", name, "Unable to load DLL 'dhcpsapi.dll'.")]
            )
        scopes = tuple(map(IPv4Address, call.get("scopes") or ()))
        outcome = self.lab.call_api(self.session, function, name, scopes, str(call.get("server") or "127.0.0.1"))
        code = management_api.code(outcome)
        if code:
            family = "DHCP" if 20000 <= code <= 20999 else "WIN32"
            return result(errors=[failure(f"{family} {code}", "NotSpecified", name, f"{function} answered {code}.")])
        if function == management_api.CLOCK:
            return result([{"clock": one.properties["Time"]} for one in outcome.objects])
        return result(
            [{"name": one.properties["Name"], "scopes": one.properties["ScopeId"]} for one in outcome.objects]
        )

    def service(self, call: Mapping[str, Any]) -> Result:
        if self.check_mode:
            return refused_in_check_mode("the operation 'service'")
        self.lab.switch_service(self.session.server, "stopped" if call["state"] == "stopped" else "running")
        return result()

    def module_files(self) -> Result:
        return result(
            [
                {
                    "name": "metadata.json",
                    "sha256": hashlib.sha256(
                        Path(metadata.__file__).with_name("metadata.json").read_bytes()
                    ).hexdigest(),
                }
            ]
        )

    def compare_clock(self, call: Mapping[str, Any]) -> Result:
        clocks = []
        for server in (None, call.get("server"), None):
            said = self.api({"server": server}, management_api.CLOCK)
            if said["errors"]:
                return said
            clocks.append(said["objects"][0]["clock"])
        return result([dict(zip(("before", "there", "after"), clocks, strict=True))])

    @property
    def user(self) -> str:
        domain, _slash, user = self.session.user.rpartition("\\")
        return f"{domain or self.server.computer_name}\\{user}"

    @property
    def module(self) -> Mapping[str, metadata.Cmdlet]:
        return versions.module(self.server.version())

    @property
    def server(self) -> Server:
        return self.lab.servers[self.session.server]

    def now(self) -> datetime:
        return self.lab.now(self.session.server)

    def sleep(self, seconds: float) -> bool:
        return self.lab.wait(seconds, self.stop)

    def hidden(self, message: str) -> str:
        for secret in filter(None, self.secrets):
            message = message.replace(secret, MASK)
        return message


def bad_name(call: Mapping[str, Any]) -> str | None:
    """What stands for a computer, and cannot be the name of one."""
    parameters = {key.lower(): value for key, value in (call.get("parameters") or {}).items()}
    names = [
        call.get("server"),
        *(parameters.get(key) for key in ("computername", "cn", "partnerserver", "cimsession")),
    ]
    return next((str(name) for name in names if name is not None and not COMPUTER_NAME.fullmatch(str(name))), None)


def fingerprint(calls: Sequence[Mapping[str, Any]], results: Sequence[Result]) -> str:
    """Of what the reads said that are to be held to it, without the properties that change by themselves."""
    lines: list[str] = []
    for call, said in zip(calls, results, strict=True):
        if call.get("fingerprint"):
            volatile = call.get("volatile") or ()
            lines += [text({key: one[key] for key in one if key not in volatile}) for one in said["objects"]]
            lines.append(text([error["id"] for error in said["errors"]]))
    return hashlib.sha256("\n".join(lines).encode("ascii")).hexdigest()
