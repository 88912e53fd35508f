# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""WS-Management as a WinRM client speaks it: SOAP requests into dataclasses, replies and faults into SOAP.

Only the operations of the Windows remote shell (MS-WSMV 3.1.4): Create, Command, Send, Receive, Signal, Delete.
PowerShell Remoting uses the same ones: its messages are base64 in them (MS-PSRP 3.1.5.3). Fault codes are those of
wsmerror.h. Nothing here keeps state; shells.py and psrp/pool.py do."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
POWERSHELL = "http://schemas.microsoft.com/powershell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": SHELL,
    "x": TRANSFER,
    "p": POWERSHELL,
}
FAULT_NAMESPACE = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"

MAX_ENVELOPE = 512_000  # MaxEnvelopeSizekb of Windows, 500, for requests as for replies
MIN_ENVELOPE = 8192  # DSP0226: the least a client may ask for
DEFAULT_TIMEOUT = 60.0  # MaxTimeoutms of Windows

ACTION_NOT_SUPPORTED = 2150858771
ENVELOPE_TOO_LARGE = 2150858790
OPERATION_TIMED_OUT = 2150858793
SCHEMA_VALIDATION = 2150858817
INVALID_XML = 2150858819
UNKNOWN_SHELL = 2150858843  # ERROR_WSMAN_UNEXPECTED_SELECTORS
INTERNAL_ERROR = 1359  # ERROR_INTERNAL_ERROR


class Fault(Exception):
    """A SOAP fault. ``subcode``: its qualified name, ``sender``: whether the client is to blame."""

    def __init__(self, code: int, subcode: str, reason: str, sender: bool = True) -> None:
        super().__init__(reason)
        self.code, self.subcode, self.reason, self.sender = code, subcode, reason, sender


def timed_out() -> Fault:
    text = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."
    return Fault(OPERATION_TIMED_OUT, "w:TimedOut", text, sender=False)


def unknown_shell(shell_id: str | None) -> Fault:
    text = f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was not found."
    return Fault(UNKNOWN_SHELL, "w:InvalidSelectors", text)


def malformed(what: str, code: int = SCHEMA_VALIDATION) -> Fault:
    return Fault(code, "w:SchemaValidationError", f"The request cannot be processed: {what}.")


def too_large(size: int, limit: int) -> Fault:
    return Fault(ENVELOPE_TOO_LARGE, "w:EncodingLimit", f"The request has {size} bytes, more than {limit}.")


# ------------------------------------------------------------------ requests


@dataclass(frozen=True)
class Header:
    """``timeout`` in seconds, ``max_envelope`` in bytes, ``options`` by name, such as WINRS_CONSOLEMODE_STDIN.

    ``configuration``: the session configuration of a shell that is a runspace pool (``powershell``). Its requests
    without a command are about the pool: command_id ""."""

    message_id: str
    timeout: float
    max_envelope: int
    options: Mapping[str, str]
    configuration: str = ""

    @property
    def powershell(self) -> bool:
        return bool(self.configuration)


@dataclass(frozen=True)
class Create:
    """``shell_id``: as the client chose it, or "". ``messages``: the first of PowerShell Remoting."""

    header: Header
    shell_id: str = ""
    messages: bytes = b""


@dataclass(frozen=True)
class Delete:
    header: Header
    shell_id: str


@dataclass(frozen=True)
class Command:
    """``line``: command and arguments as the one text that cmd.exe gets, or ``messages`` of PowerShell Remoting."""

    header: Header
    shell_id: str
    line: str
    command_id: str = ""
    messages: bytes = b""


@dataclass(frozen=True)
class Send:
    header: Header
    shell_id: str
    command_id: str
    data: bytes
    end: bool


@dataclass(frozen=True)
class Receive:
    header: Header
    shell_id: str
    command_id: str


@dataclass(frozen=True)
class Signal:
    header: Header
    shell_id: str
    command_id: str
    code: str


Request = Create | Delete | Command | Send | Receive | Signal


