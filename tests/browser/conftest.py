"""A running app with the synthetic trial, a browser without the internet, and one fresh visit for each journey."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.board import Board
from tests.conftest import PROJECT

OUTPUT = PROJECT / "tests" / "output"
STARTS_WITHIN_S = 120
STOPS_WITHIN_S = 20
SEEN_WITHIN_MS = 60_000
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; a journey without one is skipped, in CI it fails."""
    path = shutil.which("chromium")
    if path is None:
        reason = "Chromium is not installed: sudo apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def trial_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of its own with the synthetic trial; CUSHING_TEST_DATA names a prepared one to copy instead."""
    folder = tmp_path_factory.mktemp("trial") / "data"
    shutil.copytree(os.environ.get("CUSHING_TEST_DATA") or _prepare_once(tmp_path_factory.getbasetemp()), folder)
    return folder


def _prepare_once(own: Path) -> Path:
    """The synthetic trial as it is first prepared; of several processes that test side by side one prepares it for all."""
    common = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    ready = common / "synthetic-trial"
    with (common / "synthetic-trial.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _prepare(common / "synthetic-trial-begun")
            (common / "synthetic-trial-begun").rename(ready)
    return ready


def _prepare(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "sample_data", "prepare"],
        cwd=PROJECT,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, f"the synthetic trial could not be prepared: {made.stderr}"


def find_log(name: str) -> Path:
    """Where a server of this process writes what it says; tests that run side by side have each their own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return OUTPUT / (f"{name}-{worker}.log" if worker else f"{name}.log")


@pytest.fixture(scope="session")
def server(chromium: str, trial_folder: Path) -> Iterator[str]:
    """The address of the app; what the server says is kept in tests/output/."""
    with run_server(trial_folder, find_log("server")) as address:
        yield address


@contextmanager
def run_server(folder: Path, log_file: Path, **more: str) -> Iterator[str]:
    """The address of an app with its own data folder, log and further environment."""
    OUTPUT.mkdir(exist_ok=True)
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none"]
    with log_file.open("wb") as log:
        environment = _environment(folder) | more
        running = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_healthy(f"{address}/_stcore/health", running, log_file)
            yield address
        finally:
            running.terminate()
            _wait_until_gone(running)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=SEEN_WITHIN_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield opened
        opened.close()


@pytest.fixture
def board(server: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Board]:
    """One visit: a window of 1440 by 900, its steps photographed in tests/output/, nothing left unsaid at its end."""
    with visit(browser, server, find_log("server"), request.node.name) as opened:
        yield opened


@contextmanager
def visit(browser: Browser, server: str, log: Path, name: str) -> Iterator[Board]:
    """A fresh window on a server; at its end the server has said nothing bad and nobody else was asked for anything."""
    said_before = log.stat().st_size
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="en-GB")
    context.set_default_timeout(SEEN_WITHIN_MS)
    opened = Board(context.new_page(), server, OUTPUT, name)
    yield opened
    context.close()
    said = log.read_bytes()[said_before:].decode(errors="replace")
    assert "Traceback" not in said, said
    assert not opened.strangers, f"the app asked for something outside this machine: {opened.strangers}"
    assert not opened.complaints, f"the browser's console: {opened.complaints}"


def _environment(folder: Path) -> dict[str, str]:
    """This process's environment with the data folder, and without a database or services of somebody's own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PACS_URL", "REDCAP_URL")}
    return kept | {"CUSHING_DATA": str(folder), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}


def _free_port() -> int:
    with closing(socket.socket()) as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait_until_gone(running: subprocess.Popen[bytes]) -> None:
    """A server in the middle of work on a loaded machine may not hear at once; none is left behind."""
    try:
        running.wait(timeout=STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def _wait_until_healthy(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        assert running.poll() is None, f"the app stopped at once; see {log}"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the app did not answer within {STARTS_WITHIN_S} s; see {log}")
