"""A synthetic trial of 160 patients: the same every time it is made, and nobody in it exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import numpy as np

from decision.units import convert
from sample_data.context import make_context, make_signs
from sample_data.draws import Draws, load_parameters
from sample_data.dynamic import make_dynamic_results
from sample_data.findings import draw_pituitary, make_ct, make_mri
from sample_data.laboratory import make_basal_results, make_bench
from sample_data.people import Person, make_people
from sample_data.reads import SyntheticRead, SyntheticReference, make_reads, make_reference
from sample_data.uptake import DOTATATE, Scan, make_dotatate, make_pentixafor

Document = dict[str, Any]


@dataclass(frozen=True)
class SyntheticPatient:
    """One patient: who they are (with the true subtype), case file, scans, reads and, when settled, the reference."""

    person: Person
    case: Document
    scans: tuple[Scan, ...]
    reads: tuple[SyntheticRead, ...]
    reference: SyntheticReference | None

    @property
    def patient_id(self) -> str:
        return self.person.patient_id


@cache
def make_cohort(seed: int | None = None) -> tuple[SyntheticPatient, ...]:
    """All patients in order of enrolment; `seed` None takes the one of cohort.toml."""
    chosen = int(load_parameters("cohort")["seed"]) if seed is None else seed
    return tuple(_make_patient(person, chosen) for person in make_people(chosen))


def _make_patient(person: Person, seed: int) -> SyntheticPatient:
    case, draws = _draw_case(person, seed)
    scans = [make_pentixafor(person, draws)]
    if _has_dotatate(person, case, draws):
        scans.append(make_dotatate(person, draws))
    for scan in scans:
        case["imaging"].extend(scan.entries)
    reads = tuple(make_reads(person, tuple(scans), draws))
    return SyntheticPatient(person, case, tuple(scans), reads, make_reference(person, draws))


def _draw_case(person: Person, seed: int) -> tuple[Document, Draws]:
    """The case, drawn again for a patient with a DOTATATE study until the tracer applies."""
    for attempt in count(2):
        draws = Draws(np.random.default_rng([seed, person.number, attempt]))
        case = _make_case(person, draws)
        if not person.study_of(DOTATATE) or suspects_ectopic(case):
            return case, draws
    raise AssertionError("count has no end")


def _has_dotatate(person: Person, case: Document, draws: Draws) -> bool:
    available = draws.chance(load_parameters("findings")["dotatate"]["available"])
    if person.studies:
        return person.study_of(DOTATATE) is not None
    return suspects_ectopic(case) and available


def _make_case(person: Person, draws: Draws) -> Document:
    """Everything known before PET, in the shape of the case file."""
    context = make_context(person, draws)
    lesion = draw_pituitary(person, draws)
    macro = lesion is not None and lesion.size_mm >= load_parameters("findings")["mri"]["macro_mm"]
    bench = make_bench(person, context, macro, draws)
    mri = list(make_mri(person, bench.path, lesion, draws))
    seen_mm = max((entry.get("size_mm", 0.0) for entry in mri if entry["finding"] == "lesion"), default=None)
    results = list(make_basal_results(bench))
    results += make_dynamic_results(bench, seen_mm, {entry["test"] for entry in results})
    return {
        "case_id": person.patient_id,
        "age_years": person.age_years,
        "sex": person.sex,
        "results": results,
        "imaging": mri + list(make_ct(person, bench.path, draws)),
        "context": [*context, *_treated(results, draws)],
        "signs": list(make_signs(person, draws)),
    }


def _treated(results: list[Document], draws: Draws) -> list[str]:
    """Low potassium is replaced in some."""
    low = load_parameters("findings")["dotatate"]["severe"]["potassium"]
    values = [entry["value"] for entry in results if entry["test"] == "potassium"]
    return ["potassium_supplement"] if values and values[0] < low and draws.chance(0.4) else []


def suspects_ectopic(case: Mapping[str, Any]) -> bool:
    """Whether DOTATATE applies, from what is known before PET: ACTH-dependent disease, and no clear pituitary lesion or
    severe hypokalaemia or a very high urinary cortisol (figures in findings.toml)."""
    rule = load_parameters("findings")["dotatate"]
    known = {entry["test"]: entry for entry in case["results"]}
    acth = known.get("acth_plasma")
    if acth is None or _in_pg_ml(acth) < rule["dependent_acth"] or not _is_cushing(known):
        return False
    sizes = [entry.get("size_mm", 0.0) for entry in case["imaging"] if entry["modality"] == "MRI"]
    clear = any(size >= rule["clear_lesion_mm"] for size in sizes)
    return not clear or _is_severe(known)


def _is_cushing(known: Mapping[str, Document]) -> bool:
    """Hypercortisolism by urine or by the overnight test; DOTATATE is not done for a raised ACTH alone."""
    dst = known.get("dst_1mg_cortisol")
    suppressed = load_parameters("findings")["dotatate"]["suppressed_nmol"]
    unsuppressed = dst is not None and convert("dst_1mg_cortisol", dst["value"], dst["unit"]) > suppressed
    return unsuppressed or _ufc_uln(known) > 1.0


def _is_severe(known: Mapping[str, Document]) -> bool:
    severe = load_parameters("findings")["dotatate"]["severe"]
    potassium = known.get("potassium", {}).get("value")
    return (potassium is not None and potassium < severe["potassium"]) or _ufc_uln(known) > severe["ufc_uln"]


def _ufc_uln(known: Mapping[str, Document]) -> float:
    entry = known.get("ufc_24h", {"value": 0.0})
    return float(entry["value"]) / float(entry.get("uln", 1.0))


def _in_pg_ml(acth: Mapping[str, Any]) -> float:
    return convert("acth_plasma", acth["value"], acth["unit"]) / convert("acth_plasma", 1.0, "pg/mL")
