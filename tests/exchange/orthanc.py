"""A real Orthanc with DICOMweb for the length of a test: a free port of this computer, its own configuration and storage."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

PLUGINS = Path("/usr/share/orthanc/plugins")
USER = "board:secret"
_START_SECONDS = 60


def find_orthanc() -> str:
    """The program; skips the test with what to install where it is absent, fails it in CI."""
    program = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin:/usr/local/sbin")
    if program and list(PLUGINS.glob("libOrthancDicomWeb.so*")):
        return program
    reason = "Orthanc with DICOMweb is not here: apt-get install orthanc orthanc-dicomweb"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def run_orthanc(folder: Path) -> Iterator[str]:
    """The address of an Orthanc's DICOMweb service, user and password in it; stopped at the end whatever happens."""
    program, port = find_orthanc(), find_free_port()
    configuration = folder / "orthanc.json"
    configuration.write_text(json.dumps(configure(folder, port)), encoding="utf-8")
    with (folder / "orthanc.log").open("wb") as log:
        server = subprocess.Popen([program, str(configuration)], stdout=log, stderr=log)
        try:
            _wait_until_ready(server, f"http://127.0.0.1:{port}/dicom-web/studies", folder / "orthanc.log")
            yield f"http://{USER}@127.0.0.1:{port}/dicom-web"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def configure(folder: Path, port: int) -> dict[str, object]:
    name, password = USER.split(":")
    return {
        "Name": "Cushing Board test",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "Plugins": [str(PLUGINS)],
        "HttpPort": port,
        "HttpBindAddresses": ["127.0.0.1"],
        "DicomServerEnabled": False,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {name: password},
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }


def find_free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Ready when it refuses a stranger: the service answers, and asks who it is."""
    opener = build_opener(ProxyHandler({}))
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            opener.open(Request(url), timeout=2).close()
            return
        except URLError as error:
            if getattr(error, "code", None) == 401:
                return
            time.sleep(0.1)
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"Orthanc did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
