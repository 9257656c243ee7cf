"""What if: the answer moves, the case stays; every finding and every test not done can be chosen; bad values are refused."""

from decision.case import read_case
from store import Store
from tests.views.people import open_app, said
from views.what_if_choices import list_choices

CASE = {
    "case_id": "T1",
    "age_years": 34,
    "sex": "female",
    "results": [{"test": "acth_plasma", "value": 31, "unit": "pg/mL"}],
    "imaging": [{"modality": "MRI", "region": "pituitary", "finding": "lesion", "size_mm": 5}],
    "context": ["oestrogen"],
    "signs": ["no_easy_bruising"],
}


def test_everything_known_can_be_changed_and_what_is_not_done_can_be_added() -> None:
    choices = list_choices(read_case(CASE))
    known = [choice for choice in choices if choice.is_known]
    assert [choice.part for choice in known] == ["results", "imaging", "context", "signs", "age_years", "sex"]
    added = {choice.test for choice in choices if not choice.is_known}
    assert "ipss_stimulated_ratio" in added
    assert "acth_plasma" not in added
    assert len({choice.label for choice in choices}) == len(choices)


def test_marking_a_finding_unknown_moves_the_answer_and_keeps_the_case(store: Store) -> None:
    before = store.fetch_case("P017")
    app = open_app("review", patient="P017")
    assert "One change that would flip the leader" in said(app)
    box = next(item for item in app.selectbox if item.label == "Change")
    box.select(next(option for option in box.options if option.startswith("MRI"))).run()
    assert not app.exception
    assert "**Next test** ·" in said(app)
    assert store.fetch_case("P017") == before


def test_an_impossible_value_is_refused_in_a_sentence(store: Store) -> None:
    app = open_app("review", patient="P017")
    box = next(item for item in app.selectbox if item.label == "Change")
    box.select(next(option for option in box.options if option.startswith("ACTH"))).run()
    kinds = next(item for item in app.button_group if item.label == "to")
    kinds.set_value("another value").run()
    next(item for item in app.number_input if item.label == "Value").set_value(-5.0).run()
    assert not app.exception
    assert any("cannot be" in error.value for error in app.error)
