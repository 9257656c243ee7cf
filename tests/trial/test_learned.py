"""The model learned from the cohort: when it is refused, that it learns, that it never sees whom it judges, that it is plain JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest

from trial.learned import Judged, LearnedModel, Learner, Refusal, judge_model, learn_model, read_model, write_model

SUBTYPES = ("CD", "CPA", "EAS")


def draw_patients(counts: dict[str, int], *, told_by_uptake: bool, seed: int = 5) -> list[Learner]:
    """Synthetic patients. The engine leans to the truth a little; the uptake, when it tells, separates the subtypes."""
    generator = np.random.default_rng(seed)
    patients = []
    for subtype, count in counts.items():
        for number in range(count):
            weights = generator.gamma(1.0, size=3) + np.array([0.8 * (name == subtype) for name in SUBTYPES])
            level = 4.0 * SUBTYPES.index(subtype) if told_by_uptake else 0.0
            uptake = None if number % 7 == 0 else float(generator.normal(level, 1.0))
            engine = dict(zip(SUBTYPES, (weights / weights.sum()).tolist(), strict=True))
            patients.append(Learner(f"{subtype}{number}", engine, {"uptake ratio": uptake}, subtype))
    return patients


def test_too_few_reference_diagnoses_are_refused_with_the_counts() -> None:
    refused = learn_model(draw_patients({"CD": 40, "EAS": 6}, told_by_uptake=True))
    assert isinstance(refused, Refusal)
    assert "10 reference diagnoses" in refused.says
    assert "CD 40, EAS 6" in refused.says
    assert isinstance(judge_model([]), Refusal)


def test_a_subtype_with_too_few_is_left_out_and_named() -> None:
    model = learn_model(draw_patients({"CD": 30, "CPA": 20, "EAS": 6}, told_by_uptake=True))
    assert isinstance(model, LearnedModel)
    assert model.classes == ("CD", "CPA")
    assert model.left_out == {"EAS": 6}
    assert set(model.predict({"CD": 0.5, "EAS": 0.5}, {})) == {"CD", "CPA"}


def test_a_measure_that_tells_is_learned_and_noise_is_not() -> None:
    counts = {"CD": 60, "CPA": 30, "EAS": 20}
    telling = judge_model(draw_patients(counts, told_by_uptake=True))
    silent = judge_model(draw_patients(counts, told_by_uptake=False))
    assert isinstance(telling, Judged)
    assert isinstance(silent, Judged)
    share = [float((judged.learned.argmax(axis=1) == judged.truth).mean()) for judged in (telling, silent)]
    assert share[0] > 0.85 > share[1] + 0.1


def test_a_patient_is_never_judged_by_a_model_that_saw_their_diagnosis() -> None:
    """Shuffled diagnoses cannot be foretold: a model that had seen them would do better than guessing the commonest."""
    patients = draw_patients({"CD": 40, "CPA": 40}, told_by_uptake=True)
    shuffled = np.random.default_rng(1).permutation([patient.reference for patient in patients])
    judged = judge_model([replace(p, reference=str(name)) for p, name in zip(patients, shuffled, strict=True)])
    assert isinstance(judged, Judged)
    assert float((judged.learned.argmax(axis=1) == judged.truth).mean()) < 0.65


def test_written_and_read_back_the_model_says_the_same() -> None:
    model = learn_model(draw_patients({"CD": 30, "CPA": 20, "EAS": 15}, told_by_uptake=True))
    assert isinstance(model, LearnedModel)
    again = read_model(json.loads(json.dumps(write_model(model))))
    seen: tuple[dict[str, float], dict[str, float | None]] = (
        {"CD": 0.2, "CPA": 0.3, "EAS": 0.5},
        {"uptake ratio": 3.0},
    )
    assert again.predict(*seen) == pytest.approx(model.predict(*seen))
    assert sum(model.predict(*seen).values()) == pytest.approx(1)
    assert len(model.columns) == model.coefficients.shape[1]


def test_a_document_that_does_not_fit_is_refused_in_a_sentence() -> None:
    model = learn_model(draw_patients({"CD": 30, "CPA": 20}, told_by_uptake=True))
    assert isinstance(model, LearnedModel)
    with pytest.raises(ValueError, match="coefficients do not fit"):
        read_model(write_model(model) | {"coefficients": [[1.0]]})
    with pytest.raises(ValueError, match="not a learned model"):
        read_model({})


def test_two_classes_predict_as_scikit_learn_does() -> None:
    patients = draw_patients({"CD": 30, "CPA": 30}, told_by_uptake=True)
    model = learn_model(patients)
    assert isinstance(model, LearnedModel)
    right = [
        max(model.predict(p.engine, p.measures).items(), key=lambda item: item[1])[0] == p.reference for p in patients
    ]
    assert np.mean(right) > 0.85
