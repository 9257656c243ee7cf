"""The number a cut-off is drawn through: one value a patient or a lesion, and why others have none. No Streamlit here."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from decision.case import Result
from decision.units import compute_si, convert_back
from imaging.ratios import compute_lar, compute_lateralisation_index, compute_lcr, compute_llr
from trial.flow import Reason
from trial.participant import Participant
from trial.targets import IndexTest, Target, judge_reference
from trial.threshold import Score
from views.cohort_records import ADRENAL, find_place

Unit = Literal["patient", "lesion"]
Case = Mapping[str, Any]
ACTH_UNIT = "pg/mL"
ANYWHERE = "all"


@dataclass(frozen=True)
class Index:
    """A number a cut-off can be set on. `of_scan`: it comes from a scan; `adrenal`: it has a meaning in an adrenal only."""

    code: str
    name: str
    unit: str
    says: str
    of_scan: bool = True
    adrenal: bool = False
    per_lesion: bool = True


INDEXES = {
    index.code: index
    for index in (
        Index("suv_max", "SUVmax", "g/ml", "SUVmax of the lesion, body weight"),
        Index("lar", "LAR", "", "SUVmax of the lesion over SUVmax of normal adrenal tissue", adrenal=True),
        Index("llr", "LLR", "", "SUVmax of the lesion over SUVmean of the liver"),
        Index("lcr", "LCR", "", "SUVmax of the lesion over SUVmax of the other adrenal", adrenal=True),
        Index("li", "LI", "", "SUVmax of the hotter adrenal over the cooler one", adrenal=True, per_lesion=False),
        Index("acth", "ACTH", ACTH_UNIT, "plasma ACTH, the last one known", of_scan=False, per_lesion=False),
    )
}


@dataclass(frozen=True)
class Scored:
    """Values with their truth; `labels` is the subtype of each score's patient, `missing` who has none and why.

    `sign` -1: at or below the cut is positive, and the scores are the values negated. `clusters`: the patient of each score.
    """

    scores: tuple[Score, ...]
    subtypes: tuple[str | None, ...]
    clusters: tuple[str, ...]
    missing: tuple[Reason, ...]
    sign: int
    of: int

    @property
    def values(self) -> tuple[float, ...]:
        """The values as they were measured."""
        return tuple(self.sign * score.value for score in self.scores)

    @property
    def truths(self) -> list[int]:
        return [int(score.diseased) for score in self.scores]


def list_scores(
    people: Sequence[Participant],
    cases: Mapping[str, Case],
    index: Index,
    test: IndexTest,
    target: Target,
    **chosen: Any,
) -> Scored:
    """The values of everybody eligible. `chosen`: unit ("patient" or "lesion"), place, sign (1 or -1)."""
    unit, place, sign = chosen.get("unit", "patient"), chosen.get("place", ANYWHERE), chosen.get("sign", 1)
    found: list[tuple[Participant, Score]] = []
    gone: dict[str, list[str]] = defaultdict(list)
    eligible = [person for person in people if person.eligible]
    for person in eligible:
        case = cases.get(person.patient_id, {})
        if unit == "lesion" and index.per_lesion:
            scores = list(_score_lesions(person, case, index, test, place))
            why = "no lesion with a value and a reference"
        else:
            why, scores = _score_patient(person, case, (index, test, target, place))
        found += [(person, score) for score in scores]
        if not scores:
            gone[why].append(person.patient_id)
    return Scored(
        scores=tuple(replace(score, value=sign * score.value) for _, score in found),
        subtypes=tuple(person.reference.subtype for person, _ in found),
        clusters=tuple(person.patient_id for person, _ in found),
        missing=tuple(Reason(why, tuple(ids)) for why, ids in sorted(gone.items(), key=lambda one: -len(one[1]))),
        sign=sign,
        of=len(eligible),
    )


def list_all_values(cases: Mapping[str, Case], index: Index, test: IndexTest) -> list[float]:
    """Every value of the index anywhere in anybody, whatever the truth: the span a cut-off can be moved through."""
    found: list[float] = []
    for case in cases.values():
        if not index.of_scan:
            found += [value for value in (find_acth(case),) if value is not None]
            continue
        entries = list(_entries(case, test, ANYWHERE, index))
        values = [_lateralise(entries)] if index.code == "li" else [_compute(entry, index) for entry in entries]
        found += [value for value in values if value is not None]
    return found


def find_acth(case: Case) -> float | None:
    """The last plasma ACTH in pg/mL; a value below the assay's limit counts at the limit. None when it is not known."""
    value = find_si(case, "acth_plasma")
    return None if value is None else convert_back("acth_plasma", value, ACTH_UNIT)


