"""A REDCap record export, flat: every row is good, refused or left out, and each says why. Nothing is dropped in silence.

The header is row 1. A patient is taken whole or not at all: a row of a record that has a refused row waits with it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal

from exchange.csv_table import Progress, Table, TableError, read_table
from exchange.redcap_dictionary import Dictionary, Field
from exchange.redcap_logic import LogicError
from exchange.redcap_values import DateOrder, ValueFault, make_reader, read_complete

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
SYSTEM = (EVENT, INSTRUMENT, INSTANCE, "redcap_data_access_group", "redcap_survey_identifier")
PROGRESS_ROWS = 200
State = Literal["good", "refused", "ignored"]


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell (or says only to look, `refuses` False); `row` counts table rows, the header is 1."""

    row: int
    field: str
    says: str
    record: str | None = None
    refuses: bool = True

    def __str__(self) -> str:
        record = f" ({self.record})" if self.record else ""
        return f"row {self.row}{record}, {self.field}: {self.says}"


@dataclass(frozen=True)
class RecordRow:
    """One row: whose it is, of which event and repeat, and its cells by column (plain text, empty ones left out)."""

    number: int
    record: str
    event: str = ""
    instrument: str = ""
    instance: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.record, self.event, self.instrument, self.instance


@dataclass(frozen=True)
class RowState:
    """What became of a row, and why where it is not good."""

    row: int
    record: str | None
    state: State
    says: str = ""


@dataclass(frozen=True)
class RecordExport:
    """What a file holds: the good rows, every row's state (in the file's order), every fault, the known columns."""

    rows: tuple[RecordRow, ...]
    states: tuple[RowState, ...]
    faults: tuple[Fault, ...]
    columns: tuple[str, ...]

    def count(self, state: State) -> int:
        """How many rows are in this state; the three together are every row read."""
        return sum(one.state == state for one in self.states)


class ExportError(ValueError):
    """A file that cannot be read as an export of this dictionary at all; one sentence."""


def read_export(
    content: bytes,
    dictionary: Dictionary,
    *,
    dates: DateOrder = "refuse",
    missing_codes: Collection[str] = (),
    progress: Progress | None = None,
) -> RecordExport:
    """Every row of the CSV export checked against the dictionary. `missing_codes` stand for not known in any field.

    Raises ExportError when the file is no table or has no column of record ids.
    """
    try:
        table = read_table(content)
    except TableError as error:
        raise ExportError(str(error)) from None
    header = tuple(name.strip() for name in table.rows[0])
    faults = list(_check_header(header, dictionary))
    rows, states = _read_rows(table, header, _Cells(dictionary, dates, frozenset(missing_codes)), faults, progress)
    _refuse_twice(rows, states, faults, dictionary.record_field)
    rows = _hold_back(rows, states)
    known = tuple(name for name in header if name in dictionary.field_of_column)
    order = sorted(faults, key=lambda fault: fault.row)
    return RecordExport(tuple(rows), tuple(states[number] for number in sorted(states)), tuple(order), known)


def _check_header(header: tuple[str, ...], dictionary: Dictionary) -> Iterator[Fault]:
    known = {*dictionary.field_of_column, *SYSTEM, *_form_columns(dictionary)}
    if dictionary.record_field not in header:
        label = dictionary.fields[0].field_label
        labelled = label and label in header
        hint = "; the header holds labels: export raw headers" if labelled else ""
        raise ExportError(f"Row 1: the column {dictionary.record_field} (the record's id) is missing{hint}.")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            raise ExportError(
                f"Row 1: the column {name} is there {header.count(name)} times; which is right is unknown."
            )
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield Fault(1, name or "(no name)", f"the dictionary has no such column{hint}. It is left out", None, False)
    for name in dictionary.field_of_column:
        if name not in header:
            yield Fault(1, name, "the column is missing: what it holds stays as it is in the store", None, False)


def _form_columns(dictionary: Dictionary) -> Iterator[str]:
    for form in dictionary.forms:
        yield from (f"{form}_complete", f"{form}_timestamp")


class _Cells:
    """Reads cells by column; what was read once is not read again."""

    def __init__(self, dictionary: Dictionary, dates: DateOrder, missing: frozenset[str]) -> None:
        self.dictionary = dictionary
        self.missing = missing
        self.completes = {f"{form}_complete" for form in dictionary.forms}
        self._readers: dict[str, Callable[[str], str]] = {
            name: make_reader(one, code, dates) for name, (one, code) in dictionary.field_of_column.items()
        } | dict.fromkeys(self.completes, read_complete)
        self._known: dict[tuple[str, str], str | ValueFault] = {}
        self.conditions = [one for one in dictionary.fields if _can_ask(one)]

    def read(self, column: str, cell: str) -> str:
        """The plain text of a cell. Raises ValueFault."""
        key = (column, cell)
        if key not in self._known:
            try:
                self._known[key] = self._readers.get(column, str)(cell)
            except ValueFault as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, ValueFault):
            raise found
        return found


def _can_ask(one: Field) -> bool:
    try:
        return one.condition is not None
    except LogicError:
        return False


