"""The coverage benchmark runs every setting of every method and names what falls short."""

from pathlib import Path

import numpy as np

from benchmarks.coverage import measure
from benchmarks.parts.coverage_models import list_models
from benchmarks.parts.coverage_settings import Setting, list_settings
from tests.benchmarks.test_scripts import run

METHODS = (
    "Wilson", "Clopper-Pearson", "Tango", "Newcombe 10", "relative PPV", "relative NPV", "lr_positive", "lr_negative",
    "diagnostic_odds_ratio", "Begg and Greenes", "kappa", "AC1", "Fleiss", "DeLong", "clustered area", "clustered difference",
    "clustered proportion", "icc1", "icc2", "icc3", "Bland and Altman", "weighted sensitivity", "enrolment complete, linear",
    "enrolment complete, bayesian", "linear band", "bayesian band", "rate of the last",
)  # fmt: skip


def test_every_method_has_a_setting_whose_names_are_unique() -> None:
    names = [one.name for one in (*list_settings(), *list_models())]
    assert len(names) == len(set(names))
    assert [method for method in METHODS if not any(method in name for name in names)] == []


def test_a_draw_of_every_setting_gives_an_interval() -> None:
    for setting in (*list_settings(), *list_models()):
        found = [ends for ends in (setting.draw(np.random.default_rng(seed)) for seed in range(8)) if ends is not None]
        assert found, setting.name
        assert all(low <= high for low, high in found), setting.name


def test_what_falls_short_is_named_and_what_covers_is_not() -> None:
    wide = Setting("never misses", 0.5, lambda rng: (0.0, 1.0))
    missing = Setting("tells nothing", 0.5, lambda rng: None)
    assert (measure(wide, 400, 1)["short"], measure(wide, 400, 1)["share"]) == (False, 1)
    assert measure(missing, 400, 1)["short"] is False and measure(missing, 400, 1)["with_interval"] == 0
    misses = Setting("misses", 0.5, lambda rng: (0.0, 1.0) if rng.random() < 0.8 else (0.6, 1.0))
    assert measure(misses, 400, 1)["short"] is True


def test_the_script_prints_what_it_promises(project: Path) -> None:
    found = run(project, "coverage.py", "--draws", "40", "--only", "Wilson")
    assert (found["benchmark"], found["level"], found["short"]) == ("coverage", 0.95, [])
    assert all("Wilson" in name and one["data_sets"] == 40 for name, one in found["settings"].items())