def find_si(case: Case, test: str) -> float | None:
    """The last result of a test in its SI unit; None when it is not known as an amount."""
    results = [item for item in case.get("results", ()) if item.get("test") == test and item.get("value") is not None]
    ordered = sorted(results, key=lambda item: item.get("collected_at") or "")
    known = [value for item in ordered if (value := compute_si(Result(**item))) is not None]
    return known[-1] if known else None


def points_down(target: Target, independent: frozenset[str]) -> bool:
    """Whether a low ACTH speaks for the target: every subtype it holds is an ACTH-independent one."""
    return target.kind == "subtype" and bool(target.present) and target.present <= independent


def _score_patient(
    person: Participant, case: Case, asked: tuple[Index, IndexTest, Target, str]
) -> tuple[str, list[Score]]:
    index, test, target, place = asked
    truth = judge_reference(person.reference, target)
    if truth not in ("present", "absent"):
        return "no reference diagnosis that decides the target", []
    entries = list(_entries(case, test, place, index))
    value = find_acth(case) if not index.of_scan else _highest(entries, index)
    if value is None:
        return f"no {index.name} known", []
    minutes = next((one["uptake_minutes"] for one in entries if one.get("uptake_minutes") is not None), None)
    return "", [Score(person.patient_id, value, truth == "present", minutes)]


def _score_lesions(person: Participant, case: Case, index: Index, test: IndexTest, place: str) -> Iterator[Score]:
    truths = {lesion.lesion: lesion.reference for lesion in person.lesions}
    for entry in _entries(case, test, place, index):
        truth, value = truths.get(str(entry.get("region"))), _compute(entry, index)
        if truth in ("present", "absent") and value is not None:
            name = f"{person.patient_id} {str(entry['region']).replace('_', ' ')}"
            yield Score(name, value, truth == "present", entry.get("uptake_minutes"))


def _entries(case: Case, test: IndexTest, place: str, index: Index) -> Iterator[Mapping[str, Any]]:
    wanted = ADRENAL if index.adrenal else place
    for item in case.get("imaging", ()):
        here = wanted == ANYWHERE or find_place(item.get("region")) == wanted
        if item.get("modality") == "PET" and item.get("tracer") == test.tracer and here:
            yield item


def _highest(entries: Sequence[Mapping[str, Any]], index: Index) -> float | None:
    if index.code == "li":
        return _lateralise(entries)
    return max((value for entry in entries if (value := _compute(entry, index)) is not None), default=None)


def _lateralise(entries: Sequence[Mapping[str, Any]]) -> float | None:
    sides = {entry.get("region"): entry.get("suv_max") for entry in entries}
    return compute_lateralisation_index(sides.get("adrenal_left"), sides.get("adrenal_right"))


def _compute(entry: Mapping[str, Any], index: Index) -> float | None:
    level = entry.get("suv_max")
    if index.code == "lar":
        return compute_lar(level, entry.get("normal_adrenal_suv_max"))
    if index.code == "lcr":
        return compute_lcr(level, entry.get("contralateral_suv_max"))
    return compute_llr(level, entry.get("liver_suv_mean")) if index.code == "llr" else level
