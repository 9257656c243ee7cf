"""A web server of this computer that answers as a test wants: a PACS that lies, stalls, refuses or breaks off."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

JSON = "application/dicom+json"
PARTS = 'multipart/related; type="application/dicom"; boundary=edge'


@dataclass
class Reply:
    """Status, body and its kind; `wait` is waited for before `rest` follows, `claims` says a length the body has not."""

    status: int = 200
    body: bytes = b""
    kind: str = JSON
    wait: threading.Event | None = None
    rest: bytes = b""
    claims: int | None = None


# Longer than anything beside it takes on a busy machine: what ends before has not waited for the rest.
STALLS_S = 120


@contextmanager
def answering(answer: Callable[[str, str, bytes], Reply]) -> Iterator[str]:
    """The address of a server that answers each method, path and body with a reply."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(answer("GET", self.path, b""))

        def do_POST(self) -> None:
            self._reply(answer("POST", self.path, self._read_body()))

        def _read_body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers["Content-Length"]))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size + 2)[:-2]
            self.rfile.readline()
            return body

        def _reply(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(reply.claims or len(reply.body) + len(reply.rest)))
            self.end_headers()
            self.wfile.write(reply.body)
            if reply.wait:
                self.wfile.flush()
                reply.wait.wait(STALLS_S)
            try:
                self.wfile.write(reply.rest)
            except OSError:
                """Who asked has gone, as the test wants."""

        def log_message(self, *words: object) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/dicom-web"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def one_series(images: int, uid: str = "1.2.3") -> Reply:
    """The list of the series of a study: one PET series, with the number of images it claims."""
    series = {
        "00080060": {"vr": "CS", "Value": ["PT"]},
        "0020000E": {"vr": "UI", "Value": [uid]},
        "00201209": {"vr": "IS", "Value": [images]},
    }
    return Reply(body=json.dumps([series]).encode())


def part(file: Path) -> bytes:
    """An image as one part of a multipart answer."""
    return b"--edge\r\nContent-Type: application/dicom\r\n\r\n" + file.read_bytes() + b"\r\n"


END = b"--edge--"
