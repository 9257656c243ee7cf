"""The REDCap data dictionary: byte for byte there and back, choices and checkbox columns, faults by row and field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.csv_table import Layout, Table, read_table, write_table
from exchange.redcap_dictionary import (
    LABELS,
    Dictionary,
    DictionaryError,
    Field,
    name_checkbox,
    read_choices,
    read_dictionary,
    read_metadata,
    write_choices,
    write_dictionary,
)  # fmt: skip
from tests.exchange.redcap_trial import FIELDS

HEADER = ",".join(f'"{label}"' if " " in label else label for label in LABELS.values())
AS_REDCAP_WRITES = (
    "\ufeff" + HEADER + "\r\n"
    'record_id,first,,text,"Record ID",,,,,,,,,,,,,\r\n'
    'flags,first,"Section, one",checkbox,"What ""is"" it?","1, Yes | -2, No, never","a\nb",,,,,"[record_id]<>\'\'",y,RH,,,,@X\r\n'
)
texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\ufeff"), max_size=12)
cells = st.one_of(texts, st.sampled_from(['"', ",", ";", "\t", "\n", "\r\n", "a,b", ' "x" ', ""]))


def test_a_file_of_redcap_comes_back_byte_for_byte() -> None:
    content = AS_REDCAP_WRITES.encode("utf-8")
    dictionary = read_dictionary(content)
    assert write_dictionary(dictionary) == content
    flags = dictionary.by_name["flags"]
    assert (flags.field_label, flags.field_note, flags.is_required) == ('What "is" it?', "a\nb", True)
    assert flags.choices == {"1": "Yes", "-2": "No, never"}
    assert flags.columns == ("flags___1", "flags____2")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]), st.booleans(), st.sampled_from(["\n", "\r\n"]),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 3))),
)  # fmt: skip
def test_any_table_there_and_back_is_the_same(
    rows: list[list[str]], mark: str, bom: bool, end: str, quoted: set[tuple[int, int]]
) -> None:
    table = Table(
        (("first", "second"), *map(tuple, rows)), Layout(mark, bom, frozenset(quoted), (end,) * (len(rows) + 1))
    )
    content = write_table(table)
    found = read_table(content, mark)
    assert found.rows == table.rows
    assert write_table(found) == content


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(texts, min_size=14, max_size=14), max_size=4))
def test_any_dictionary_there_and_back_is_the_same(lines: list[list[str]]) -> None:
    fields, fixed = [FIELDS[0]], ("field_name", "form_name", "field_type", "section_header")
    for number, line in enumerate(lines):
        values = dict(zip([name for name in LABELS if name not in fixed], line, strict=True))
        fields.append(Field(f"f{number}", "demographics", field_type="text", **values))  # type: ignore[arg-type]
    dictionary = read_dictionary(write_dictionary(Dictionary(tuple(fields))))
    assert dictionary.fields == tuple(fields)
    documents = [{name: getattr(one, name) for name in LABELS} for one in fields]
    assert read_metadata(documents).fields == tuple(fields)


def test_the_api_names_are_read_and_written_too() -> None:
    content = write_dictionary(Dictionary(FIELDS, names_api=True))
    assert content.startswith(b"field_name,form_name,section_header")
    dictionary = read_dictionary(content)
    assert dictionary.names_api
    assert write_dictionary(dictionary) == content


@pytest.mark.parametrize(("code", "column"), [("1", "f___1"), ("-1", "f____1"), ("A", "f___a"), ("1.5", "f___1_5")])
def test_checkbox_columns_are_named_as_redcap_names_them(code: str, column: str) -> None:
    assert name_checkbox("f", code) == column


def test_choices_there_and_back() -> None:
    assert read_choices("1, Yes | 2, No, never|-9,Other | 4") == {"1": "Yes", "2": "No, never", "-9": "Other", "4": "4"}
    assert read_choices(write_choices({"a": "b, c", "-1": "d"})) == {"a": "b, c", "-1": "d"}


def write(*fields: Field) -> bytes:
    return write_dictionary(Dictionary(fields))


@pytest.mark.parametrize(
    ("content", "row", "field", "says"),
    [
        (write(FIELDS[0], Field("Age", "demographics")), 3, "Age", "begins with a small letter"),
        (write(FIELDS[0], Field("age", "demographics", "", "number")), 3, "age", "“number” is no field type"),
        (write(FIELDS[0], Field("sex", "demographics", "", "radio")), 3, "sex", "needs them"),
        (write(FIELDS[0], FIELDS[0]), 3, "study_no", "already in row 2"),
        (write(FIELDS[0], FIELDS[8], FIELDS[2]), 4, "age", "do not stand together"),
        (write(FIELDS[3]), 2, "sex", "the first field is the record's id"),
        (write(), 1, "file", "has no field"),
        (b"", 1, "file", "is empty"),
        (b"a;b;c\n", 1, "header", "column 1 of 18 should be “Variable / Field Name”, there is “a”"),
        (AS_REDCAP_WRITES.encode() + b"more,first\r\n", 4, "more", "2 cells where a dictionary has 18"),
        (AS_REDCAP_WRITES.encode() + b'"open,first\r\n', 1, "file", "a quotation mark is not closed"),
        (b"\xff\xfe" + "a".encode("utf-16-le"), 1, "file", "UTF-16"),
        ("Größe".encode("latin-1"), 1, "file", "Line 1 is not UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_dictionary_is_refused_with_row_and_field(content: bytes, row: int, field: str, says: str) -> None:
    with pytest.raises(DictionaryError) as refusal:
        read_dictionary(content)
    assert [(fault.row, fault.field) for fault in refusal.value.faults] == [(row, field)]
    assert says in refusal.value.faults[0].says


def test_logic_that_cannot_be_read_is_a_note_not_a_refusal() -> None:
    dictionary = read_dictionary(write(FIELDS[0], Field("x", "demographics", branching_logic="[a = 1")))
    assert [(note.row, note.field) for note in dictionary.notes] == [(3, "x")]