def parse(raw: bytes) -> Request:
    """The body of one HTTP request. Raises Fault for anything that is no request of a remote shell."""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise malformed("a document type is not allowed", INVALID_XML)
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 (no document type, at most MAX_ENVELOPE bytes)
    except ElementTree.ParseError as error:
        raise malformed(f"it is no XML ({error})", INVALID_XML) from error
    header = _header(root)
    action = _text(root, "s:Header/a:Action")
    if action == f"{TRANSFER}/Create":
        return _create(root, header)
    shell_id = _text(root, "s:Header/w:SelectorSet/w:Selector[@Name='ShellId']")
    if action == f"{TRANSFER}/Delete":
        return Delete(header, shell_id)
    if action == f"{SHELL}/Command":
        return _command(root, header, shell_id)
    if action == f"{SHELL}/Send":
        return _send(root, header, shell_id)
    if action == f"{SHELL}/Receive":
        stream = _element(root, "s:Body/rsp:Receive/rsp:DesiredStream")
        return Receive(header, shell_id, _command_id(stream, header))
    if action == f"{SHELL}/Signal":
        signal = _element(root, "s:Body/rsp:Signal")
        return Signal(header, shell_id, _attribute(signal, "CommandId"), _text(signal, "rsp:Code"))
    raise Fault(ACTION_NOT_SUPPORTED, "a:ActionNotSupported", f"The action {action} is not supported.")


def message_id(raw: bytes) -> str:
    """The MessageID of a request that may be malformed; "" if it shows none."""
    found = re.search(rb"MessageID[^>]*>\s*([^<\s]+)", raw)
    return found.group(1).decode("utf-8", "replace") if found else ""


def operation(request: Request) -> str:
    """Its name for the audit log."""
    return type(request).__name__


def _header(root: ElementTree.Element) -> Header:
    size = root.findtext("s:Header/w:MaxEnvelopeSize", str(MAX_ENVELOPE), NAMESPACES)
    if not size.isdecimal() or int(size) < MIN_ENVELOPE:
        raise malformed(f"MaxEnvelopeSize {size!r} is no number of at least {MIN_ENVELOPE}")
    options = root.findall("s:Header/w:OptionSet/w:Option", NAMESPACES)
    resource = root.findtext("s:Header/w:ResourceURI", "", NAMESPACES)
    return Header(
        message_id=_text(root, "s:Header/a:MessageID"),
        timeout=_seconds(root.findtext("s:Header/w:OperationTimeout", "", NAMESPACES)),
        max_envelope=min(int(size), MAX_ENVELOPE),
        options={one.get("Name", ""): one.text or "" for one in options},
        configuration=resource.removeprefix(f"{POWERSHELL}/") if resource.startswith(f"{POWERSHELL}/") else "",
    )


def _create(root: ElementTree.Element, header: Header) -> Create:
    if not header.powershell:
        return Create(header)
    shell = _element(root, "s:Body/rsp:Shell")
    return Create(header, _attribute(shell, "ShellId"), _base64(_text(shell, "p:creationXml")))


def _command(root: ElementTree.Element, header: Header, shell_id: str) -> Command:
    line = _element(root, "s:Body/rsp:CommandLine")
    arguments = [one.text or "" for one in line.findall("rsp:Arguments", NAMESPACES)]
    if header.powershell:
        return Command(header, shell_id, "", _attribute(line, "CommandId"), _base64("".join(arguments)))
    return Command(header, shell_id, " ".join([_text(line, "rsp:Command"), *arguments]))


def _send(root: ElementTree.Element, header: Header, shell_id: str) -> Send:
    stream = _element(root, "s:Body/rsp:Send/rsp:Stream")
    data = _base64(stream.text or "")
    return Send(header, shell_id, _command_id(stream, header), data, stream.get("End", "").lower() == "true")


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise malformed("the stream is no base64") from error


def _command_id(stream: ElementTree.Element, header: Header) -> str:
    return stream.get("CommandId", "") if header.powershell else _attribute(stream, "CommandId")


def _seconds(duration: str) -> float:
    """An xs:duration without years and months, such as PT20S or PT1M0.5S."""
    if not duration:
        return DEFAULT_TIMEOUT
    match = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", duration)
    if not match or not any(match.groups()):
        raise malformed(f"OperationTimeout {duration!r} is no duration")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _element(root: ElementTree.Element, path: str) -> ElementTree.Element:
    found = root.find(path, NAMESPACES)
    if found is None:
        raise malformed(f"{path} is missing")
    return found


