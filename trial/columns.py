"""The cohort file's data dictionary: which columns there are, in which rows, and what a cell may hold. Data: columns.toml."""

import csv
import io
import math
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from trial.targets import load_plan

COLUMN_FILE = Path(__file__).with_name("columns.toml")
YES_NO = {"yes": True, "no": False}
Kind = Literal["text", "date", "number", "words", "yes_no"]
Value = str | float | bool | date | None


class CellError(ValueError):
    """A cell that cannot be read: what is wrong and what would be right."""


@dataclass(frozen=True)
class Column:
    """One column; `rows`: the units ("patient", "lesion") whose rows may use it; `words`: the only ones it takes."""

    name: str
    rows: tuple[str, ...]
    kind: Kind
    words: tuple[str, ...]
    required: bool
    says: str

    def read(self, cell: str) -> Value:
        """The cell as a value, None when it is empty. Raises CellError."""
        text = cell.strip()
        if not text:
            return None
        if self.kind == "date":
            return _read_date(text)
        if self.kind == "number":
            return _read_number(text)
        if self.kind in ("words", "yes_no") and text not in self.words:
            raise CellError(f"{text!r} is not one of {', '.join(self.words)}")
        return YES_NO[text] if self.kind == "yes_no" else text


@lru_cache(maxsize=1)
def load_columns() -> dict[str, Column]:
    """Every column by its name, in the order of the file."""
    blocks = tomllib.loads(COLUMN_FILE.read_text(encoding="utf-8"))["column"]
    tests = [test.code for test in load_plan().tests]
    shared = [block for block in blocks if "{test}" not in block["name"]]
    each = [block for block in blocks if "{test}" in block["name"]]
    named = [{**block, "name": block["name"].format(test=test)} for test in tests for block in each]
    return {block["name"]: _read_column(block) for block in (*shared, *named)}


def write_dictionary() -> str:
    """The data dictionary as CSV: column, rows, kind, words, required, meaning."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["column", "rows", "kind", "words", "required", "meaning"])
    for column in load_columns().values():
        required = "yes" if column.required else "no"
        writer.writerow(
            [column.name, " ".join(column.rows), column.kind, " ".join(column.words), required, column.says]
        )
    return text.getvalue()


def _read_column(block: dict[str, Any]) -> Column:
    plan, kind = load_plan(), block["kind"]
    lists = {"subtype": plan.subtypes, "site": plan.sites, "yes_no": tuple(YES_NO)}
    words = tuple(kind) if isinstance(kind, list) else lists.get(kind, ())
    rows = ("patient", "lesion") if block["row"] == "both" else (block["row"],)
    name: Kind = "yes_no" if kind == "yes_no" else "words" if words else kind
    return Column(block["name"], rows, name, words, block.get("required", False), block["says"])


def _read_date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise CellError(f"{text!r} is not a day; write it as 2026-03-31")
    return day


def _read_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        hint = "; use a point for decimals" if "," in text else ""
        raise CellError(f"{text!r} is not a number{hint}") from None
    if not math.isfinite(number) or number < 0:
        raise CellError(f"{text!r}: a finite number, 0 or more, is needed")
    return number
