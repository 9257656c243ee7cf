"""Intervals and sets keep their promise when the world is as the knowledge says (a short seeded run of the benchmark)."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from decision.batch import compute_posteriors, list_subtypes, sum_subtypes
from decision.evidence import load_knowledge
from decision.likelihood import Mode
from decision.posterior import draw_prior
from decision.prediction import choose_sets, find_smallest
from decision.simulate import draw_patients, draw_truth_by_subtype


@pytest.fixture(scope="module")
def calibration(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("calibration", project / "benchmarks" / "calibration.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("setting", ["referred_adult", "child"])
def test_the_intervals_hold_the_true_probability_in_95_percent(calibration: ModuleType, setting: str) -> None:
    found = calibration.check_intervals(1200, setting, np.random.default_rng(8))["together"]["all"]
    error = (0.95 * 0.05 / 1200) ** 0.5  # the ten subtypes of one patient are not independent: patients count
    assert found["share"] == pytest.approx(0.95, abs=3 * error)


@pytest.mark.parametrize("setting", ["referred_adult", "pregnancy"])
def test_the_sets_hold_every_subtype_in_90_percent(setting: str) -> None:
    each, generator, prior = 1500, np.random.default_rng(9), draw_prior(setting)[0]
    truth = draw_truth_by_subtype(prior, each, generator)
    probabilities = sum_subtypes(compute_posteriors(draw_patients(truth, prior, Mode(), generator)))
    chosen = choose_sets(probabilities, setting, Mode()).reshape(len(list_subtypes()), each, -1)
    learnt = load_knowledge().rules["simulation"]["patients_per_subtype"]
    error = (0.9 * 0.1 * (1 / each + 1 / learnt)) ** 0.5  # the thresholds were learnt from patients too
    for number, name in enumerate(list_subtypes()):
        assert chosen[number, :, number].mean() >= 0.9 - 3 * error, name


def test_the_smallest_set_alone_would_miss_most_patients_with_a_rare_subtype() -> None:
    """Why the thresholds are there: without them the promise is broken for PPNAD and PBMAH."""
    each, generator, prior = 1000, np.random.default_rng(10), draw_prior("referred_adult")[0]
    truth = draw_truth_by_subtype(prior, each, generator)
    probabilities = sum_subtypes(compute_posteriors(draw_patients(truth, prior, Mode(), generator)))
    held = find_smallest(probabilities).reshape(len(list_subtypes()), each, -1)
    number = list_subtypes().index("PPNAD")
    assert held[number, :, number].mean() < 0.7


def test_what_is_said_of_the_leader_is_how_often_it_is_right(calibration: ModuleType) -> None:
    found = calibration.check_sets(6000, "referred_adult", np.random.default_rng(11))["reliability"]
    for tenth in found["tenths"]:
        if tenth["n"] > 300:
            assert tenth["share"] == pytest.approx(tenth["said"], abs=4 * tenth["error"] + 0.02)
