"""The REDCap data dictionary: 18 columns, read and written back byte for byte, from the file or as the API gives it.

What a cell of a record export may hold follows from it (exchange/redcap_values.py). Columns and names: REDCap's own
“Data Dictionary” download and the API's `content=metadata`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from exchange.csv_table import Layout, Table, TableError, read_table, write_table
from exchange.redcap_logic import Condition, LogicError, read_condition

LABELS = {
    "field_name": "Variable / Field Name",
    "form_name": "Form Name",
    "section_header": "Section Header",
    "field_type": "Field Type",
    "field_label": "Field Label",
    "select_choices_or_calculations": "Choices, Calculations, OR Slider Labels",
    "field_note": "Field Note",
    "text_validation_type_or_show_slider_number": "Text Validation Type OR Show Slider Number",
    "text_validation_min": "Text Validation Min",
    "text_validation_max": "Text Validation Max",
    "identifier": "Identifier?",
    "branching_logic": "Branching Logic (Show field only if...)",
    "required_field": "Required Field?",
    "custom_alignment": "Custom Alignment",
    "question_number": "Question Number (surveys only)",
    "matrix_group_name": "Matrix Group Name",
    "matrix_ranking": "Matrix Ranking?",
    "field_annotation": "Field Annotation",
}
TYPES = (
    "text", "notes", "radio", "dropdown", "calc", "file", "checkbox", "yesno", "truefalse", "descriptive", "slider", "sql",
)  # fmt: skip
CODED = ("radio", "dropdown", "checkbox")
WITHOUT_COLUMN = ("descriptive",)
YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class DictionaryFault:
    """What is wrong in one cell of the dictionary; `row` counts from the header, which is row 1."""

    row: int
    field: str
    says: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.field}: {self.says}"


class DictionaryError(ValueError):
    """A dictionary that was refused, with every fault found in it."""

    def __init__(self, faults: Iterable[DictionaryFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Field:
    """One line of the dictionary, every cell as text, in the file's order of columns."""

    field_name: str
    form_name: str
    section_header: str = ""
    field_type: str = "text"
    field_label: str = ""
    select_choices_or_calculations: str = ""
    field_note: str = ""
    text_validation_type_or_show_slider_number: str = ""
    text_validation_min: str = ""
    text_validation_max: str = ""
    identifier: str = ""
    branching_logic: str = ""
    required_field: str = ""
    custom_alignment: str = ""
    question_number: str = ""
    matrix_group_name: str = ""
    matrix_ranking: str = ""
    field_annotation: str = ""

    @cached_property
    def choices(self) -> dict[str, str]:
        """Code to label; empty for a field without choices."""
        if self.field_type in CODED:
            return read_choices(self.select_choices_or_calculations)
        return YES_NO.get(self.field_type, {})

    @property
    def validation(self) -> str:
        return self.text_validation_type_or_show_slider_number if self.field_type == "text" else ""

    @property
    def is_required(self) -> bool:
        return self.required_field.strip().lower() == "y"

    @property
    def is_identifier(self) -> bool:
        return self.identifier.strip().lower() == "y"

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of this field in an export: one, none, or one for each choice of a checkbox."""
        if self.field_type in WITHOUT_COLUMN:
            return ()
        if self.field_type == "checkbox":
            return tuple(name_checkbox(self.field_name, code) for code in self.choices)
        return (self.field_name,)

    @cached_property
    def condition(self) -> Condition | None:
        """When the field is shown, None: always. Raises LogicError."""
        return read_condition(self.branching_logic) if self.branching_logic.strip() else None


@dataclass(frozen=True)
class Dictionary:
    """The fields in order; the first is the record's id. `names_api`: the header was written with the API's names."""

    fields: tuple[Field, ...]
    layout: Layout = Layout()
    names_api: bool = False

    @property
    def record_field(self) -> str:
        return self.fields[0].field_name

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.field_name: field for field in self.fields}

    @cached_property
    def forms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(field.form_name for field in self.fields))

    @cached_property
    def notes(self) -> tuple[DictionaryFault, ...]:
        """Branching logic that cannot be read: it is left out of the checks, nothing is refused for it."""
        found = []
        for number, field in enumerate(self.fields, start=2):
            try:
                _ = field.condition
            except LogicError as error:
                found.append(DictionaryFault(number, field.field_name, f"branching logic: {error}"))
        return tuple(found)

    @cached_property
    def field_of_column(self) -> dict[str, tuple[Field, str | None]]:
        """By export column the field, and the code where the column is one choice of a checkbox."""
        found: dict[str, tuple[Field, str | None]] = {}
        for field in self.fields:
            codes = list(field.choices) if field.field_type == "checkbox" else [None]
            found |= {column: (field, code) for column, code in zip(field.columns, codes, strict=False)}
        return found


def name_checkbox(field: str, code: str) -> str:
    """The export column of one choice: `f___1`; a minus becomes a further underscore (`f____1` for −1), capitals small."""
    return f"{field}___{re.sub(r'[^a-z0-9_]', '_', code.lower())}"


def read_choices(text: str) -> dict[str, str]:
    """`1, Yes | 2, No` as code to label, in order; a part without a comma is its own label."""
    found: dict[str, str] = {}
    for part in re.split(r"\||\n", text):
        code, comma, label = part.partition(",")
        if code.strip():
            found.setdefault(code.strip(), label.strip() if comma else code.strip())
    return found


def write_choices(choices: Mapping[str, str]) -> str:
    """Code and label of every choice as the dictionary writes them."""
    return " | ".join(f"{code}, {label}" for code, label in choices.items())


def read_dictionary(content: bytes) -> Dictionary:
    """The dictionary of a CSV file, with REDCap's column names or the API's. Raises DictionaryError with every fault."""
    try:
        table = read_table(content)
    except TableError as error:
        raise DictionaryError([DictionaryFault(1, "file", str(error))]) from None
    names_api = _read_header(table.rows[0])
    lines = [(number, row) for number, row in enumerate(table.rows[1:], start=2) if any(map(str.strip, row))]
    faults = [
        DictionaryFault(number, row[0] or "row", f"{len(row)} cells where a dictionary has {len(LABELS)}")
        for number, row in lines
        if len(row) != len(LABELS)
    ]
    if faults or not lines:
        raise DictionaryError(faults or [DictionaryFault(1, "file", "the dictionary has no field")])
    known = [(number, Field(*row)) for number, row in lines]
    faults = list(_check_fields(known))
    if faults:
        raise DictionaryError(faults)
    return Dictionary(tuple(field for _, field in known), table.layout, names_api)


def read_metadata(documents: Iterable[Mapping[str, Any]]) -> Dictionary:
    """The dictionary from the API's JSON (`content=metadata`); an absent key is empty. Raises DictionaryError."""
    known = [
        (number, Field(**{name: str(one.get(name) or "") for name in LABELS}))
        for number, one in enumerate(documents, start=2)
    ]
    faults = list(_check_fields(known)) if known else [DictionaryFault(1, "file", "the dictionary has no field")]
    if faults:
        raise DictionaryError(faults)
    return Dictionary(tuple(field for _, field in known), names_api=True)


