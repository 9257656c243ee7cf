"""The learned model: what the cohort itself teaches, judged on patients it has not seen, beside the engine."""

import streamlit as st

from decision.case import read_case
from decision.evidence import load_knowledge
from trial.learned import LearnedModel, Refusal, load_rules
from views import data, state
from views.charts_cohort import SELECTION
from views.charts_model import ENGINE, LEARNED, chart_confusion, chart_reliability, count_choices
from views.figure import show_figure
from views.model_data import Learned, compare_patient, fetch_learned, keep_classes
from views.model_file import read_file, write_file
from views.model_words import (
    OUTSIDE,
    make_beside_table,
    make_coefficients_table,
    make_scores_table,
    say_classes,
    say_counts,
    say_difference,
)  # fmt: skip
from views.names import subtype_name
from views.subtype_choice import Subtypes, ask_subtypes, follow_subtype, say_chosen, say_only
from views.words import escape, say_per_cent

MOST_MB = 1


def show() -> None:
    st.title("Learned model", anchor=False)
    st.caption(f"Learned from this cohort: {OUTSIDE}.")
    chosen = ask_subtypes()
    found = fetch_learned()
    if isinstance(found, Refusal):
        st.info(f"{escape(found.says)} {load_rules()['says']}.", icon=":material/block:")
        if found.counts:
            st.caption(f"Reference diagnoses: {escape(say_counts(found.counts))}")
    else:
        show_chosen(found, chosen)
    read = ask_model()
    model, judged = (None, None) if isinstance(found, Refusal) else (found.model, found.judged)
    if read is not None:
        show_patient(read, None)
        show_coefficients(read)
    elif model is not None:
        show_patient(model, judged)
        show_coefficients(model)


def show_chosen(found: Learned, chosen: Subtypes) -> None:
    """The judgement on the chosen reference diagnoses; the model is learned from everybody all the same."""
    st.markdown(escape(say_classes(found.model)))
    kept = keep_classes(found, chosen)
    if kept is None:
        st.info(f"No patient judged here has the reference diagnosis {say_chosen(chosen)}: too few were learned from.")
        return
    if chosen:
        st.caption(
            f"Judged below: {len(kept.judged.truth)} patients, {say_only(chosen)}. The model itself stays as it is."
        )
    show_judgement(kept, chosen)


def show_judgement(found: Learned, chosen: Subtypes) -> None:
    """Engine and model on the same patients, none of whom the judging model had seen."""
    rules = load_rules()
    st.markdown(f"**{escape(say_difference(found.difference))}**")
    st.table(make_scores_table(found.engine, found.learned), hide_index=True, border="horizontal", alt="Scores of both")
    st.caption(
        f"Nested cross-validation, {rules['folds']} folds; intervals 95 % from {rules['draws']} resamples of patients. Both are "
        "held to the classes that could be learned. The engine is taken as it stands, PET included, without this trial's counts."
    )
    show_both(found, chosen)
    signature = "Synthetic data" if data.shows_synthetic() else None
    st.download_button(
        "Save the model",
        write_file(found.model, load_knowledge().version, signature),
        "learned_model.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
    )


def show_both(found: Learned, chosen: Subtypes) -> None:
    """How far each can be believed, and what each takes for what."""
    left, right = st.columns(2)
    with left:
        st.subheader("When it says so, is it so?", anchor=False)
        bins = {ENGINE: found.engine.bins, LEARNED: found.learned.bins}
        says = f"Reliability of engine and learned model, {say_only(chosen) or 'everybody'}"
        show_figure(chart_reliability, bins, says=says)
    with right:
        st.subheader("What is taken for what", anchor=False)
        who = st.segmented_control(
            "Whose", (LEARNED, ENGINE), default=LEARNED, required=True, key="model_who", label_visibility="collapsed"
        )
        counts = count_choices(found.judged, who or LEARNED)
        key = f"model_confusion_{who}_{chosen}"
        show_figure(
            chart_confusion, counts, subtype_name, says=f"First choices, {who}", key=key, selection=SELECTION,
            react=follow_subtype(key),
        )  # fmt: skip
        st.caption("Click a cell to see only its reference diagnosis.")


def ask_model() -> LearnedModel | None:
    """A model read from a file takes the place of this cohort's below, and nowhere else."""
    with st.expander("Read a saved model", icon=":material/upload_file:"):
        file = st.file_uploader("Learned model (JSON)", type="json", key="model_file", max_upload_size=MOST_MB)
        if file is None:
            return None
        try:
            model, edition = read_file(file.getvalue())
        except ValueError as error:
            st.error(escape(str(error)), icon=":material/block:")
            return None
        st.success(f"Read. {escape(say_classes(model))} It takes the place of this cohort's model below.")
        if edition != load_knowledge().version:
            st.warning("It was learned with another edition of the knowledge: its log-odds mean something else here.")
        return model


def show_patient(model: LearnedModel, judged: object) -> None:
    """Engine and model for the patient chosen in the sidebar."""
    patient_id = state.current_patient()
    patient = data.the_store().fetch_patient(patient_id) if patient_id else None
    if patient is None:
        st.caption("Choose a patient in the sidebar to see both probabilities.")
        return
    st.subheader(f"{patient.patient_id}: both side by side", anchor=False)
    beside = compare_patient(read_case(data.the_store().fetch_case(patient.patient_id)), model, judged)  # type: ignore[arg-type]
    st.table(make_beside_table(beside), hide_index=True, border="horizontal", alt="Probabilities of engine and model")
    unseen = (
        "by a model that has not seen this patient"
        if beside.unseen
        else "by a model read from a file, which may have seen them"
    )
    st.caption(
        f"Learned probabilities {unseen}; {OUTSIDE}. Both add to 100 % over the classes learned; the engine gives "
        f"{say_per_cent(beside.elsewhere)} to other subtypes, which the model does not know."
    )


def show_coefficients(model: LearnedModel) -> None:
    with st.expander("Coefficients", icon=":material/table_chart:"):
        st.dataframe(make_coefficients_table(model), hide_index=True, height="content", alt="Coefficients")
        st.caption(
            "What one standard deviation of each input adds to the log-odds of a class; uptake is log2 of an SUVmax ratio. "
            f"Penalty C = {model.penalty:g} (small is strong). Classes: {escape(', '.join(map(subtype_name, model.classes)))}."
        )
