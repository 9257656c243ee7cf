"""Teaching: a synthetic case, one datum at a time; the learner commits to a probability before the program shows its own."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from decision.assessment import Assessment
from decision.case import read_case
from decision.engine import assess_case
from decision.vocabulary import load_vocabulary
from exchange.figures import write_png
from views import data, state
from views.charts_teaching import chart_steps
from views.figure import show_figure
from views.names import subtype_name
from views.teaching_end import show_end
from views.teaching_path import Answer
from views.teaching_steps import Step, TeachingCase, choose_cases, make_steps
from views.words import UNKNOWN, escape, say_count, say_per_cent

DRAFT = "teaching"
PER_CENT = 100
SLIDE_PX = 1200
PICTURE_TITLE = "Synthetic patient · lines: the program · diamonds: the learner"
LARGE = 80  # letters that may stand in the largest type


def show() -> None:
    store = data.the_store()
    cases = choose_cases(store.fetch_patients(), store.fetch_references())
    if not cases:
        st.title("Teaching", anchor=False)
        st.info("No synthetic patient with a known diagnosis is here to learn from.", icon=":material/school:")
        return
    case = show_choice(cases)
    steps = make_steps(store.fetch_case(case.patient_id))
    answers: list[Answer | None] = state.draft(DRAFT).setdefault("answers", [])
    path = [_assess(step.case) for step in steps[: len(answers)]]
    known, thought = st.columns([2, 3], gap="large")
    with known:
        show_known(steps[: len(answers) + 1])
    with thought:
        if len(answers) < len(steps):
            show_question(steps, answers)
        else:
            show_end(case, steps, path, answers)
    if path:
        show_path(steps, path, answers)


@st.cache_data(max_entries=256, show_spinner=False)
def _assess(document: dict[str, Any]) -> Assessment:
    return assess_case(read_case(document))


def show_choice(cases: Sequence[TeachingCase]) -> TeachingCase:
    """The case by its teaching number; another one starts from the beginning."""
    draft = state.draft(DRAFT)
    number = min(draft.get("number", 1), len(cases))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.title(f"Case {number}", anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
            chosen = st.selectbox("Case", range(1, len(cases) + 1), index=number - 1, width=110)
            again = st.button("Start again", icon=":material/replay:")
            following = st.button("Next case", icon=":material/skip_next:")
    if following:
        chosen = number % len(cases) + 1
    if again or chosen != number:
        begin_case(chosen)
        st.rerun()
    return cases[number - 1]


def begin_case(number: int) -> None:
    """Forget the answers and start the case with this number."""
    state.draft(DRAFT).update(number=number, answers=[])
    state.drop_widgets("teaching_")


def show_known(steps: Sequence[Step]) -> None:
    """What is revealed so far, the newest on top and large."""
    newest = steps[-1]
    with st.container(border=True):
        st.markdown(f"## {escape(newest.title)}")
        size = "#" if len(newest.lines) * max(map(len, newest.lines)) <= LARGE else "###"
        for line in newest.lines:
            st.markdown(f"{size} {escape(line)}")
    for step in reversed(steps[:-1]):
        said = "; ".join(step.lines)
        st.markdown(f"##### :gray[{escape(step.title)}] {escape(said)}")


def show_question(steps: Sequence[Step], answers: list[Answer | None]) -> None:
    """The learner's own answer; giving it reveals the program's and the next datum."""
    last = len(answers) == len(steps) - 1
    following = "the diagnosis" if last else steps[len(answers) + 1].title
    with st.form("teaching_answer", border=True):
        st.markdown("# What do you think?")
        subtype = st.pills(
            "Most likely",
            list(load_vocabulary().subtypes),
            format_func=subtype_name,
            default=None,
            key="teaching_subtype",
        )
        share = st.slider("How sure are you?", 5, PER_CENT, 50, 5, format="%d %%", key="teaching_share")
        given = st.form_submit_button(
            f"Commit and show {following}", type="primary", icon=":material/visibility:", width="stretch"
        )
    left = len(steps) - len(answers) - 1
    st.caption(f"{say_count(left, 'datum', 'data')} still hidden" if left else "Everything is revealed")
    if given and subtype is None:
        st.warning("Name the subtype you find most likely first.", icon=":material/help:")
    elif given and subtype is not None:
        answers.append(Answer(subtype, share / PER_CENT))
        st.rerun()
    if st.button("Skip to the diagnosis", type="tertiary", icon=":material/fast_forward:"):
        answers.extend([None] * (len(steps) - len(answers)))
        st.rerun()


def show_path(steps: Sequence[Step], path: Sequence[Assessment], answers: Sequence[Answer | None]) -> None:
    """The program's steps as lines, the learner's as diamonds."""
    st.markdown("# Step by step")
    st.caption("Lines: the program · diamonds: you · both after the datum named below")
    titles = [step.title for step in steps]
    now, stated = path[-1].leader, answers[len(path) - 1]
    own = f"{subtype_name(stated.subtype)} {say_per_cent(stated.probability)}" if stated else UNKNOWN
    says = f"{subtype_name(now.subtype)} {say_per_cent(now.probability)} after {titles[len(path) - 1]}; you: {own}"
    inputs = (titles, path, answers, subtype_name)
    show_figure(chart_steps, *inputs, key="teaching_path", says=f"The program: {says}")
    if len(path) == len(steps):
        st.download_button(
            "Path as picture",
            lambda: write_png(chart_steps(*inputs).properties(width=SLIDE_PX, title=PICTURE_TITLE)),
            "teaching_path.png",
            "image/png",
            icon=":material/image:",
            on_click="ignore",
        )
