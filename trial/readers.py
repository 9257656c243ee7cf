"""Blinded readers of the same scans: how far they agree, where they differ, and what stands until somebody adjudicates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from trial.agreement import Agreement, ManyReaders, Weights, compare_many_readers, compare_readers, tabulate_reads
from trial.intervals import LEVEL
from trial.participant import IndexRead, ReadResult
from trial.targets import load_plan

Field = Literal["result", "subtype", "site"]
FIELDS: tuple[Field, ...] = ("result", "subtype", "site")
RESULTS: tuple[ReadResult, ...] = ("negative", "inconclusive", "positive")
NONE_NAMED = "none named"


@dataclass(frozen=True)
class ReaderRead:
    """What one reader said of one index test in one patient."""

    patient_id: str
    reader: str
    test: str
    result: ReadResult
    subtype: str | None = None
    site: str | None = None

    def say(self, field: Field) -> str:
        """The word for this field; a read that names no subtype or site says so, which is an answer."""
        return str(getattr(self, field) or NONE_NAMED)


@dataclass(frozen=True)
class ReaderPair:
    """Two readers over the patients both read: the square table in the order of `categories`, and their agreement."""

    reader_1: str
    reader_2: str
    field: Field
    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    agreement: Agreement


@dataclass(frozen=True)
class Disagreement:
    """A patient whom the readers of a test read differently, with each reader's words for the fields that differ."""

    patient_id: str
    test: str
    differs: tuple[Field, ...]
    said: dict[Field, dict[str, str]]


@dataclass(frozen=True)
class SettledRead:
    """What counts as the test's read: `read` None while the readers differ and nobody has adjudicated."""

    patient_id: str
    test: str
    read: IndexRead | None
    says: str


def list_categories(field: Field) -> tuple[str, ...]:
    """The words of a field in the order of the table; results are ordered, so weights mean something for them only."""
    if field == "result":
        return RESULTS
    plan = load_plan()
    return (*(plan.subtypes if field == "subtype" else plan.sites), NONE_NAMED)


def compare_reader_pairs(
    reads: Iterable[ReaderRead], test: str, field: Field = "result", weights: Weights = "none", level: float = LEVEL
) -> tuple[ReaderPair, ...]:
    """Every two readers of a test over the patients both read; a reader's last read of a patient counts."""
    by_reader = _sort_by_reader(reads, test)
    pairs = []
    for first, second in combinations(sorted(by_reader), 2):
        both = sorted(by_reader[first].keys() & by_reader[second].keys())
        words = [[by_reader[reader][patient].say(field) for patient in both] for reader in (first, second)]
        known = {word for column in words for word in column}
        categories = tuple(word for word in list_categories(field) if field == "result" or word in known)
        table = tabulate_reads(words[0], words[1], categories)
        rows = tuple(tuple(row) for row in table)
        pairs.append(ReaderPair(first, second, field, categories, rows, compare_readers(table, weights, level)))
    return tuple(pairs)


def compare_all_readers(
    reads: Iterable[ReaderRead], test: str, field: Field = "result", level: float = LEVEL
) -> ManyReaders:
    """Fleiss' kappa over the patients every reader of the test read."""
    by_reader = _sort_by_reader(reads, test)
    patients = set.intersection(*[set(one) for one in by_reader.values()]) if len(by_reader) > 1 else set()
    categories = list_categories(field)
    said = [[by_reader[reader][patient].say(field) for reader in by_reader] for patient in sorted(patients)]
    return compare_many_readers([[words.count(category) for category in categories] for words in said], level)


def find_disagreements(reads: Iterable[ReaderRead], test: str) -> tuple[Disagreement, ...]:
    """Patients the readers of a test read differently: a different result first, then subtype, then site."""
    found = []
    for patient, by_reader in _sort_by_patient(reads, test).items():
        said = {field: {reader: one.say(field) for reader, one in sorted(by_reader.items())} for field in FIELDS}
        differs = tuple(field for field in FIELDS if len(set(said[field].values())) > 1)
        if differs:
            found.append(Disagreement(patient, test, differs, {field: said[field] for field in differs}))
    return tuple(sorted(found, key=lambda one: (FIELDS.index(one.differs[0]), one.patient_id)))


def settle_reads(reads: Sequence[ReaderRead], test: str, adjudicator: str | None = None) -> tuple[SettledRead, ...]:
    """One read a patient: the adjudicator's where there is one, else what all readers said alike, else none yet."""
    settled = []
    for patient, by_reader in sorted(_sort_by_patient(reads, test).items()):
        if adjudicator in by_reader:
            settled.append(SettledRead(patient, test, _take(by_reader[adjudicator]), f"adjudicated by {adjudicator}"))
            continue
        first, *others = by_reader.values()
        alike = all(one.say(field) == first.say(field) for one in others for field in FIELDS)
        says = "one reader only" if not others else "all readers agree" if alike else "readers differ: to adjudicate"
        settled.append(SettledRead(patient, test, _take(first) if alike else None, says))
    return tuple(settled)


def _take(read: ReaderRead) -> IndexRead:
    return IndexRead(done=True, result=read.result, subtype=read.subtype, site=read.site)


def _sort_by_reader(reads: Iterable[ReaderRead], test: str) -> dict[str, dict[str, ReaderRead]]:
    found: dict[str, dict[str, ReaderRead]] = {}
    for read in reads:
        if read.test == test:
            found.setdefault(read.reader, {})[read.patient_id] = read
    return found


def _sort_by_patient(reads: Iterable[ReaderRead], test: str) -> dict[str, dict[str, ReaderRead]]:
    found: dict[str, dict[str, ReaderRead]] = {}
    for read in reads:
        if read.test == test:
            found.setdefault(read.patient_id, {})[read.reader] = read
    return found
