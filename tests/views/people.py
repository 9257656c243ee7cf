"""Small stores for the tests of screens: a few invented patients with known assessments."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from store import Patient, Store, open_store

PROJECT = Path(__file__).resolve().parent.parent.parent

CUSHINGS_DISEASE: dict[str, Any] = {
    "case_id": "P017",
    "age_years": 34,
    "sex": "female",
    "results": [
        {"test": "acth_plasma", "value": 46, "unit": "pg/mL", "uln": 40, "collected_at": "2026-03-02T08:10"},
        {"test": "ufc_24h", "value": 5.4, "unit": "xULN"},
        {"test": "dst_1mg_cortisol", "value": 9.4, "unit": "ug/dL"},
        {"test": "potassium", "value": 2.3, "unit": "mmol/L", "lln": 3.5, "uln": 5.1},
    ],
    "imaging": [
        {"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 7, "side": "left"},
        {"modality": "PET", "tracer": "68Ga-Pentixafor", "region": "pituitary", "uptake": "positive", "suv_max": 4.2},
    ],
    "context": ["oestrogen"],
    "signs": ["easy_bruising", "no_virilisation"],
}
ALMOST_UNKNOWN: dict[str, Any] = {"case_id": "P052", "sex": "male"}


def fill_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with two synthetic patients in `folder`, which the app will open too."""
    monkeypatch.setenv("CUSHING_DATA", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    store = open_store()
    tomorrow = date.today() + timedelta(days=1)
    patients = [
        Patient("P017", 34, "female", date(2026, 2, 1), tomorrow, synthetic=True),
        Patient("P052", None, "male", synthetic=True),
    ]
    store.save_many(patients=patients, cases=[CUSHINGS_DISEASE, ALMOST_UNKNOWN])
    return store


def open_app(page: str | None = None, patient: str | None = None) -> AppTest:
    """The whole app on a page (its file name), looking at a patient."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=180)
    if patient:
        app.query_params["patient"] = patient
    app.run()
    if page:
        app.switch_page(f"pages/{page}.py")
        app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    """Every text on the screen."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def fill_correction(app: AppTest, label: str, value: str) -> AppTest:
    """Open the correction form of the open scan and type a value with its reason; nothing is pressed yet."""
    box = next(one for one in app.expander if one.label.startswith("Correct weight"))
    if not [one for one in app.text_input if one.label.startswith(label)]:
        app.session_state[box.proto.id.split("-", 2)[2]] = True
        app.run()
    next(one for one in app.text_input if one.label.startswith(label)).set_value(value).run()
    next(one for one in app.text_input if one.label == "Your name or initials").set_value("AB").run()
    reasons = [one for one in app.text_input if one.placeholder == "how you know the right value"]
    reasons[0].set_value("scales on the day").run()
    assert not app.exception, app.exception
    return app


def correct(app: AppTest, label: str, value: str) -> AppTest:
    """Correct one value of the open scan, as a reader would."""
    fill_correction(app, label, value)
    next(one for one in app.button if one.label == "Correct the SUV").click().run()
    assert not app.exception, app.exception
    return app
