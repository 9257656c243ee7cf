"""Whether the synthetic trial is already there: asked at every start of the app, so it loads neither database nor images."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

MARKER = "sample_data.json"
DATABASE = "cushing.db"
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Marker:
    """What the file written last remembers of a finished trial; the size of the database is that of the SQLite file."""

    synthetic_patients: int
    studies: int
    database_bytes: int


def find_data_folder() -> Path:
    """The folder that `store.data_folder` names."""
    return Path(os.environ.get("CUSHING_DATA") or PROJECT / "var").expanduser().resolve()


def read_marker(data_folder: Path) -> Marker | None:
    """None when the trial was never finished here, or the file cannot be understood."""
    try:
        return Marker(**json.loads((data_folder / MARKER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def find_ready(data_folder: Path) -> Marker | None:
    """The marker, when the SQLite database it was written for is still there; None when only the database can say.

    A new, empty database in the place of the old one is much smaller than what the marker remembers.
    """
    marker, database = read_marker(data_folder), data_folder / DATABASE
    if marker is None or os.environ.get("DATABASE_URL") or not database.is_file():
        return None
    return marker if database.stat().st_size >= marker.database_bytes / 2 > 0 else None


def write_marker(data_folder: Path, patients: int, studies: int) -> None:
    """Written whole or not at all, after everything else and with the database closed."""
    database = data_folder / DATABASE
    marker = Marker(patients, studies, database.stat().st_size if database.is_file() else 0)
    partial = data_folder / f".{MARKER}.part"
    partial.write_text(json.dumps(asdict(marker)) + "\n", encoding="utf-8")
    partial.replace(data_folder / MARKER)
