"""The screening page: one person entered with what follows worked out, refused in sentences, nobody identified."""

from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from store import ScreenedPerson, Store
from tests.views.people import open_app, said
from trial.screening import load_criteria
from views.screening_entry import Entry, Tracer, derive_age, derive_waiting, find_wrong, make_person

ELIGIBLE = {one.code: "yes" if one.kind == "inclusion" else "no" for one in load_criteria()}
RIGHT = Entry(
    "S001", date(2026, 3, 1), "34", "female", ELIGIBLE, "enrolled", "P017", consent_type="own consent",
    consented_on=date(2026, 3, 2), decided_by="AB",
)  # fmt: skip


def change(**changes: object) -> Entry:
    return Entry(**{**RIGHT.__dict__, **changes})  # type: ignore[arg-type]


def test_a_whole_entry_is_right_and_becomes_a_line() -> None:
    assert find_wrong(RIGHT, (), ()) == ()
    person = make_person(RIGHT, synthetic=True)
    assert (person.patient_id, person.age_band, person.consent_type) == ("P017", "30–39", "own consent")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"number": "S009"}, "S009 is in the log already"),
        ({"day": None}, "Screened on: give the day"),
        ({"age": "abc"}, "Age: “abc” is not a number"),
        ({"age": "-3"}, "“-3” is no age"),
        ({"decided_by": " "}, "Decided by"),
        ({"decision": None}, "Decision: choose"),
        ({"patient_id": None}, "needs the pseudonym"),
        ({"patient_id": "P052"}, "P052 is in the screening log already"),
        ({"answers": ELIGIBLE | {"unstable": "yes"}}, "cannot be enrolled. Not eligible: unstable"),
        ({"answers": ELIGIBLE | {"unstable": None}}, "cannot be enrolled. Not decided"),
        ({"decision": "not_enrolled"}, "needs its main reason"),
        ({"consented_on": None}, "its day is needed"),
        ({"consented_on": date(2026, 2, 1)}, "before the day of screening"),
        ({"age": "12"}, "guardian"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(changes: dict[str, object], says: str) -> None:
    found = find_wrong(change(**changes), {"S009"}, {"P052"})
    assert len(found) == 1
    assert says in found[0]


def test_somebody_not_enrolled_leaves_neither_age_nor_pseudonym() -> None:
    person = make_person(change(decision="not_enrolled", reason="consent"), synthetic=False)
    assert person.patient_id is None
    assert "34" not in str(person)


def test_five_half_lives_are_worked_out_from_tracer_and_times() -> None:
    given = datetime(2026, 3, 1, 9)
    early = derive_waiting(Tracer("18F", given, datetime(2026, 3, 1, 18)))
    late = derive_waiting(Tracer("18F", given, datetime(2026, 3, 1, 18, 30)))
    assert (early.answer, late.answer) == ("yes", "no")
    assert early.says is not None
    assert "9.1 h" in early.says
    assert "may be from 01 Mar 2026 18:08" in early.says
    assert derive_waiting(Tracer()).answer is None
    assert "give when" in str(derive_waiting(Tracer("18F", given)).wrong)
    assert "check the two dates" in str(derive_waiting(Tracer("18F", given, datetime(2026, 2, 1))).wrong)


@pytest.mark.parametrize(("age", "answer"), [("9.9", "no"), ("10", "yes"), ("80", "yes"), ("81", "no"), ("", None)])
def test_age_answers_its_criterion(age: str, answer: str | None) -> None:
    assert derive_age(age).answer == answer


def find(elements: object, label: str) -> object:
    return next(one for one in elements if one.label.startswith(label))  # type: ignore[attr-defined]


def fill(app: AppTest, answer: str = "no") -> AppTest:
    find(app.date_input, "Screened on").set_value(date(2026, 3, 1))
    find(app.text_input, "Age").set_value("45")
    find(app.button_group, "Sex").set_value("male")
    find(app.text_input, "Decided by").set_value("AB")
    app.run()
    for criterion in load_criteria():
        for one in app.button_group:
            if one.label.endswith(criterion.title):
                one.set_value("yes" if criterion.kind == "inclusion" else answer)
    return app.run()


def test_a_refused_entry_keeps_what_was_typed_and_a_mended_one_is_kept(store: Store) -> None:
    app = fill(open_app("screening"), answer="yes")
    find(app.button_group, "Decision").set_value("not_enrolled")
    app.run()
    find(app.button, "Keep the line").click().run()
    assert any("needs its main reason" in one.value for one in app.error)
    assert find(app.text_input, "Age").value == "45"
    find(app.selectbox, "Main reason").set_value("unstable")
    find(app.date_input, "Consent on").set_value(date(2026, 3, 1))
    app.run()
    find(app.button, "Keep the line").click().run()
    assert not app.exception
    (kept,) = store.trial.fetch_screened()
    assert (kept.screening_id, kept.age_band, kept.reason) == ("S001", "40–49", "unstable")
    assert kept.criteria["pregnant_or_breastfeeding"] == "not_applicable"
    assert find(app.text_input, "Age").value in ("", None)


def test_everybody_screened_is_listed_with_counts_of_reasons(store: Store) -> None:
    lines = [
        ScreenedPerson("S001", date(2026, 1, 1), decision="enrolled", patient_id="P017"),
        ScreenedPerson("S002", date(2026, 1, 2), decision="not_enrolled", reason="consent"),
        ScreenedPerson("S003", date(2026, 1, 3), decision="not_enrolled", reason="unstable"),
    ]
    store.trial.save_screened(lines)
    app = open_app("screening")
    assert "**3** screened: **1** enrolled, **2** not enrolled, **0** pending" in said(app)
    assert len(app.dataframe[0].value) == 3
    find(app.multiselect, "Main reason").set_value(["unstable"]).run()
    assert list(app.dataframe[0].value["No."]) == ["S003"]
