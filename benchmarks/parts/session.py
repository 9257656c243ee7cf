"""A Streamlit server in a process of its own, and one browser session on it without a browser.

The session speaks what a browser speaks to the server (protocol buffers over a websocket), so that the times are those
of the server: from asking for a page, or moving a widget, to the last message of the script's run.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

PROJECT = Path(__file__).resolve().parents[2]
_PICTURES = ("bidi_component", "imgs")
_REST_SECONDS = 120.0


@dataclass
class Run:
    """One run of the script as the browser sees it; milliseconds from the asking."""

    finished_ms: float = 0.0
    picture_ms: float | None = None
    bytes: int = 0
    elements: list[tuple[str, Any, str]] = field(default_factory=list)
    pages: list[Any] = field(default_factory=list)
    error: str | None = None

    def find_slider(self, start: str) -> tuple[Any, str]:
        """The slider whose label starts so, and the fragment it stands in."""
        return next(
            (element.slider, fragment)
            for kind, element, fragment in self.elements
            if kind == "slider" and element.slider.label.startswith(start)
        )


@contextmanager
def run_server(start: Sequence[str], environment: dict[str, str]) -> Iterator[int]:
    """The port of a fresh server, started as `python -m …`; it is stopped at the end."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    options += ["--client.showErrorDetails", "full"]
    command = [sys.executable, "-m", *start, *options]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **environment}, **quiet)
    try:
        _wait_until_healthy(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_healthy(server: "subprocess.Popen[bytes]", port: int) -> None:
    opener, end = build_opener(ProxyHandler({})), time.monotonic() + _REST_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            opener.open(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.05)
    sys.exit("The server did not start.")


class Session:
    """One browser's connection; `query` is the address's, for example "patient=P003"."""

    def __init__(self, port: int, query: str = "") -> None:
        self._query = query
        self._socket = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, proxy=None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def open_address(self, page_name: str) -> Run:
        """As a browser that opens an address."""
        return self._ask(page_name=page_name)

    def open_page(self, page_hash: str) -> Run:
        """As a click in the navigation."""
        return self._ask(page_script_hash=page_hash)

    def move_slider(self, slider_id: str, value: float, fragment: str, page_hash: str) -> Run:
        """As a slider inside a fragment that is let go at a value."""
        state = {"id": slider_id, "double_array_value": {"data": [value]}}
        return self._ask(page_script_hash=page_hash, fragment_id=fragment, widget_states={"widgets": [state]})

    def _ask(self, **state: Any) -> Run:
        message, run = BackMsg(rerun_script={"query_string": self._query, **state}), Run()
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
        while True:
            data = self._socket.recv(timeout=_REST_SECONDS)
            now = (time.perf_counter() - start) * 1000
            answer = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            run.bytes += len(data)
            _note(run, answer, len(data), now)
            if answer.WhichOneof("type") == "script_finished" and answer.script_finished in _ENDS:
                run.finished_ms = now
                return run


_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


def _note(run: Run, answer: ForwardMsg, size: int, now_ms: float) -> None:
    kind = answer.WhichOneof("type")
    if kind == "navigation":
        run.pages = list(answer.navigation.app_pages)
    if kind != "delta" or answer.delta.WhichOneof("type") != "new_element":
        return
    element = answer.delta.new_element
    what = element.WhichOneof("type")
    if what == "exception":
        run.error = f"{element.exception.type}: {element.exception.message}"
    if what in _PICTURES and (what == "imgs" or size > 5000):
        run.picture_ms = now_ms
    run.elements.append((what, element, answer.delta.fragment_id))
