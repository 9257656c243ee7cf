"""A small trial for the tests of the accuracy page: eight synthetic patients whose counts can be done by hand."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store import Patient, ReadRecord, ReferenceDiagnosis, Store, open_store

PENTIXAFOR, DOTATATE = "68Ga-Pentixafor", "68Ga-DOTATATE"
# Patient: reference, read of Pentixafor (result, subtype), SUVmax in the left adrenal, ACTH in pg/mL.
TRIAL: dict[str, tuple[tuple[str, str] | None, tuple[str, str | None] | None, float, float | None]] = {
    "P001": (("CPA", "adrenal_left"), ("positive", "CPA"), 14.0, 3.0),
    "P002": (("CPA", "adrenal_left"), ("positive", "CPA"), 9.0, 4.0),
    "P003": (("CPA", "adrenal_left"), ("negative", None), 5.0, None),
    "P004": (("CD", "pituitary"), ("positive", "CD"), 2.0, 60.0),
    "P005": (("CD", "pituitary"), ("positive", "CPA"), 12.0, 45.0),
    "P006": (("EAS", "lung"), ("inconclusive", None), 3.0, 150.0),
    "P007": (None, ("positive", "CPA"), 10.0, 8.0),
    "P008": (("CD", "pituitary"), None, 2.5, 55.0),
}


def make_case(patient_id: str) -> dict[str, Any]:
    """The case of a patient of the trial: ACTH, a CT and a scan 60 minutes after injection."""
    _, _, level, acth = TRIAL[patient_id]
    scan = {"modality": "PET", "tracer": PENTIXAFOR, "region": "adrenal_left", "suv_max": level, "uptake_minutes": 60}
    other = {"liver_suv_mean": 2.0, "contralateral_suv_max": 2.0, "uptake": "positive" if level > 8 else "negative"}
    results = [] if acth is None else [{"test": "acth_plasma", "value": acth, "unit": "pg/mL"}]
    left = {"modality": "CT", "region": "adrenal_left", "finding": "mass" if level > 4 else "normal"}
    imaging = [left, {"modality": "CT", "region": "adrenal_right", "finding": "normal"}, scan | other]
    return {"case_id": patient_id, "age_years": 40, "sex": "female", "results": results, "imaging": imaging}


def fill_trial(store: Store) -> None:
    store.save_many(
        patients=[Patient(one, 40, "female", date(2026, 1, 5), synthetic=True) for one in TRIAL],
        cases=[make_case(one) for one in TRIAL],
        reads=[
            ReadRecord(one, reader, PENTIXAFOR, read[0], read[1])  # type: ignore[arg-type]
            for one, (_, read, _, _) in TRIAL.items()
            if read
            for reader in ("Reader A", "Reader B")
        ],
        references=[ReferenceDiagnosis(one, *known) for one, (known, _, _, _) in TRIAL.items() if known],
    )


@pytest.fixture
def trial_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with open_store() as store:
        fill_trial(store)
        yield store
