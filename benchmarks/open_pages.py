"""How long the server takes to open every page of the synthetic trial, and to draw the next slice.

Prints JSON, beside a bare Streamlit page with a table of the same size and ready-made pictures in the same run. `first_ms`
is the first page of a fresh server, `visit_ms` the first visit on a server that has shown the worklist, `after_ms` the
median of later visits; the slider's time is from letting it go to the picture. It works on a copy of the prepared trial
(CUSHING_DATA or var), or makes one, and changes nothing there.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from benchmarks.parts.session import Run, Session, run_server  # noqa: E402
from sample_data.ready import DATABASE, find_data_folder, find_ready  # noqa: E402

STARTS = {"views": ["views"], "streamlit": ["streamlit", "run", "app.py"]}
BARE = ["streamlit", "run", str(Path(__file__).parent / "parts" / "bare_page.py")]
PATIENT = "P003"
TARGETS = {"first_ms": 1500, "after_ms": 400, "slice_ms": 60}

Numbers = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="fresh servers for each page")
    parser.add_argument("--visits", type=int, default=8, help="later visits of each page")
    parser.add_argument("--start", choices=STARTS, default="views", help="how the server is started: python -m …")
    parser.add_argument("--moves", type=int, default=40, help="moves of the slice slider")
    asked = parser.parse_args()
    with prepared_trial() as folder:
        environment = {"CUSHING_DATA": str(folder), "DATABASE_URL": "", "PACS_URL": ""}
        bare = measure_app(BARE, {}, asked, lambda pages: "")
        ours = measure_app(STARTS[asked.start], environment, asked, find_imaging)
    compare(ours, bare)
    found = {"benchmark": "open_pages", "start": asked.start, "targets": TARGETS, **ours, "bare": bare}
    print(json.dumps(found, indent=2))


@contextmanager
def prepared_trial() -> Iterator[Path]:
    """A data folder to measure on: the database copied, the volumes linked."""
    ready = find_data_folder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if find_ready(ready) is None:
            command = [sys.executable, "-m", "sample_data", "prepare"]
            subprocess.run(
                command, check=True, cwd=PROJECT, env={**os.environ, "CUSHING_DATA": name}, stdout=sys.stderr
            )
        else:
            copy_database(ready / DATABASE, folder / DATABASE)
            for part in ("volumes", "previews"):
                (folder / part).symlink_to(ready / part)
        yield folder


def copy_database(source: Path, target: Path) -> None:
    """A copy as of one moment, also while another server writes."""
    original, copy = sqlite3.connect(f"file:{source}?mode=ro", uri=True), sqlite3.connect(target)
    original.backup(copy)
    original.close()
    copy.close()


def find_imaging(pages: dict[str, str]) -> str:
    return next(address for address in pages if address.startswith("imaging"))


def measure_app(
    start: list[str],
    environment: dict[str, str],
    asked: argparse.Namespace,
    with_slices: Callable[[dict[str, str]], str],
) -> Numbers:
    """Every page first and after, and the slider of the page with slices."""
    with run_server(start, environment) as port, Session(port, f"patient={PATIENT}") as session:
        pages = {page.url_pathname: page.page_script_hash for page in session.open_address("").pages} or {"": ""}
        after = [{address: session.open_page(page) for address, page in pages.items()} for _ in range(asked.visits + 1)]
        address = with_slices(pages)
        slider = measure_slider(session, pages[address], asked.moves)
    first = [{address: open_fresh(start, environment, address) for address in pages} for _ in range(asked.rounds)]
    return {
        "pages": {address or "start": summarise(address, first, after) for address in pages},
        "slice": slider,
    }


def open_fresh(start: list[str], environment: dict[str, str], address: str) -> Run:
    with run_server(start, environment) as port, Session(port, f"patient={PATIENT}") as session:
        return session.open_address(address)


def measure_slider(session: Session, page: str, moves: int) -> Numbers:
    """The slice slider moved one slice at a time; the first moves are not counted."""
    slider, fragment = session.open_page(page).find_slider("Slice of")
    middle = int(slider.max) // 2
    runs = [
        session.move_slider(slider.id, float((middle + move) % int(slider.max)), fragment, page)
        for move in range(moves + 5)
    ][5:]
    return {"picture": spread([run.picture_ms or run.finished_ms for run in runs]), "run": spread_of(runs)}


def summarise(address: str, first: list[dict[str, Run]], visits: list[dict[str, Run]]) -> Numbers:
    after = visits[1:]
    later = spread_of([visit[address] for visit in after])
    error = next((visit[address].error for visit in after if visit[address].error), None)
    found = {
        "first_ms": round(median(visit[address].finished_ms for visit in first)),
        "visit_ms": round(visits[0][address].finished_ms),
        "after_ms": round(later["median_ms"]),
        "after_p95_ms": round(later["p95_ms"]),
        "sent_kb": round(median(visit[address].bytes for visit in after) / 1024),
    }
    return found | {"error": error} if error else found


def spread_of(runs: list[Run]) -> Numbers:
    return spread([run.finished_ms for run in runs])


def spread(times_ms: list[float]) -> Numbers:
    last = quantiles(times_ms, n=20)[-1] if len(times_ms) > 1 else times_ms[0]
    return {"median_ms": round(median(times_ms), 1), "p95_ms": round(last, 1)}


def compare(ours: Numbers, bare: Numbers) -> None:
    """Ratios to the bare page, and whether each target is met."""
    peer = next(iter(bare["pages"].values()))
    for page in ours["pages"].values():
        page |= {f"{when}_ratio": round(page[f"{when}_ms"] / peer[f"{when}_ms"], 1) for when in ("first", "after")}
        page["meets"] = "error" not in page and all(page[key] < TARGETS[key] for key in ("first_ms", "after_ms"))
    slices = ours["slice"]
    slices["ratio"] = round(slices["picture"]["median_ms"] / bare["slice"]["picture"]["median_ms"], 1)
    slices["meets"] = slices["picture"]["median_ms"] < TARGETS["slice_ms"]


if __name__ == "__main__":
    main()
