# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""lab.winrm.wsman: requests as dataclasses, replies and faults as SOAP."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import pytest
from lab.winrm import wsman

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:q="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:r="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">
<env:Header><b:MessageID>uuid:11111111-2222-3333-4444-555555555555</b:MessageID>
<q:MaxEnvelopeSize mustUnderstand="true">{size}</q:MaxEnvelopeSize><q:OperationTimeout>{timeout}</q:OperationTimeout>
<q:OptionSet><q:Option Name="WINRS_CONSOLEMODE_STDIN">FALSE</q:Option></q:OptionSet>
<b:Action>{action}</b:Action><q:SelectorSet><q:Selector Name="ShellId">THE-SHELL</q:Selector></q:SelectorSet>
</env:Header><env:Body>{body}</env:Body></env:Envelope>"""


def request(operation: str, body: str = "", size: str = "153600", timeout: str = "PT20S") -> bytes:
    prefix = wsman.TRANSFER if operation in ("Create", "Delete") else wsman.SHELL
    return HEAD.format(action=f"{prefix}/{operation}", body=body, size=size, timeout=timeout).encode()


def receive(size: str = "153600") -> wsman.Receive:
    body = '<r:Receive><r:DesiredStream CommandId="THE-COMMAND">stdout stderr</r:DesiredStream></r:Receive>'
    parsed = wsman.parse(request("Receive", body, size))
    assert isinstance(parsed, wsman.Receive)
    return parsed


def refused(raw: bytes) -> wsman.Fault:
    with pytest.raises(wsman.Fault) as caught:
        wsman.parse(raw)
    return caught.value


def test_every_operation_is_understood_whatever_prefixes_the_client_uses() -> None:
    header = wsman.Header(
        "uuid:11111111-2222-3333-4444-555555555555", 20.0, 153600, {"WINRS_CONSOLEMODE_STDIN": "FALSE"}
    )
    stream = '<r:Send><r:Stream CommandId="C" Name="stdin" End="{}">aGFsbG8=</r:Stream></r:Send>'
    signal = f'<r:Signal CommandId="C"><r:Code>{wsman.SHELL}/signal/terminate</r:Code></r:Signal>'
    assert wsman.parse(request("Create")) == wsman.Create(header)
    assert wsman.parse(request("Delete")) == wsman.Delete(header, "THE-SHELL")
    assert wsman.parse(request("Send", stream.format("false"))) == wsman.Send(header, "THE-SHELL", "C", b"hallo", False)
    assert wsman.parse(request("Send", stream.format("true"))) == wsman.Send(header, "THE-SHELL", "C", b"hallo", True)
    assert wsman.parse(request("Signal", signal)) == wsman.Signal(
        header, "THE-SHELL", "C", f"{wsman.SHELL}/signal/terminate"
    )
    assert receive() == wsman.Receive(header, "THE-SHELL", "THE-COMMAND")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        # core 2.16 to 2.19, and 2.21
        (
            "<r:Command>PowerShell</r:Command><r:Arguments>-NoProfile -Command 1</r:Arguments>",
            "PowerShell -NoProfile -Command 1",
        ),
        ("<r:Command>powershell -NoProfile -Command 1</r:Command>", "powershell -NoProfile -Command 1"),
        ("<r:Command>a</r:Command><r:Arguments>b</r:Arguments><r:Arguments>c</r:Arguments>", "a b c"),
        ("<r:Command>a &amp;&lt; ü</r:Command>", "a &< ü"),
    ],
)
def test_the_command_line_may_come_in_parts(body: str, line: str) -> None:
    parsed = wsman.parse(request("Command", f"<r:CommandLine>{body}</r:CommandLine>"))
    assert isinstance(parsed, wsman.Command)
    assert parsed.line == line


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT20S", 20.0), ("PT0.5S", 0.5), ("PT1M5S", 65.0), ("P1DT2H", 93600.0), ("", 60.0)]
)
def test_timeout(text: str, seconds: float) -> None:
    assert wsman.parse(request("Create", timeout=text)).header.timeout == seconds


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", wsman.INVALID_XML),
        (b"\xff\xfe nonsense", wsman.INVALID_XML),
        (b"<a/>", wsman.SCHEMA_VALIDATION),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', wsman.INVALID_XML),
        (request("Command"), wsman.SCHEMA_VALIDATION),
        (request("Receive"), wsman.SCHEMA_VALIDATION),
        (request("Receive", "<r:Receive><r:DesiredStream/></r:Receive>"), wsman.SCHEMA_VALIDATION),
        (request("Signal", '<r:Signal CommandId="C"/>'), wsman.SCHEMA_VALIDATION),
        (request("Send", '<r:Send><r:Stream CommandId="C">?</r:Stream></r:Send>'), wsman.SCHEMA_VALIDATION),
        (request("Create", timeout="soon"), wsman.SCHEMA_VALIDATION),
        (request("Create", timeout="P"), wsman.SCHEMA_VALIDATION),
        (request("Create", size="8191"), wsman.SCHEMA_VALIDATION),
        (request("Create", size="-1"), wsman.SCHEMA_VALIDATION),
        (request("Enumerate"), wsman.ACTION_NOT_SUPPORTED),
    ],
)
def test_what_is_no_request_is_a_fault(raw: bytes, code: int) -> None:
    assert refused(raw).code == code


def test_a_fault_says_what_pywinrm_looks_for_and_to_which_message_it_belongs() -> None:
    raw = request("Receive")
    root = ElementTree.fromstring(wsman.fault(wsman.timed_out(), wsman.message_id(raw), 'A"<&'))  # noqa: S314
    names = wsman.NAMESPACES | {"f": wsman.FAULT_NAMESPACE}
    detail = root.find("s:Body/s:Fault/s:Detail/f:WSManFault", names)
    assert detail is not None
    assert detail.attrib == {"Code": "2150858793", "Machine": 'A"<&'}
    assert root.findtext("s:Body/s:Fault/s:Code/s:Subcode/s:Value", "", names) == "w:TimedOut"
    assert root.findtext("s:Header/a:RelatesTo", "", names) == "uuid:11111111-2222-3333-4444-555555555555"
    assert wsman.message_id(b"nonsense") == ""


def test_no_reply_is_larger_than_the_client_allows() -> None:
    for size in ("8192", "8193", "8194", "8195", "153600", "900000"):
        asked = receive(size)
        room = wsman.receive_capacity(asked)
        for on_stdout in (0, 1, 2, room // 2, room - 1, room):
            reply = wsman.received(asked, b"\xff" * on_stdout, b"\xff" * (room - on_stdout), -(2**31))
            assert len(reply) <= min(int(size), 512_000)
        assert room > (min(int(size), 512_000) - 2200) * 3 // 4  # and not wastefully small


def test_a_reply_holds_what_was_put_in() -> None:
    def streams(reply: bytes) -> list[tuple[str | None, bytes, str | None]]:
        found = ElementTree.fromstring(reply).iter(f"{{{wsman.SHELL}}}Stream")  # noqa: S314
        return [(one.get("Name"), base64.b64decode(one.text or ""), one.get("End")) for one in found]

    running = wsman.received(receive(), b"\x00\xff", b"", None)
    assert streams(running) == [("stdout", b"\x00\xff", None)]
    assert b"CommandState/Running" in running
    assert b"ExitCode" not in running
    done = wsman.received(receive(), b"", b"no", 7)
    assert streams(done) == [("stderr", b"no", None), ("stdout", b"", "true"), ("stderr", b"", "true")]
    assert b"CommandState/Done" in done
    assert b"<rsp:ExitCode>7</rsp:ExitCode>" in done