def _text(root: ElementTree.Element, path: str) -> str:
    text = (_element(root, path).text or "").strip()
    if not text:
        raise malformed(f"{path} is empty")
    return text


def _attribute(element: ElementTree.Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise malformed(f"{name} is missing")
    return value


# ------------------------------------------------------------------ replies


def created(request: Create, shell_id: str) -> bytes:
    resource = escape(f"{POWERSHELL}/{request.header.configuration}" if request.header.powershell else f"{SHELL}/cmd")
    body = (
        f"<x:ResourceCreated><a:Address>http://localhost/wsman</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{resource}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
        f"</x:ResourceCreated><rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId></rsp:Shell>"
    )
    return _envelope(f"{TRANSFER}/CreateResponse", request.header.message_id, body)


def deleted(request: Delete) -> bytes:
    return _envelope(f"{TRANSFER}/DeleteResponse", request.header.message_id, "")


def command_started(request: Command, command_id: str) -> bytes:
    body = f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"
    return _envelope(f"{SHELL}/CommandResponse", request.header.message_id, body)


def sent(request: Send) -> bytes:
    return _envelope(f"{SHELL}/SendResponse", request.header.message_id, "<rsp:SendResponse/>")


def signalled(request: Signal) -> bytes:
    return _envelope(f"{SHELL}/SignalResponse", request.header.message_id, "<rsp:SignalResponse/>")


def received(request: Receive, stdout: bytes, stderr: bytes, exit_code: int | None) -> bytes:
    """``exit_code`` None: more output follows, the command's state is Running."""
    command = quoteattr(request.command_id)
    done = exit_code is not None
    parts = [
        f'<rsp:Stream Name="{name}" CommandId={command}>{base64.b64encode(data).decode()}</rsp:Stream>'
        for name, data in (("stdout", stdout), ("stderr", stderr))
        if data
    ]
    if done:
        parts += [f'<rsp:Stream Name="{name}" CommandId={command} End="true"/>' for name in ("stdout", "stderr")]
    code = f"<rsp:ExitCode>{exit_code}</rsp:ExitCode>" if done else ""
    state = f"{SHELL}/CommandState/{'Done' if done else 'Running'}"
    parts.append(f'<rsp:CommandState CommandId={command} State="{state}">{code}</rsp:CommandState>')
    body = f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"
    return _envelope(f"{SHELL}/ReceiveResponse", request.header.message_id, body)


def received_messages(request: Receive, messages: bytes, done: bool) -> bytes:
    """Messages of PowerShell Remoting, for the pool or for one of its pipelines. ``done``: the pipeline has no more."""
    command = f" CommandId={quoteattr(request.command_id)}" if request.command_id else ""
    body = f'<rsp:Stream Name="stdout"{command}>{base64.b64encode(messages).decode()}</rsp:Stream>'
    if command:
        body += f'<rsp:CommandState{command} State="{SHELL}/CommandState/{"Done" if done else "Running"}"/>'
    return _envelope(
        f"{SHELL}/ReceiveResponse", request.header.message_id, f"<rsp:ReceiveResponse>{body}</rsp:ReceiveResponse>"
    )


def receive_capacity(request: Receive) -> int:
    """How many bytes of output one reply to this request holds without being larger than its MaxEnvelopeSize."""
    # a byte in each stream and the longest exit code: the frame at its largest, less the 8 characters of their base64
    frame = len(received(request, b"x", b"x", -(2**31))) - 8
    # two streams are padded to whole groups of four characters each
    return (request.header.max_envelope - frame) // 4 * 3 - 6


def fault(error: Fault, relates_to: str, machine: str) -> bytes:
    blame = "s:Sender" if error.sender else "s:Receiver"
    reason = escape(error.reason)
    body = (
        f"<s:Fault><s:Code><s:Value>{blame}</s:Value><s:Subcode><s:Value>{error.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason><s:Detail>'
        f'<f:WSManFault xmlns:f="{FAULT_NAMESPACE}" Code="{error.code}" Machine={quoteattr(machine)}>'
        f"<f:Message>{reason}</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    return _envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", relates_to, body)


def _envelope(action: str, relates_to: str, body: str) -> bytes:
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return (
        f'<s:Envelope xml:lang="en-US" {names}><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID><a:To>{ANONYMOUS}</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
