"""What the accuracy page is asked: target, test, whose reads, unit, inconclusive reads, subtypes. All of it in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from decision.vocabulary import load_vocabulary
from trial.inconclusive import CHOICES, SAYS, Choice
from trial.targets import IndexTest, Target, load_plan
from views import state
from views.accuracy_scores import Unit
from views.charts_cohort import NO_REFERENCE, NO_REFERENCE_NAME
from views.cohort import read_selection
from views.names import subtype_name

DIAGNOSIS = "accuracy_diagnosis"
UNCLEAR: dict[Choice, str] = {
    "excluding": "left out",
    "intention_to_diagnose": "as wrong",
    "as_positive": "as positive",
    "as_negative": "as negative",
}


@dataclass(frozen=True)
class Choices:
    """`subtypes`: only patients with these reference diagnoses (None: no reference yet), everybody when empty."""

    target: Target
    test: IndexTest
    counted: str
    unit: Unit
    choice: Choice
    subtypes: tuple[str | None, ...]


def ask_choices(counted: Sequence[str]) -> Choices:
    """The row of controls on top of the page; each is a parameter of the address."""
    plan = load_plan()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = st.selectbox(
            "Target",
            list(plan.targets),
            format_func=_name_target,
            key="accuracy_target",
            bind="query-params",
            width=250,
        )
        test = st.segmented_control(
            "Test",
            [test.code for test in plan.tests],
            default=plan.tests[0].code,
            required=True,
            format_func=_name_test,
            key="accuracy_test",
            bind="query-params",
        )
        reads = st.selectbox("Reads", list(counted), key="accuracy_reads", bind="query-params", width=170)
        unit = st.segmented_control(
            "Count", ["patient", "lesion"], default="patient", required=True, format_func="Per {}".format,
            key="accuracy_unit", bind="query-params",
        )  # fmt: skip
        choice = st.segmented_control(
            "Inconclusive reads", list(CHOICES), default="excluding", required=True, format_func=_name_choice,
            key="accuracy_inconclusive", bind="query-params",
        )  # fmt: skip
    return Choices(
        target=plan.targets[target or "cushing"],
        test=next(one for one in plan.tests if one.code == (test or plan.tests[0].code)),
        counted=reads or counted[0],
        unit=cast(Unit, unit or "patient"),
        choice=cast(Choice, choice or "excluding"),
        subtypes=_ask_subtypes(),
    )


def _ask_subtypes() -> tuple[str | None, ...]:
    chosen = st.pills(
        "Only these reference diagnoses",
        [*load_vocabulary().subtypes, NO_REFERENCE],
        selection_mode="multi",
        format_func=_name_subtype,
        key=DIAGNOSIS,
        bind="query-params",
        help="None chosen: everybody. A click on a subtype in a figure chooses it too, and every figure follows.",
    )
    return tuple(None if code == NO_REFERENCE else code for code in chosen or ())


def follow_subtype(figure_key: str) -> Callable[[], None]:
    """What a click on a subtype in a figure does: choose it above, or release it."""

    def follow() -> None:
        picked = [code or NO_REFERENCE for code in read_selection(state.widget_value(figure_key))]
        if picked:
            now = list(state.widget_value(DIAGNOSIS) or [])
            state.set_widget(DIAGNOSIS, [code for code in now if code not in picked] or picked if now else picked)

    return follow


def say_choices(choices: Choices) -> str:
    """The choices in a line, for below a figure."""
    of = "patients" if choices.unit == "patient" else "lesions"
    only = ", ".join(_name_subtype(code or NO_REFERENCE) for code in choices.subtypes)
    tail = f"; only {only}" if only else ""
    return f"{choices.test.name}, {choices.target.name}, {of}, {choices.counted}, {SAYS[choices.choice]}{tail}"


def _name_target(code: str) -> str:
    target = load_plan().targets[code]
    return f"{subtype_name(code)} against the rest" if code in load_plan().subtypes else target.name


def _name_test(code: str) -> str:
    return next(test.name for test in load_plan().tests if test.code == code)


def _name_choice(choice: str) -> str:
    return UNCLEAR[cast(Choice, choice)]


def _name_subtype(code: str) -> str:
    return NO_REFERENCE_NAME if code == NO_REFERENCE else subtype_name(code)
