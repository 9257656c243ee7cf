"""Synthetic patients with a reference diagnosis and a PET read, beside those the tests of screens look at."""

from typing import Any

from store import Patient, ReferenceDiagnosis, Store

CD_SEEN, CD_UNSEEN, EAS_UNSEEN = 8, 1, 6
COUNTED = CD_SEEN + CD_UNSEEN + EAS_UNSEEN


def fill_trial(store: Store) -> None:
    """Pituitary uptake in most with Cushing's disease and in nobody with ectopic ACTH; P017 has a reference diagnosis too."""
    people = [*["CD positive"] * CD_SEEN, *["CD negative"] * CD_UNSEEN, *["EAS negative"] * EAS_UNSEEN]
    names = [f"S{number:03d}" for number in range(len(people))]
    diagnoses = [ReferenceDiagnosis(name, kind.split()[0]) for name, kind in zip(names, people, strict=True)]
    store.save_many(
        patients=[Patient(name, 40, "female", synthetic=True) for name in names],
        cases=[make_case(name, kind.split()[1]) for name, kind in zip(names, people, strict=True)],
        references=[*diagnoses, ReferenceDiagnosis("P017", "CD")],
    )


def make_case(name: str, uptake: str) -> dict[str, Any]:
    """One Pentixafor read of the pituitary and two results."""
    image = {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "pituitary", "uptake": uptake}
    results = [
        {"test": "acth_plasma", "value": 60, "unit": "pg/mL"},
        {"test": "ufc_24h", "value": 3, "unit": "xULN"},
    ]
    return {"case_id": name, "age_years": 40, "sex": "female", "imaging": [image], "results": results}
