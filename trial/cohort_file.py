"""The cohort as one CSV file, in and out: a row for each patient and one for each lesion.

The columns are those of columns.toml (`python -m trial columns` prints them): `patient_id`, `unit` ("patient" or "lesion")
and `eligible`, then what is known. Comma or semicolon, UTF-8 with or without BOM. A file is read whole or not at all: every
bad cell is named with its row (the header is row 1) and field.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from trial.columns import CellError, Column, Value, load_columns
from trial.participant import IndexRead, Lesion, Participant, Reference
from trial.targets import load_plan

READ_FIELDS = ("done", "result", "subtype", "site", "missing_reason", "suv_max", "uptake_minutes")
NEVER_EMPTY = ("patient_id", "unit")
Cells = dict[str, Value]


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one cell; `row` counts lines of the table with the header as 1, `field` is the column."""

    row: int
    field: str
    says: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.field}: {self.says}"


class CohortFileError(ValueError):
    """A file that was refused, with every fault found in it."""

    def __init__(self, faults: Iterable[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class _Row:
    number: int
    cells: Cells

    @property
    def patient_id(self) -> str:
        return str(self.cells["patient_id"])


def read_cohort_file(file: Path) -> tuple[Participant, ...]:
    """Everybody in the file, in its order. Raises CohortFileError with every fault, or OSError."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CohortFileError(
            [RowFault(1, "file", f"not UTF-8 text at byte {error.start}: save it as UTF-8")]
        ) from None
    return read_cohort(text)


def read_cohort(text: str) -> tuple[Participant, ...]:
    """Everybody in the CSV text. Raises CohortFileError with every fault."""
    header, rows = _read_table(text)
    faults = list(_check_header(header))
    if faults:
        raise CohortFileError(faults)
    known: list[_Row] = []
    for number, cells in rows:
        values, wrong = _read_row(number, header, cells)
        faults += wrong
        if not wrong:
            known.append(_Row(number, values))
    faults += _check_rows(known)
    if faults:
        raise CohortFileError(sorted(faults, key=lambda fault: fault.row))
    lesions: dict[str, list[Lesion]] = {}
    for row in known:
        if row.cells["unit"] == "lesion":
            lesions.setdefault(row.patient_id, []).append(_make_lesion(row.cells))
    patients = (row for row in known if row.cells["unit"] == "patient")
    return tuple(_make_participant(row.cells, tuple(lesions.get(row.patient_id, ()))) for row in patients)


def write_cohort(participants: Iterable[Participant]) -> str:
    """The CSV text that `read_cohort` reads back the same."""
    text = io.StringIO()
    writer = csv.DictWriter(text, tuple(load_columns()), lineterminator="\n")
    writer.writeheader()
    for person in participants:
        writer.writerow(_write_patient(person))
        writer.writerows(_write_lesion(person.patient_id, lesion) for lesion in person.lesions)
    return text.getvalue()


def _read_table(text: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    first = text.split("\n", 1)[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    rows = [(number, row) for number, row in enumerate(table, 1) if number == 1 or any(cell.strip() for cell in row)]
    return [name.strip() for name in rows[0][1]] if rows else [], iter(rows[1:])


def _check_header(header: list[str]) -> Iterator[RowFault]:
    columns = load_columns()
    for name in dict.fromkeys(header):
        if name not in columns:
            near = get_close_matches(name, columns, 1)
            hint = f"did you mean {near[0]}?" if near else "`python -m trial columns` lists them"
            yield RowFault(1, name or "(no name)", f"there is no such column; {hint}")
        elif header.count(name) > 1:
            yield RowFault(1, name, "the column is there twice")
    for column in columns.values():
        if column.required and column.name not in header:
            yield RowFault(1, column.name, "the column is missing")


def _read_row(number: int, header: list[str], row: list[str]) -> tuple[Cells, list[RowFault]]:
    if len(row) != len(header):
        says = f"{len(row)} cells where the header has {len(header)}"
        return {}, [RowFault(number, "row", says)]
    cells: Cells = {}
    faults = []
    columns = load_columns()
    for name, cell in zip(header, row, strict=True):
        try:
            cells[name] = columns[name].read(cell)
        except CellError as error:
            faults.append(RowFault(number, name, str(error)))
    if not faults:
        faults += [RowFault(number, name, "must not be empty") for name in NEVER_EMPTY if cells[name] is None]
    return cells, faults or list(_check_row(number, cells, columns))


def _check_row(number: int, cells: Cells, columns: Mapping[str, Column]) -> Iterator[RowFault]:
    unit = str(cells["unit"])
    for name, value in cells.items():
        if value is not None and unit not in columns[name].rows:
            yield RowFault(number, name, f"does not belong in a {unit} row")
    if unit == "lesion" and cells.get("lesion") is None:
        yield RowFault(number, "lesion", "a lesion row needs the lesion's name")
    decided = cells.get("reference_subtype") or cells.get("reference_site")
    if decided and cells.get("reference_status") not in (None, "made"):
        yield RowFault(number, "reference_status", f"{cells['reference_status']} but there is a diagnosis: {decided}")
    if not decided and cells.get("reference_status") == "made":
        yield RowFault(number, "reference_status", "made needs a reference_subtype or a reference_site")


def _check_rows(rows: list[_Row]) -> Iterator[RowFault]:
    met: dict[tuple[str, ...], int] = {}
    patients = {row.patient_id for row in rows if row.cells["unit"] == "patient"}
    for row in rows:
        lesion = row.cells["unit"] == "lesion"
        key = (row.patient_id, str(row.cells["lesion"])) if lesion else (row.patient_id,)
        if key in met:
            says = f"{' / '.join(key)} is already in row {met[key]}"
            yield RowFault(row.number, "lesion" if lesion else "patient_id", says)
        met.setdefault(key, row.number)
        if lesion and row.patient_id not in patients:
            yield RowFault(row.number, "patient_id", f"{row.patient_id} has no patient row")


def _make_participant(cells: Cells, lesions: tuple[Lesion, ...]) -> Participant:
    get: Callable[[str], Any] = cells.get
    decided = get("reference_subtype") or get("reference_site")
    reference = Reference(
        status=get("reference_status") or ("made" if decided else None),
        subtype=get("reference_subtype"),
        site=get("reference_site"),
        decided_on=get("reference_on"),
        missing_reason=get("reference_missing_reason"),
    )
    return Participant(
        patient_id=get("patient_id"),
        screened_on=get("screened_on"),
        eligible=get("eligible"),
        exclusion_reason=get("exclusion_reason"),
        enrolled_on=get("enrolled_on"),
        reference=reference,
        tests={test.code: _make_read(cells, test.code) for test in load_plan().tests},
        lesions=lesions,
    )


def _make_read(cells: Cells, test: str) -> IndexRead:
    get: Callable[[str], Any] = cells.get
    known = {name: get(f"{test}_{name}") for name in READ_FIELDS}
    return IndexRead(**known, performed_on=get(f"{test}_on"))


def _make_lesion(cells: Cells) -> Lesion:
    get: Callable[[str], Any] = cells.get
    tests = [test.code for test in load_plan().tests]
    return Lesion(
        lesion=get("lesion"),
        site=get("lesion_site"),
        reference=get("lesion_reference"),
        results={test: get(f"{test}_result") for test in tests if get(f"{test}_result") is not None},
        suv_max={test: get(f"{test}_suv_max") for test in tests if get(f"{test}_suv_max") is not None},
    )


def _write_patient(person: Participant) -> dict[str, str]:
    names = ("patient_id", "screened_on", "eligible", "exclusion_reason", "enrolled_on")
    cells: Cells = {"unit": "patient", **{name: getattr(person, name) for name in names}}
    for name in ("status", "subtype", "site", "missing_reason"):
        cells[f"reference_{name}"] = getattr(person.reference, name)
    cells["reference_on"] = person.reference.decided_on
    for test, read in person.tests.items():
        cells |= {f"{test}_{name}": getattr(read, name) for name in READ_FIELDS}
        cells[f"{test}_on"] = read.performed_on
    return _write_cells(cells)


def _write_lesion(patient_id: str, lesion: Lesion) -> dict[str, str]:
    cells: Cells = {
        "patient_id": patient_id,
        "unit": "lesion",
        "lesion": lesion.lesion,
        "lesion_site": lesion.site,
        "lesion_reference": lesion.reference,
    }
    cells |= {f"{test}_result": result for test, result in lesion.results.items()}
    cells |= {f"{test}_suv_max": value for test, value in lesion.suv_max.items()}
    return _write_cells(cells)


def _write_cells(cells: Cells) -> dict[str, str]:
    return {name: _write_cell(value) for name, value in cells.items() if value is not None}


def _write_cell(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)
