"""The patients as a REDCap project would hold them: data dictionary and flat records, with results, findings,
reads, screening lines, adverse events and deviations repeating.

Every field carries where it belongs (`@BOARD='result.value'` in the annotation), so the files are read back without a mapping
by hand, and change nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from decision.vocabulary import load_vocabulary
from exchange.csv_table import write_rows
from exchange.redcap_dictionary import Dictionary, Field, write_choices
from exchange.redcap_export import INSTANCE, INSTRUMENT
from exchange.redcap_mapping import list_targets, list_words
from exchange.redcap_plan import Known
from exchange.redcap_trial import (
    CRITERION,
    DEVIATION,
    EVENT,
    FLAGS,
    FORMS,
    NOTES,
    SCREENING,
    TITLES,
    code_word,
    title_word,
    write_cells,
)
from exchange.redcap_trial import DATED as TRIAL_DATED

RECORD = Field("record_id", "patient", field_label="Pseudonym")
REPEATED = {"result": "results", "imaging": "imaging"}
# In words of the reader's or the laboratory's own, or ISO dates of either length: no codes and no validation.
FREE = (
    "patient.note",
    "result.unit",
    "result.comparator",
    "result.assay",
    "result.collected_at",
    "imaging.tracer",
    "reference.basis",
)
READ_FREE = ("read.reader", "read.tracer", "read.read_at")
DATED = ("patient.enrolled_on", "patient.mdt_on", "reference.decided_on")
LABELS = {
    "patient.age_years": "Age (years)",
    "patient.mdt_on": "Day of the MDT meeting",
    "patient.synthetic": "Synthetic",
}


def make_dictionary() -> Dictionary:
    """The data dictionary of this program's own fields."""
    fields = [RECORD]
    fields += [_make_field("patient", name) for name in list_targets()["patient"] if name != "patient_id"]
    contexts = write_choices(load_vocabulary().contexts)
    fields.append(_mark(Field("context", "patient", "", "checkbox", "Context", contexts), "context.code"))
    for sign, label in load_vocabulary().signs.items():
        fields.append(_mark(Field(f"sign_{sign}", "patient", "", "yesno", label), "sign.code"))
    for kind in ("reference", "result", "imaging", "read", *FORMS):
        fields += [_make_field(kind, name) for name in list_targets()[kind]]
    return Dictionary(tuple(fields))


def write_records(patients: Mapping[str, Known]) -> bytes:
    """Flat records: one row for the patient, one for each result, finding, read, screening line, event and deviation."""
    dictionary = make_dictionary()
    columns = [column for field in dictionary.fields for column in field.columns]
    header = [columns[0], INSTRUMENT, INSTANCE, *columns[1:]]
    rows = [row for patient_id, known in patients.items() for row in _list_rows(patient_id, known)]
    return write_rows([header, *([row.get(column, "") for column in header] for row in rows)])


def _make_field(kind: str, name: str) -> Field:
    to = f"{kind}.{name}"
    plain = name.replace("_", " ")
    label = LABELS.get(to, f"{kind.capitalize()}: {plain}" if kind != "patient" else plain.capitalize())
    field_name = name if kind == "patient" else f"{kind}_{name}"
    words = list_words(to)
    if kind in FORMS:
        return _mark(_make_trial_field(kind, name, Field(field_name, FORMS[kind], field_label=label)), to)
    if to == "patient.synthetic":
        return _mark(Field(field_name, kind, "", "yesno", label), to)
    if words:
        choices = write_choices({word: word.replace("_", " ") for word in words})
        return _mark(Field(field_name, kind, "", "checkbox" if name == "flags" else "dropdown", label, choices), to)
    if to in (*FREE, *READ_FREE):
        return _mark(Field(field_name, kind, "", "notes" if name == "note" else "text", label), to)
    validation = "date_ymd" if to in DATED else "integer" if name == "confidence" else "number"
    field = Field(field_name, kind, "", "text", label, text_validation_type_or_show_slider_number=validation)
    return _mark(field, to)


def _make_trial_field(kind: str, name: str, field: Field) -> Field:
    to = f"{kind}.{name}"
    words, validation = list_words(to), "date_ymd" if to in TRIAL_DATED else ""
    label = f"{TITLES[kind]}: {name.removeprefix(CRITERION).replace('_', ' ')}"
    field = replace(field, field_label=label, field_note=NOTES.get(to, ""))
    if to in FLAGS:
        return replace(field, field_type="yesno")
    if words:
        choices = write_choices({code_word(word): title_word(to, word) for word in words})
        return replace(field, field_type="dropdown", select_choices_or_calculations=choices)
    return replace(field, text_validation_type_or_show_slider_number=validation)


def _mark(field: Field, to: str) -> Field:
    return replace(field, field_annotation=f"@BOARD='{to}'")


def _list_rows(patient_id: str, known: Known) -> Iterator[dict[str, str]]:
    if known.patient is not None or known.case is not None:
        yield from _list_patient_rows(patient_id, known)
    for kind, entries in ((SCREENING, known.screened), (EVENT, known.events), (DEVIATION, known.deviations)):
        for number, entry in enumerate(entries, start=1):
            row = {RECORD.field_name: patient_id, INSTRUMENT: FORMS[kind], INSTANCE: str(number)}
            yield row | dict(write_cells(kind, entry))


def _list_patient_rows(patient_id: str, known: Known) -> Iterator[dict[str, str]]:
    case = known.case or {}
    row = {RECORD.field_name: patient_id} | _write_fields("", known.patient or {}, ("patient_id",))
    row |= {"age_years": _write(case.get("age_years")), "sex": _write(case.get("sex"))}
    row |= {f"context___{code}": "1" if code in case.get("context", ()) else "0" for code in load_vocabulary().contexts}
    for sign in case.get("signs", ()):
        row[f"sign_{sign.removeprefix('no_')}"] = "0" if sign.startswith("no_") else "1"
    yield row | _write_fields("reference_", known.reference or {}, ("patient_id",))
    for kind, entries in (*((kind, case.get(name, ())) for kind, name in REPEATED.items()), ("read", known.reads)):
        yield from _list_repeats(patient_id, kind, entries)


def _list_repeats(patient_id: str, kind: str, entries: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    for number, entry in enumerate(entries, start=1):
        row = {RECORD.field_name: patient_id, INSTRUMENT: kind, INSTANCE: str(number)}
        if kind == "imaging":
            flags = entry.get("flags") or ()
            row |= {f"imaging_flags___{flag}": "1" if flag in flags else "0" for flag in load_vocabulary().flags}
        yield row | _write_fields(f"{kind}_", entry, ("patient_id", "flags"))


def _write_fields(start: str, values: Mapping[str, Any], left_out: Sequence[str]) -> dict[str, str]:
    return {start + name: _write(value) for name, value in values.items() if name not in left_out}


def _write(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else str(value)
