"""A case cut into steps: what a team would learn one after the other, from the patient to the PET scans."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from decision.case import read_case
from decision.vocabulary import load_vocabulary
from store import Patient, ReferenceDiagnosis
from views.findings_table import make_findings_table
from views.names import test_name
from views.results_table import make_results_table
from views.words import UNKNOWN

# The order of a usual work-up: is there cortisol excess, is it ACTH-dependent, which source, where.
TEST_ORDER = (
    "synthetic_steroid_screen", "ufc_24h", "cortisol_late_night_saliva", "cortisone_late_night_saliva",
    "dst_1mg_dexamethasone", "dst_1mg_cortisol", "lddst_2day_cortisol", "cortisol_late_night_serum", "cortisol_morning",
    "dex_crh_cortisol", "acth_plasma", "dheas", "potassium", "bicarbonate", "hddst_8mg_overnight_suppression",
    "hddst_2day_suppression", "liddle_ufc_change", "crh_acth_rise", "crh_cortisol_rise", "desmopressin_acth_rise",
    "desmopressin_cortisol_rise",
)  # fmt: skip
SAMPLING = ("ipss", "ipss_basal_ratio", "ipss_stimulated_ratio", "ipss_prolactin_normalised_ratio", "ipss_lateralisation_ratio")  # fmt: skip  # noqa: E501
SCAN_ORDER = (("MRI", None), ("CT", None), ("SRS", None), ("PET", "68Ga-Pentixafor"), ("PET", "68Ga-DOTATATE"))


@dataclass(frozen=True)
class Step:
    """One datum: its title, what it says line by line, and the case as known once it is revealed."""

    title: str
    lines: tuple[str, ...]
    case: dict[str, Any]


@dataclass(frozen=True)
class TeachingCase:
    """A synthetic patient under a teaching number, with the diagnosis that will be shown at the end."""

    number: int
    patient_id: str
    reference: ReferenceDiagnosis


def choose_cases(patients: Sequence[Patient], references: Sequence[ReferenceDiagnosis]) -> tuple[TeachingCase, ...]:
    """The synthetic patients with a reference diagnosis, in an order that does not follow their pseudonyms."""
    synthetic = {patient.patient_id for patient in patients if patient.synthetic}
    usable = [reference for reference in references if reference.patient_id in synthetic]
    ordered = sorted(usable, key=lambda item: hashlib.sha256(item.patient_id.encode()).hexdigest())
    return tuple(TeachingCase(number, item.patient_id, item) for number, item in enumerate(ordered, start=1))


def make_steps(case: dict[str, Any]) -> tuple[Step, ...]:
    """The steps of a case in clinical order; each holds all that was known before it too. The identity is left out."""
    known: dict[str, Any] = {
        "case_id": "teaching",
        **{name: case[name] for name in ("age_years", "sex", "context", "signs") if case.get(name) is not None},
        "results": [],
        "imaging": [],
    }
    steps = [Step("The patient", _describe_person(known), _copy(known))]
    for title, kind, items in _group(case):
        known[kind] = [*known[kind], *items]
        steps.append(Step(title, _describe(kind, items), _copy(known)))
    return tuple(steps)


def _group(case: dict[str, Any]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Title, kind ("results" or "imaging") and entries of each step after the first."""
    results, scans = case.get("results") or [], case.get("imaging") or []
    tests = list(dict.fromkeys(item["test"] for item in results))
    last = [test for test in tests if test not in TEST_ORDER and test not in SAMPLING]
    first = [test for test in TEST_ORDER if test in tests]
    for test in (*first, *last):
        yield test_name(test), "results", [item for item in results if item["test"] == test]
    kinds = list(dict.fromkeys((item.get("modality"), item.get("tracer")) for item in scans))
    structural = [kind for kind in SCAN_ORDER if kind in kinds and kind[0] != "PET"]
    yield from (_scan(kind, scans) for kind in structural)
    for test in (test for test in SAMPLING if test in tests):
        yield test_name(test), "results", [item for item in results if item["test"] == test]
    known_pet = [kind for kind in SCAN_ORDER if kind in kinds and kind[0] == "PET"]
    yield from (_scan(kind, scans) for kind in (*known_pet, *(kind for kind in kinds if kind not in SCAN_ORDER)))


def _scan(
    kind: tuple[str | None, str | None], scans: Sequence[dict[str, Any]]
) -> tuple[str, str, list[dict[str, Any]]]:
    modality, tracer = kind
    entries = [item for item in scans if (item.get("modality"), item.get("tracer")) == kind]
    return " ".join(part for part in (tracer, modality) if part) or "Imaging", "imaging", entries


def _describe_person(known: dict[str, Any]) -> tuple[str, ...]:
    words = load_vocabulary()
    age = known.get("age_years")
    lines = [f"{'age ' + UNKNOWN if age is None else f'{age:.0f} years'}, {known.get('sex') or 'sex ' + UNKNOWN}"]
    signs = [_say_sign(sign, words.signs) for sign in known.get("signs") or []]
    contexts = [words.contexts.get(code, code) for code in known.get("context") or []]
    return (*lines, *(", ".join(group) for group in (signs, contexts) if group))


def _say_sign(code: str, names: Any) -> str:
    absent = code.startswith("no_")
    name = names.get(code.removeprefix("no_"), code)
    return f"no {name.lower()}" if absent else str(name)


def _describe(kind: str, items: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    part = read_case({"case_id": "teaching", kind: list(items)})
    if kind == "results":
        rows = make_results_table(part.results).to_dict("records")
        return tuple(_say_result(row) for row in rows)
    rows = make_findings_table(part.imaging).to_dict("records")
    return tuple(f"{row['Region']}: {_say_seen(row)}" for row in rows)


def _say_result(row: dict[Any, Any]) -> str:
    limit = "" if row["Limit"] == UNKNOWN else f" (limit {row['Limit']})"
    return f"{row['']} {row['Result']}{limit}".strip()


def _say_seen(row: dict[Any, Any]) -> str:
    seen = [str(said) for column, said in row.items() if column != "Region" and said != UNKNOWN]
    return "; ".join(seen) or UNKNOWN


def _copy(known: dict[str, Any]) -> dict[str, Any]:
    return {**known, "results": list(known["results"]), "imaging": list(known["imaging"])}