def write_dictionary(dictionary: Dictionary) -> bytes:
    """The CSV file; a dictionary that was read comes back byte for byte."""
    header = tuple(LABELS) if dictionary.names_api else tuple(LABELS.values())
    rows = (tuple(getattr(field, part.name) for part in fields(Field)) for field in dictionary.fields)
    return write_table(Table((header, *rows), dictionary.layout))


def _read_header(header: tuple[str, ...]) -> bool:
    for names, api in ((tuple(LABELS.values()), False), (tuple(LABELS), True)):
        if header == names:
            return api
    wanted = tuple(LABELS.values())
    wrong = next((place for place, name in enumerate(wanted) if header[place : place + 1] != (name,)), len(wanted))
    stands = f"“{header[wrong]}”" if wrong < len(header) else "nothing"
    right = f"“{wanted[wrong]}”" if wrong < len(wanted) else "nothing"
    says = f"this is no data dictionary: column {wrong + 1} of 18 should be {right}, there is {stands}"
    raise DictionaryError([DictionaryFault(1, "header", says)])


def _check_fields(lines: list[tuple[int, Field]]) -> Iterable[DictionaryFault]:
    met: dict[str, int] = {}
    left: set[str] = set()
    for place, (number, field) in enumerate(lines):
        name, before = field.field_name, lines[place - 1][1].form_name if place else field.form_name
        yield from (DictionaryFault(number, name or "field name", says) for says in _check_field(field))
        if name in met:
            yield DictionaryFault(number, name, f"the field is already in row {met[name]}")
        met.setdefault(name, number)
        left |= {before} if before != field.form_name else set()
        if field.form_name in left and before != field.form_name:
            yield DictionaryFault(number, name, f"the fields of form {field.form_name} do not stand together")
    if lines[0][1].field_type != "text":
        yield DictionaryFault(lines[0][0], lines[0][1].field_name, "the first field is the record's id, of type text")


def _check_field(field: Field) -> Iterable[str]:
    if not _NAME.fullmatch(field.field_name):
        yield "a field name begins with a small letter and holds small letters, digits and underscores"
    if field.field_type not in TYPES:
        yield f"“{field.field_type}” is no field type; it is one of {', '.join(TYPES)}"
    if not field.form_name.strip():
        yield "the form name is empty"
    if field.field_type in CODED and not field.choices:
        yield "a field of choices needs them, like “1, Yes | 2, No”"
