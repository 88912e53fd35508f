# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Headless Chromium over the pipe of its DevTools protocol: opens a page, says what it complains of, takes pictures."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60
# the browser's ends of the pipe have to be 3 and 4
_START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)


class NoChromium(Exception):
    """There is none, and what would bring it."""


def find_chromium() -> str:
    """The program: WINDHCP_CHROMIUM, or the first of NAMES on PATH. Raises NoChromium."""
    named = os.environ.get("WINDHCP_CHROMIUM")
    found = next((path for path in map(shutil.which, [named] if named else NAMES) if path), None)
    if not found:
        looked = named or ", ".join(NAMES)
        raise NoChromium(
            f"no headless Chromium ({looked}); apt-get install chromium brings it, or WINDHCP_CHROMIUM names it"
        )
    return found


class Chromium:
    """The browser, with one tab. `complaints`: what the console was told since the page was opened: errors, exceptions,
    and what the page's policy forbade. `scripts`: whether pages may run their own."""

    def __init__(self, scripts: bool = True) -> None:
        program = find_chromium()
        self.home = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        reads, self.out = (_high(end) for end in os.pipe())
        self.into, writes = (_high(end) for end in os.pipe())
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--no-first-run",
        ]
        options += ["--remote-debugging-pipe", f"--user-data-dir={self.home.name}", "about:blank"]
        options[:0] = [] if scripts else ["--blink-settings=scriptEnabled=false"]
        command = [sys.executable, "-c", _START, str(reads), str(writes), program, *options]
        self.process = subprocess.Popen(
            command,
            pass_fds=(reads, writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self.rest, self.number, self.session = b"", 0, ""
        self.complaints: list[str] = []
        self.events: list[str] = []
        pages = [one for one in self.send("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        self.session = self.send("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.out)
        os.close(self.into)
        self.home.cleanup()

    def send(self, method: str, **parameters: Any) -> Mapping[str, Any]:
        """One command and its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data) :]
        deadline = time.monotonic() + SECONDS
        while True:
            answer = self._next(deadline)
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return dict(answer["result"])
            self._event(answer)

    def wait(self, event: str) -> None:
        """Until the browser has told of it."""
        deadline = time.monotonic() + SECONDS
        while event not in self.events:
            self._event(self._next(deadline))

    def _next(self, deadline: float) -> Mapping[str, Any]:
        while b"\0" not in self.rest:
            ready, _w, _x = select.select([self.into], [], [], max(0, deadline - time.monotonic()))
            assert ready, "the browser does not answer"
            data = os.read(self.into, 1 << 20)
            assert data, "the browser has ended"
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return dict(json.loads(message))

    def _event(self, message: Mapping[str, Any]) -> None:
        method, told = str(message.get("method")), message.get("params", {})
        self.events.append(method)
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(told["args"]))
        elif method == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])

    def open(self, path: Path, fragment: str = "") -> None:
        """A file, until it is loaded."""
        for url in ("about:blank", path.as_uri() + (f"#{fragment}" if fragment else "")):
            self.complaints.clear()
            self.events.clear()
            self.send("Page.navigate", url=url)
            self.wait("Page.loadEventFired")

    def value(self, script: str) -> Any:
        """What a script gives."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, json.dumps(answer["exceptionDetails"])
        return answer["result"].get("value")

    def window(self, width: int, height: int = 900, scale: float = 1) -> None:
        """Its size; below 500 it is a phone's."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 500,
        )

    def prefers(self, scheme: str, media: str = "") -> None:
        """`light` or `dark`; media `print` shows what is printed."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", media=media, features=features)

    def press(self, key: str, **more: Any) -> None:
        """A key, such as Tab."""
        codes = {"Tab": 9, "Enter": 13}
        text = {"text": "\r"} if key == "Enter" else {}
        common = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key], **more}
        self.send("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def picture(self, path: Path, clip: tuple[int, int, int, int] | None = None, whole: bool = False) -> None:
        """A PNG of what is seen, of a part of the page (x, y, width, height), or of the whole page."""
        options: dict[str, Any] = {}
        if whole:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            clip = (0, 0, int(size["width"]), int(size["height"]))
        if clip:
            x, y, width, height = clip
            options = {
                "captureBeyondViewport": True,
                "clip": {"x": x, "y": y, "width": width, "height": height, "scale": 1},
            }
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png", **options)["data"]))

    def paper(self, path: Path) -> None:
        """The page as PDF."""
        path.write_bytes(
            base64.b64decode(self.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])
        )


def _high(end: int) -> int:
    """The same end of a pipe under a number that is not one of the browser's."""
    high = int(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))
    os.close(end)
    return high
