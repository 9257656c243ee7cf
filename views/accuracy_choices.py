"""What the accuracy page is asked: target, test, whose reads, unit, inconclusive reads, subtypes. All of it in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import streamlit as st

from trial.inconclusive import CHOICES, SAYS, Choice
from trial.targets import IndexTest, Target, load_plan
from views.accuracy_scores import Unit
from views.names import subtype_name
from views.subtype_choice import ask_subtypes, say_only

Matter = Literal["test", "target", "unit", "reads", "inconclusive", "nothing"]
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
        test = _ask_one("Test", [one.code for one in plan.tests], _name_test, "accuracy_test")
        reads = st.selectbox("Reads", list(counted), key="accuracy_reads", bind="query-params", width=170)
        unit = _ask_one("Count", ["patient", "lesion"], "Per {}".format, "accuracy_unit")
        choice = _ask_one("Inconclusive reads", list(CHOICES), _name_choice, "accuracy_inconclusive")
    return Choices(
        target=plan.targets[target or next(iter(plan.targets))],
        test=next(one for one in plan.tests if one.code == test),
        counted=reads or counted[0],
        unit=cast(Unit, unit),
        choice=cast(Choice, choice),
        subtypes=ask_subtypes(),
    )


def _ask_one(label: str, options: list[str], name: Callable[[str], str], key: str) -> str:
    """One of several that stand side by side; the first is what holds when nothing is chosen."""
    chosen = st.segmented_control(
        label, options, default=options[0], required=True, format_func=name, key=key, bind="query-params"
    )
    return chosen or options[0]


def say_choices(choices: Choices, *matters: Matter) -> str:
    """The choices a figure depends on in a line, for below it; all of them when none is named."""
    said: dict[Matter, str] = {
        "test": choices.test.name,
        "target": _name_target(choices.target.code),
        "unit": "patients" if choices.unit == "patient" else "lesions",
        "reads": choices.counted,
        "inconclusive": SAYS[choices.choice],
    }
    parts = [text for name, text in said.items() if not matters or name in matters]
    only = say_only(choices.subtypes)
    return ", ".join([*parts, *([only] if only else [])])


def _name_target(code: str) -> str:
    target = load_plan().targets[code]
    return f"{subtype_name(code)} against the rest" if code in load_plan().subtypes else target.name


def _name_test(code: str) -> str:
    return next(test.name for test in load_plan().tests if test.code == code)


def _name_choice(choice: str) -> str:
    return UNCLEAR[cast(Choice, choice)]
