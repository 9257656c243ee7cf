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
        ({"day": date(2030, 1, 1), "consented_on": date(2030, 1, 1)}, "in the future"),
        ({"day": None, "wrong": ("Screened on: no day.",)}, "Screened on: no day."),
        ({"other_reasons": "call 138 0013 8000"}, "“138 0013 8000” may tell who the person is"),
        ({"other_reasons": "born 3.5.1981"}, "“3.5.1981” may tell who"),
        ({"number": "11010519491231002X"}, "may tell who the person is"),
        ({"other_reasons": "as P052", "decision": "not_enrolled", "reason": "unstable"}, "P052 is a pseudonym"),
        ({"known": ScreenedPerson("S001"), "who": "AB"}, "a word of why"),
        ({"known": ScreenedPerson("S001"), "why": "typing"}, "Corrected by"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(changes: dict[str, object], says: str) -> None:
    found = find_wrong(change(**changes), {"S009"}, {"P052"}, {"P017", "P052"}, date(2026, 6, 1))
    assert len(found) == (2 if "in the future" in says else 1), found
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


@pytest.mark.parametrize(
    ("given", "scan", "says"),
    [
        (("5/3/2026", "08:00"), ("2026-03-06", "10:00"), "Injected on: “5/3/2026” may be"),
        (("2026-03-05", "8"), ("2026-03-06", "10:00"), "Injected on: “8” is not a time of day"),
        (("2026-03-05", "08:00"), ("tomorrow", "10:00"), "Scan planned on: “tomorrow” is not a date"),
    ],
)
def test_times_of_the_tracer_that_cannot_be_read_are_named(
    given: tuple[str, str], scan: tuple[str, str], says: str
) -> None:
    assert says in str(Tracer.read("18F", given, scan))


def test_a_tracer_without_its_hour_is_asked_for_it() -> None:
    tracer = Tracer.read("18F", ("2026-03-05", ""), ("2026-03-06", "10:00"))
    assert isinstance(tracer, Tracer)
    assert "give when it was injected" in str(derive_waiting(tracer).wrong)


@pytest.mark.parametrize(("age", "answer"), [("9.9", "no"), ("10", "yes"), ("80", "yes"), ("81", "no"), ("", None)])
def test_age_answers_its_criterion(age: str, answer: str | None) -> None:
    assert derive_age(age).answer == answer


def find(elements: object, label: str) -> object:
    return next(one for one in elements if one.label.startswith(label))  # type: ignore[attr-defined]


def fill(app: AppTest, answer: str = "no") -> AppTest:
    find(app.text_input, "Screened on").set_value("1 Mar 2026")
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
    find(app.text_input, "Consent on").set_value("2026-03-01")
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


def test_a_pending_line_is_decided_later_and_what_stood_there_is_kept(store: Store) -> None:
    store.trial.save_screened([ScreenedPerson("S004", date(2026, 1, 1), "40–49", "male", dict.fromkeys(ELIGIBLE))])
    app = open_app("screening")
    find(app.selectbox, "Correct or decide").set_value("S004").run()
    start = "screen_S004_"
    for name, value in (("decision", "not_enrolled"), ("answer_unstable", "yes")):
        next(one for one in app.button_group if one.key == start + name).set_value(value)
    app.run()
    next(one for one in app.selectbox if one.key == f"{start}reason").set_value("unstable")
    for name, value in (("by", "AB"), ("who", "CD")):
        next(one for one in app.text_input if one.key == start + name).set_value(value)
    next(one for one in app.run().button if one.key == f"{start}keep").click().run()
    assert any("needs a word of why" in one.value for one in app.error)
    next(one for one in app.text_input if one.key == f"{start}why").set_value("ward round")
    next(one for one in app.run().button if one.key == f"{start}keep").click().run()
    (kept,) = store.trial.fetch_screened()
    assert (kept.decision, kept.reason, kept.age_band) == ("not_enrolled", "unstable", "40–49")
    changed, _ = store.trial.fetch_history("S004", "screening line")
    assert (changed.who, changed.why) == ("CD", "ward round")


def test_the_wrong_kind_of_consent_is_mended_by_keeping_the_line(store: Store) -> None:
    line = ScreenedPerson(
        "S001", date(2026, 1, 1), "30–39", "female", ELIGIBLE, decision="enrolled", decided_by="AB",  # type: ignore[arg-type]
        consent_type="guardian's consent and the minor's assent", consented_on=date(2026, 1, 2), patient_id="P017",
    )  # fmt: skip
    store.trial.save_screened([line])
    app = open_app("screening")
    find(app.selectbox, "Correct or decide").set_value("S001").run()
    assert "Consent type: **own consent**" in said(app)
    for name, value in (("who", "CD"), ("why", "adult")):
        next(one for one in app.text_input if one.key == f"screen_S001_{name}").set_value(value)
    next(one for one in app.run().button if one.key == "screen_S001_keep").click().run()
    assert store.trial.fetch_screened()[0].consent_type == "own consent"
