"""A REDCap project on this machine: answers the documented API requests, or fails the way servers do."""

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

from exchange.csv_table import read_table
from exchange.redcap_dictionary import LABELS, Dictionary

TOKEN = "A1B2C3D4E5F60718293A4B5C6D7E8F90"
Answer = tuple[int, str]


class WebRedcap:
    """One project. `fail` may answer a request (its parameters) in another way; `asked` keeps what was requested."""

    def __init__(self, dictionary: Dictionary, records: bytes) -> None:
        self.dictionary = dictionary
        self.records = records
        self.asked: list[dict[str, str]] = []
        self.fail: Callable[[dict[str, str]], Answer | None] = lambda _: None
        self.address = ""

    def answer(self, asked: dict[str, str]) -> Answer:
        """As REDCap's API documents it: content, format csv, type flat."""
        self.asked.append(asked)
        failed = self.fail(asked)
        if failed is not None:
            return failed
        if asked.get("token") != TOKEN:
            return 403, '{"error":"You do not have permissions to use the API"}'
        if (asked.get("content"), asked.get("format")) == ("metadata", "json"):
            return 200, json.dumps([{name: getattr(one, name) for name in LABELS} for one in self.dictionary.fields])
        contents = {"metadata": self._metadata, "exportFieldNames": self._field_names, "record": self._records}
        if asked.get("format") != "csv" or asked.get("content") not in contents:
            return 400, "ERROR: The value of the parameter “content” is not valid"
        return 200, contents[asked["content"]]()

    def _metadata(self) -> str:
        return _write([list(LABELS), *([getattr(one, name) for name in LABELS] for one in self.dictionary.fields)])

    def _field_names(self) -> str:
        rows = [["original_field_name", "choice_value", "export_field_name"]]
        for one in self.dictionary.fields:
            codes = list(one.choices) if one.field_type == "checkbox" else [""]
            rows += [[one.field_name, code, column] for code, column in zip(codes, one.columns, strict=True)]
        return _write(rows)

    def _records(self) -> str:
        """Only the fields that were asked for, where any were."""
        named = {value for name, value in self.asked[-1].items() if name.startswith("fields[")}
        columns = {column for one in self.dictionary.fields for column in one.columns if one.field_name in named}
        header, *rows = read_table(self.records).rows
        places = [place for place, name in enumerate(header) if not named or name in columns]
        return _write([[row[place] for place in places] for row in (header, *rows)])


def _write(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@contextmanager
def serve_redcap(project: WebRedcap) -> Iterator[WebRedcap]:
    """The project behind an address of its own while the block runs."""

    class _Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, text = project.answer({name: values[0] for name, values in parse_qs(body).items()})
            content = text.encode("utf-8")
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            if status in (301, 302):
                self.send_header("Location", f"{project.address}elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), _Api)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    project.address = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield project
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
