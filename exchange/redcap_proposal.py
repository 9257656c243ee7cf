"""From rows and mapping to what each patient would be: one proposal a record, each value with the row and field it came from."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from exchange.redcap_dictionary import Dictionary
from exchange.redcap_export import Fault, RecordRow
from exchange.redcap_mapping import LISTED, RecordMapping, Rule, list_words
from exchange.redcap_trial import DATED, FLAGS, FORMS, read_onset
from exchange.redcap_values import ValueFault, read_day, read_number

IDENTITY: dict[str, tuple[str, ...]] = {
    "result": ("test", "side"),
    "imaging": ("modality", "tracer", "region"),
    "read": (),
    **dict.fromkeys(FORMS, ()),
}
DAYS = ("patient.enrolled_on", "patient.mdt_on", "reference.decided_on", *DATED)
NUMBERS = ("patient.age_years", "result.value", "result.uln", "result.lln", "imaging.attenuation_hu")
MEASURES = ("_mm", "_ml", "_max", "_mean", "_peak", "_minutes")
_COMPARED = re.compile(r"\s*([<>])=?\s*(\S+)\s*")


@dataclass
class Entry:
    """One result, finding or read: its values, and by name the row and field each came from."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass
class Proposal:
    """What the file says of one record. `codes`: contexts and signs seen (True) or not ticked (False)."""

    record: str
    rows: tuple[int, ...]
    patient: Entry = field(default_factory=Entry)
    reference: Entry = field(default_factory=Entry)
    listed: dict[str, list[Entry]] = field(default_factory=lambda: {kind: [] for kind in LISTED})
    codes: dict[str, dict[str, bool]] = field(default_factory=lambda: {"context": {}, "sign": {}})

    @property
    def patient_id(self) -> str:
        return str(self.patient.values.get("patient_id", self.record))

    @property
    def is_empty(self) -> bool:
        ticked = any(self.codes.values())
        return not (self.patient.values or self.reference.values or any(self.listed.values()) or ticked)


def make_proposals(
    rows: Sequence[RecordRow], mapping: RecordMapping, dictionary: Dictionary
) -> tuple[list[Proposal], list[Fault]]:
    """A proposal of every record, in the order of first rows, and what could not be read of them."""
    grouped: dict[str, list[RecordRow]] = defaultdict(list)
    for row in rows:
        grouped[row.record].append(row)
    faults: list[Fault] = []
    proposals = []
    for record, own in grouped.items():
        proposal = Proposal(record, tuple(row.number for row in own))
        for row in own:
            faults += _Reader(row, mapping, dictionary, proposal).read()
        proposals.append(proposal)
    return proposals, faults


class _Reader:
    """Reads one row into the proposal of its record."""

    def __init__(self, row: RecordRow, mapping: RecordMapping, dictionary: Dictionary, proposal: Proposal) -> None:
        self._row = row
        self._mapping = mapping
        self._fields = dictionary.by_name
        self._proposal = proposal
        self._entries: dict[tuple[Any, ...], Entry] = {}
        self._faults: list[Fault] = []

    def read(self) -> list[Fault]:
        for rule in self._mapping.rules:
            try:
                self._read_rule(rule)
            except ValueFault as error:
                self._faults.append(Fault(self._row.number, rule.field, str(error), self._row.record))
        for (kind, _, identity), entry in self._entries.items():
            # A day or a unit alone, beside a test that the mapping names, is no result.
            if kind != "result" or not identity or {"value", "outcome"} & set(entry.origins):
                self._proposal.listed[kind].append(entry)
        return self._faults

    def _read_rule(self, rule: Rule) -> None:
        one = self._fields[rule.field]
        if one.field_type == "checkbox":
            self._read_ticks(rule)
            return
        cell = self._row.values.get(rule.field)
        if cell is None:
            return
        text = _find_word(rule, cell)
        if not text:
            return
        if rule.kind in ("context", "sign"):
            self._tick(rule, text, True)
            return
        self._put(rule, _read_value(rule, text))

    def _read_ticks(self, rule: Rule) -> None:
        """A checkbox: each choice is a word; those of a repeated form that is not this row's are not there at all."""
        one = self._fields[rule.field]
        ticked = []
        for code, column in zip(one.choices, one.columns, strict=False):
            cell = self._row.values.get(column)
            if cell is None or (cell == "1" and not (word := _find_word(rule, code))):
                continue
            if rule.kind in ("context", "sign"):
                self._tick(rule, rule.words.get(code, code), cell == "1")
            elif cell == "1":
                ticked.append(word)
        if ticked:
            self._put(rule, ticked if rule.name == "flags" else ", ".join(ticked))

    def _tick(self, rule: Rule, word: str, there: bool) -> None:
        codes = self._proposal.codes[rule.kind]
        if word:
            codes[word] = there or codes.get(word, False)

    def _put(self, rule: Rule, value: Any) -> None:
        entry = self._find_entry(rule)
        name = rule.name
        if name == "value" and isinstance(value, str):
            comparator, value = _split_compared(value)
            entry.values |= {"comparator": comparator} if comparator else {}
        before = entry.values.get(name)
        if before not in (None, value):
            row, earlier = entry.origins.get(name, (self._row.number, rule.field))
            raise ValueFault(f"says {value}, but row {row}, {earlier}, says {before}; which is right cannot be known")
        entry.values[name] = value
        entry.origins[name] = (self._row.number, rule.field)

    def _find_entry(self, rule: Rule) -> Entry:
        if rule.kind == "patient":
            return self._proposal.patient
        if rule.kind == "reference":
            return self._proposal.reference
        identity = tuple((name, rule.of[name]) for name in IDENTITY[rule.kind] if name in rule.of)
        form = self._fields[rule.field].form_name if not identity else ""
        entry = self._entries.setdefault((rule.kind, form, identity), Entry())
        entry.values |= rule.of
        return entry


def _find_word(rule: Rule, cell: str) -> str:
    """The word a cell means by the rule; the cell itself where the rule has no words and it is one."""
    if rule.words:
        if cell not in rule.words:
            raise ValueFault(f"code {cell} is mapped to no word; mapped are {', '.join(rule.words)}")
        return rule.words[cell]
    known = list_words(rule.to)
    if known and cell not in known:
        raise ValueFault(f"“{cell}” is no word of {rule.to}, and the mapping says no word for it")
    return cell


def _read_value(rule: Rule, text: str) -> Any:
    reader = _READERS.get(rule.to)
    if reader is not None:
        return reader(text)
    if rule.to in NUMBERS or (rule.kind == "imaging" and rule.name.endswith(MEASURES)):
        return text if rule.name == "value" else read_number(text)
    return read_day(text).isoformat() if rule.to in DAYS else text


def _split_compared(text: str) -> tuple[str | None, float]:
    """`>46.7` as a comparator and a number."""
    match = _COMPARED.fullmatch(text)
    return (match[1], read_number(match[2])) if match else (None, read_number(text))


def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueFault(f"“{text}” is no date and time; write it as 2026-03-02T08:10:00+00:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_whole(text: str) -> int:
    number = read_number(text)
    if not number.is_integer():
        raise ValueFault(f"“{text}” is not a whole number")
    return int(number)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "read.read_at": _read_moment,
    "read.confidence": _read_whole,
    **dict.fromkeys(("patient.synthetic", *FLAGS), "yes".__eq__),
    "event.grade": _read_whole,
    "event.began_at": read_onset,
    "imaging.flags": lambda text: [text],
}
