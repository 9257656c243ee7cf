"""The learned model as the page needs it: made once for each content of the cohort, and kept while nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from decision.case import Case, read_case
from trial.calibration import Calibration, Score, assess_calibration, compare_scores
from trial.learned import Judged, LearnedModel, Refusal, judge_model, learn_model, load_rules
from views import data
from views.learners import ask_engine, make_learners, measure_uptake

LEARNING = "Learning from the cohort, and judging each patient by a model that has not seen them"


@dataclass(frozen=True)
class Learned:
    """The model, the patients judged by models that had not seen them, and how engine and model compare on these."""

    model: LearnedModel
    judged: Judged
    engine: Calibration
    learned: Calibration
    difference: Score


@dataclass(frozen=True)
class Beside:
    """One patient: what engine and model say over the classes the model knows. `unseen`: the model never saw the patient."""

    engine: dict[str, float]
    learned: dict[str, float]
    elsewhere: float
    unseen: bool


def fetch_learned() -> Learned | Refusal:
    """The model of everybody with a reference diagnosis now, or why there is none."""
    return _learn(data.read_stamp())


@st.cache_resource(max_entries=4, show_spinner=LEARNING)
def _learn(stamp: tuple[str, ...]) -> Learned | Refusal:
    references = {one.patient_id: one.subtype for one in data.the_store().fetch_references()}
    cases = [read_case(dict(document)) for name, document in data.fetch_cases().items() if name in references]
    learners = make_learners(cases, references)
    model, judged = learn_model(learners), judge_model(learners)
    if isinstance(model, Refusal):
        return model
    if isinstance(judged, Refusal):
        return judged
    return _judge(model, judged)


def _judge(model: LearnedModel, judged: Judged) -> Learned:
    rules = load_rules()
    how = {"draws": rules["draws"], "seed": rules["seed"]}
    return Learned(
        model,
        judged,
        assess_calibration(judged.engine, judged.truth, bins=rules["bins"], **how),
        assess_calibration(judged.learned, judged.truth, bins=rules["bins"], **how),
        compare_scores(judged.learned, judged.engine, judged.truth, **how),
    )


def keep_classes(found: Learned, chosen: Sequence[str | None]) -> Learned | None:
    """Engine and model on the patients with these reference diagnoses alone, by the same model; None when there are none."""
    if not chosen:
        return found
    kept = np.array([found.judged.classes[place] in chosen for place in found.judged.truth], dtype=bool)
    return _judge(found.model, _keep_patients(found.judged, kept)) if kept.any() else None


def _keep_patients(judged: Judged, kept: npt.NDArray[np.bool_]) -> Judged:
    return Judged(
        tuple(name for name, stays in zip(judged.patient_ids, kept, strict=True) if stays),
        judged.classes, judged.truth[kept], judged.learned[kept], judged.engine[kept],
    )  # fmt: skip


def compare_patient(case: Case, model: LearnedModel, judged: Judged | None) -> Beside:
    """Engine and model side by side; a patient the model learned from is judged by the one that left them out."""
    [engine] = ask_engine([case])
    inside = sum(engine[name] for name in model.classes)
    shares = {name: engine[name] / inside for name in model.classes}
    if judged is not None and case.case_id in judged.patient_ids:
        row = judged.learned[judged.patient_ids.index(case.case_id)]
        return Beside(shares, dict(zip(judged.classes, map(float, row), strict=True)), 1 - inside, unseen=True)
    return Beside(shares, model.predict(engine, measure_uptake(case)), 1 - inside, unseen=judged is not None)
