"""The head-to-head comparison for every target in one table: ACTH class, site and each subtype."""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from trial.head_to_head import compare_tests
from trial.inconclusive import Choice
from trial.paired import PairedDifference
from trial.participant import Participant
from trial.targets import Comparison, load_plan
from views.accuracy_choices import Choices
from views.accuracy_data import Material
from views.accuracy_words import name_tests, say_observed, say_p, say_points
from views.names import subtype_name
from views.words import UNKNOWN


def show_every_target(material: Material, choices: Choices, comparison: Comparison) -> None:
    """One line a target; what cannot be told is a dash."""
    st.subheader("Every target", anchor=False)
    table = _make_table((*material.key, choices.choice, comparison.test_2), material.people, comparison, choices.choice)
    if material.signature:
        table["Data"] = material.signature
    st.dataframe(table, hide_index=True, height="content", placeholder=UNKNOWN, alt="Every target, head to head")
    st.caption(
        "Both tests in the same patients; difference in percentage points, Tango 95 %; p: McNemar exact, not adjusted for the "
        "number of targets. A dash: nobody to compare."
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _make_table(
    key: tuple[object, ...], _people: tuple[Participant, ...], _comparison: Comparison, choice: Choice
) -> pd.DataFrame:
    return make_every_target(_people, _comparison, choice)


def make_every_target(people: tuple[Participant, ...], comparison: Comparison, choice: Choice) -> pd.DataFrame:
    """Pairs, both sensitivities and specificities, their differences and p, for every target of the plan."""
    return pd.DataFrame(list(_list_targets(people, comparison, choice)))


def _list_targets(
    people: tuple[Participant, ...], comparison: Comparison, choice: Choice
) -> Iterator[dict[str, object]]:
    plan = load_plan()
    names = name_tests(plan.tests)
    for code, target in plan.targets.items():
        pair = compare_tests(people, comparison.test_1, comparison.test_2, target, choice)
        line: dict[str, object] = {
            "Target": subtype_name(code) if code in plan.subtypes else target.name,
            "Paired": pair.paired,
        }
        for word, one in (("Se", pair.accuracy.sensitivity), ("Sp", pair.accuracy.specificity)):
            line |= _describe(word, one, names[pair.test_1], names[pair.test_2])
        yield line


def _describe(word: str, one: PairedDifference, first: str, second: str) -> dict[str, object]:
    return {
        f"{word} n": one.n,
        f"{word} {first}": say_observed(one.test_1),
        f"{word} {second}": say_observed(one.test_2),
        f"{word} difference": say_points(one.difference) if one.n else UNKNOWN,
        f"{word} p": say_p(one.mcnemar.p_exact).removeprefix("p ").removeprefix("= ") if one.n else UNKNOWN,
    }
