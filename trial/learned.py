"""A model learned from the cohort, beside the engine and never instead of it.

A multinomial logistic model (scikit-learn) takes the engine's log-odds of each subtype and further measurements (uptake the
literature is silent about). It is judged by nested cross-validation, and refused where the reference diagnoses are too few.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from threadpoolctl import threadpool_limits

Array = npt.NDArray[np.float64]
RULES_FILE = Path(__file__).with_name("learned.toml")


@dataclass(frozen=True)
class Learner:
    """One patient to learn from: what the engine said, further measurements (None: not known), and the reference diagnosis."""

    patient_id: str
    engine: dict[str, float]
    measures: dict[str, float | None]
    reference: str


@dataclass(frozen=True)
class Refusal:
    """Why no model is learned, in one sentence, with the counts behind it."""

    says: str
    counts: dict[str, int]


@dataclass(frozen=True)
class LearnedModel:
    """The fitted model as plain numbers.

    `columns`: engine log-odds by class, then measures, then "… not known" flags; `mean` and `scale` of shape (columns,);
    `coefficients` (classes × columns), `intercepts` (classes,). `fill`: the value an unknown measure takes beside its flag.
    """

    classes: tuple[str, ...]
    measures: tuple[str, ...]
    fill: tuple[float, ...]
    mean: Array
    scale: Array
    coefficients: Array
    intercepts: Array
    penalty: float
    counts: dict[str, int]
    left_out: dict[str, int]

    @property
    def columns(self) -> tuple[str, ...]:
        known = (f"log-odds {name}" for name in self.classes)
        return (*known, *self.measures, *(f"{name} not known" for name in self.measures))

    def predict(self, engine: dict[str, float], measures: dict[str, float | None]) -> dict[str, float]:
        """Probability of each class the model knows, summing to 1."""
        row = _design([Learner("", engine, measures, "")], self.classes, self.measures, self.fill)
        score = ((row - self.mean) / self.scale) @ self.coefficients.T + self.intercepts
        share = np.exp(score - score.max())
        return dict(zip(self.classes, (share / share.sum())[0].tolist(), strict=True))


@dataclass(frozen=True)
class Judged:
    """Patients judged by models that had not seen them. Probabilities of shape (patients × classes); `truth` indexes classes."""

    patient_ids: tuple[str, ...]
    classes: tuple[str, ...]
    truth: npt.NDArray[np.int64]
    learned: Array
    engine: Array


@lru_cache(maxsize=1)
def load_rules() -> dict[str, Any]:
    """How the model is made, from learned.toml."""
    return tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))


def learn_model(patients: Sequence[Learner]) -> LearnedModel | Refusal:
    """The model from every patient whose subtype has enough reference diagnoses; a Refusal says what is missing."""
    taken = _choose_patients(patients)
    if isinstance(taken, Refusal):
        return taken
    kept, classes = taken
    measures = tuple(sorted({name for patient in kept for name in patient.measures}))
    fill = _compute_fill(kept, measures)
    design = _design(kept, classes, measures, fill)
    mean, scale = _scaling(design)
    fitted, penalty = _fit((design - mean) / scale, _truth(kept, classes))
    coefficients, intercepts = _both_sides(fitted, len(classes))
    counts = Counter(patient.reference for patient in patients)
    return LearnedModel(
        classes, measures, fill, mean, scale, coefficients, intercepts, penalty,
        {name: counts[name] for name in classes}, {name: n for name, n in counts.items() if name not in classes},
    )  # fmt: skip


def judge_model(patients: Sequence[Learner]) -> Judged | Refusal:
    """Nested cross-validation: each outer fold is predicted by a model fitted, scaled and penalised on the others alone."""
    taken = _choose_patients(patients)
    if isinstance(taken, Refusal):
        return taken
    kept, classes = taken
    rules, truth = load_rules(), _truth(kept, classes)
    measures = tuple(sorted({name for patient in kept for name in patient.measures}))
    learned = np.zeros((len(kept), len(classes)))
    folds = StratifiedKFold(rules["folds"], shuffle=True, random_state=rules["seed"])
    for seen, unseen in folds.split(np.zeros(len(kept)), truth):
        fill = _compute_fill([kept[index] for index in seen], measures)
        design = _design(kept, classes, measures, fill)
        mean, scale = _scaling(design[seen])
        fitted, _ = _fit((design[seen] - mean) / scale, truth[seen])
        learned[unseen] = fitted.predict_proba((design[unseen] - mean) / scale)
    return Judged(tuple(patient.patient_id for patient in kept), classes, truth, learned, _engine_shares(kept, classes))


def write_model(model: LearnedModel) -> dict[str, Any]:
    """The model as plain JSON: no code is needed, or run, to read it."""
    return {
        "format": "cushing-board learned model 1",
        "classes": list(model.classes),
        "measures": list(model.measures),
        "fill": list(model.fill),
        "mean": model.mean.tolist(),
        "scale": model.scale.tolist(),
        "coefficients": model.coefficients.tolist(),
        "intercepts": model.intercepts.tolist(),
        "penalty": model.penalty,
        "counts": model.counts,
        "left_out": model.left_out,
    }


def read_model(document: dict[str, Any]) -> LearnedModel:
    """A model written by `write_model`; ValueError says what does not fit."""
    if document.get("format") != "cushing-board learned model 1":
        raise ValueError("This is not a learned model of this program: its format line is missing or another one.")
    try:
        return _read_numbers(document)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"The learned model cannot be read: a part is missing or of another kind ({error})."
        ) from error


def _read_numbers(document: dict[str, Any]) -> LearnedModel:
    classes, measures = (tuple(str(name) for name in document[key]) for key in ("classes", "measures"))
    arrays = {key: np.asarray(document[key], float) for key in ("mean", "scale", "coefficients", "intercepts")}
    fill = tuple(float(value) for value in document["fill"])
    if len(classes) < 2 or len(fill) != len(measures) or not np.isfinite(fill).all() or not (arrays["scale"] > 0).all():
        raise ValueError("The learned model's classes, measures, fill or scale do not fit one another.")
    columns = len(classes) + 2 * len(measures)
    shapes = {"mean": (columns,), "scale": (columns,), "coefficients": (len(classes), columns)}
    for key, shape in (shapes | {"intercepts": (len(classes),)}).items():
        if arrays[key].shape != shape or not np.isfinite(arrays[key]).all():
            raise ValueError(f"The learned model's {key} do not fit its {len(classes)} classes and {columns} columns.")
    return LearnedModel(
        classes, measures, fill, **arrays, penalty=float(document["penalty"]),
        counts=dict(document["counts"]), left_out=dict(document["left_out"]),
    )  # fmt: skip


def _choose_patients(patients: Sequence[Learner]) -> tuple[list[Learner], tuple[str, ...]] | Refusal:
    rules, counts = load_rules(), Counter(patient.reference for patient in patients)
    least = rules["least_per_class"]
    classes = tuple(sorted(name for name, n in counts.items() if n >= least))
    if len(classes) >= rules["least_classes"]:
        return [patient for patient in patients if patient.reference in classes], classes
    have = ", ".join(f"{name} {n}" for name, n in sorted(counts.items(), key=lambda item: -item[1])) or "none yet"
    says = f"No model is learned: at least {rules['least_classes']} subtypes need {least} reference diagnoses each; there are {have}."
    return Refusal(says, dict(counts))


def _truth(patients: Sequence[Learner], classes: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.array([classes.index(patient.reference) for patient in patients], dtype=np.int64)


def _compute_fill(patients: Sequence[Learner], measures: Sequence[str]) -> tuple[float, ...]:
    known = ([value for p in patients if (value := p.measures.get(name)) is not None] for name in measures)
    return tuple(float(np.median(values)) if values else 0.0 for values in known)


def _design(
    patients: Sequence[Learner], classes: Sequence[str], measures: Sequence[str], fill: Sequence[float]
) -> Array:
    """Centred log-probabilities of the engine, measures with unknowns filled, and a flag for each that was unknown."""
    log = np.log(_engine_shares(patients, classes))
    values = [[patient.measures.get(name) for name in measures] for patient in patients]
    unknown = np.array([[value is None for value in row] for row in values], float).reshape(len(patients), -1)
    filled = [[fill[i] if value is None else value for i, value in enumerate(row)] for row in values]
    known = np.array(filled, float).reshape(len(patients), -1)
    return np.hstack([log - log.mean(axis=1, keepdims=True), known, unknown])


def _engine_shares(patients: Sequence[Learner], classes: Sequence[str]) -> Array:
    floor = load_rules()["floor"]
    shares = np.array([[max(patient.engine.get(name, 0.0), floor) for name in classes] for patient in patients])
    summed: Array = shares / shares.sum(axis=1, keepdims=True)
    return summed


def _scaling(design: Array) -> tuple[Array, Array]:
    spread = design.std(axis=0)
    return design.mean(axis=0), np.where(spread > 0, spread, 1.0)


def _fit(design: Array, truth: npt.NDArray[np.int64]) -> tuple[LogisticRegression, float]:
    rules = load_rules()
    inner = StratifiedKFold(rules["inner_folds"], shuffle=True, random_state=rules["seed"])
    model = LogisticRegression(max_iter=5000)
    search = GridSearchCV(model, {"C": rules["penalties"]}, scoring="neg_log_loss", cv=inner)
    # So small a fit is slowed more than ten times by threads that wait for one another.
    with threadpool_limits(limits=1):
        search.fit(design, truth)
    return search.best_estimator_, float(search.best_params_["C"])


def _both_sides(fitted: LogisticRegression, classes: int) -> tuple[Array, Array]:
    """One row of coefficients a class; with two classes scikit-learn keeps the second one's only."""
    coefficients, intercepts = np.asarray(fitted.coef_, float), np.asarray(fitted.intercept_, float)
    if classes == 2:
        return np.vstack([0 * coefficients, coefficients]), np.concatenate([[0.0], intercepts])
    return coefficients, intercepts
