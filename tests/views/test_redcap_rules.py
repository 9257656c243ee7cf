"""The mapping's table: what is shown and read back is the same mapping; what cannot be read is named. And REDCap's refusal."""

import pytest
from streamlit.testing.v1 import AppTest

from exchange.redcap_dictionary import Dictionary
from exchange.redcap_mapping import MappingFault, RecordMapping, Rule
from exchange.redcap_out import make_dictionary
from exchange.redcap_suggest import suggest_mapping
from store import Store
from tests.exchange.redcap_trial import make_hospital_dictionary
from tests.views.people import open_app
from views.redcap_rules import BECOMES, FIELD, PLACE, WORDS, make_table, read_rules, say_target

LESION = {"modality": "CT", "region": "adrenal_left"}


@pytest.mark.parametrize("dictionary", [make_hospital_dictionary(), make_dictionary()])
def test_a_mapping_shown_and_read_back_is_the_same(dictionary: Dictionary) -> None:
    base = suggest_mapping(dictionary)
    mapping = RecordMapping((*base.rules, Rule(base.rules[-1].field, "imaging.size_mm", LESION)), "day first", ("-9",))
    faults: list[MappingFault] = []
    found = read_rules(make_table(mapping, dictionary).to_dict("records"), "day first", ("-9",), faults)
    assert (found, faults) == (mapping, [])


def test_a_line_without_becomes_is_left_out_and_a_bad_cell_is_named() -> None:
    lines = [
        {FIELD: "age", BECOMES: None, WORDS: "1 = female"},
        {FIELD: "sex", BECOMES: "patient.sex", WORDS: "1 = female; male", PLACE: float("nan")},
    ]
    faults: list[MappingFault] = []
    mapping = read_rules(lines, "refuse", (), faults)
    assert mapping.rules == (Rule("sex", "patient.sex", {}, {"1": "female"}),)
    assert [str(fault) for fault in faults] == ["sex: Words: “male” needs an equals sign, like 1 = female"]


def test_targets_are_said_in_words() -> None:
    said = [say_target(to) for to in ("patient.age_years", "imaging.size_mm", "context.code")]
    assert said == ["Patient · age", "Finding · size mm", "Context"]


def test_a_redcap_that_cannot_be_asked_is_said_on_the_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDCAP_URL", "http://redcap.example.org/api/")
    monkeypatch.setenv("REDCAP_TOKEN", "A" * 32)
    app: AppTest = open_app("import_export")
    next(one for one in app.button if one.label == "Fetch from REDCap").click().run()
    assert [error.value for error in app.error] == [
        "REDCAP_URL is not https: the token and the patients would travel unprotected."
    ]