def _read_rows(
    table: Table, header: tuple[str, ...], cells: _Cells, faults: list[Fault], progress: Progress | None
) -> tuple[list[RecordRow], dict[int, RowState]]:
    rows: list[RecordRow] = []
    states: dict[int, RowState] = {}
    for number, line in enumerate(table.rows[1:], start=2):
        if progress and number % PROGRESS_ROWS == 0:
            progress(number, len(table.rows))
        if not any(cell.strip() for cell in line):
            states[number] = RowState(number, None, "ignored", "the row is empty")
            continue
        row, wrong = _read_row(number, header, line, cells)
        faults += wrong
        refusing = [fault for fault in wrong if fault.refuses]
        says = "; ".join(f"{fault.field}: {fault.says}" for fault in refusing)
        states[number] = RowState(number, row.record or None, "refused" if refusing else "good", says)
        rows.append(row)
    if progress:
        progress(len(table.rows), len(table.rows))
    return rows, states


def _read_row(
    number: int, header: tuple[str, ...], line: Sequence[str], cells: _Cells
) -> tuple[RecordRow, list[Fault]]:
    if len(line) != len(header):
        named = dict(zip(header, line, strict=False)).get(cells.dictionary.record_field, "").strip()
        says = f"{len(line)} cells where the header has {len(header)}"
        return RecordRow(number, named), [Fault(number, "row", says, named or None)]
    raw = {name: cell.strip() for name, cell in zip(header, line, strict=True) if cell.strip()}
    record = raw.get(cells.dictionary.record_field, "")
    row = RecordRow(number, record, raw.get(EVENT, ""), raw.get(INSTRUMENT, ""), raw.get(INSTANCE, ""))
    values: dict[str, str] = {}
    wrong = [] if record else [Fault(number, cells.dictionary.record_field, "the record's id is empty")]
    for name, cell in raw.items():
        if name in SYSTEM or cell in cells.missing:
            continue
        try:
            values[name] = cells.read(name, cell)
        except ValueFault as error:
            wrong.append(Fault(number, name, str(error), record or None))
    row = replace(row, values=values)
    return row, [*wrong, *_check_repeat(row, cells), *_check_shown(row, cells)]


def _check_repeat(row: RecordRow, cells: _Cells) -> Iterator[Fault]:
    dictionary = cells.dictionary
    if row.instance and not (row.instance.isascii() and row.instance.isdecimal() and int(row.instance) > 0):
        yield Fault(row.number, INSTANCE, f"“{row.instance}” is not a whole number from 1", row.record)
    if row.instrument and row.instrument not in dictionary.forms:
        yield Fault(row.number, INSTRUMENT, f"the dictionary has no form “{row.instrument}”", row.record)
    elif row.instrument:
        for name in row.values:
            one, _ = dictionary.field_of_column.get(name, (None, None))
            if one is not None and one.form_name != row.instrument and name != dictionary.record_field:
                says = f"belongs to form {one.form_name}, but the row is one of {row.instrument}"
                yield Fault(row.number, name, says, row.record)


def _check_shown(row: RecordRow, cells: _Cells) -> Iterator[Fault]:
    """A value that the branching logic hides: to look at, nothing is refused for it."""

    def look_up(event: str | None, name: str, code: str | None) -> str | None:
        one = cells.dictionary.by_name.get(name)
        here = one is not None and (not row.instrument or one.form_name == row.instrument)
        if not here or (event is not None and event != row.event) or one is None:
            return None
        column = name if code is None else dict(zip(one.choices, one.columns, strict=False)).get(code, name)
        return row.values.get(column, "")

    for one in cells.conditions:
        filled = any(row.values.get(column, "0") != "0" for column in one.columns)
        if filled and one.condition is not None and one.condition.holds(look_up) is False:
            says = f"has a value although its branching logic hides it: {one.branching_logic}"
            yield Fault(row.number, one.field_name, says, row.record, refuses=False)


def _refuse_twice(rows: list[RecordRow], states: dict[int, RowState], faults: list[Fault], name: str) -> None:
    """Which of two rows with the same id is right cannot be known: all of them are refused."""
    met: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for row in rows:
        met[row.key].append(row.number)
    for row in rows:
        others = [str(number) for number in met[row.key] if number != row.number]
        if others and row.record:
            says = f"{row.record} is also in row {', '.join(others)}; which is right cannot be known: keep one"
            faults.append(Fault(row.number, name, says, row.record))
            before = states[row.number].says
            states[row.number] = RowState(row.number, row.record, "refused", "; ".join(filter(None, (before, says))))


def _hold_back(rows: list[RecordRow], states: dict[int, RowState]) -> list[RecordRow]:
    """The good rows of records of which no row was refused; the others wait."""
    refused: dict[str, list[str]] = defaultdict(list)
    for state in states.values():
        if state.state == "refused" and state.record:
            refused[state.record].append(str(state.row))
    for row in rows:
        if row.record in refused and states[row.number].state == "good":
            says = f"waits: of {row.record}, row {', '.join(refused[row.record])} was refused"
            states[row.number] = RowState(row.number, row.record, "refused", says)
    return [row for row in rows if states[row.number].state == "good"]
