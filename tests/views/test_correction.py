"""A header corrected by the reader: the SUV comes back, in proportion, or a sentence says what still lacks."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from imaging.dicom import Series, read_study
from imaging.problem import ImagingError
from imaging.suv import compute_suv
from tests.imaging.phantoms import hot_voxel
from views.correction import Correction, correct_series, rescale_volume


@pytest.fixture(scope="module")
def complete(shared: Path) -> Series:
    return read_study(shared / "imaging" / "dicom" / "ibsi_dro_5_0.zip").series[0]


def without(series: Series, **gaps: None) -> Series:
    headers = tuple(replace(header, **gaps) for header in series.headers)
    suv = compute_suv(headers)
    return replace(series, headers=headers, suv=suv, problems=suv.problems)


def test_the_missing_weight_entered_gives_the_factor_of_the_full_header(complete: Series) -> None:
    gap = without(complete, weight=None)
    assert gap.suv and gap.suv.factors is None
    corrected = correct_series(gap, Correction(weight_kg=70.0))
    assert corrected.suv and complete.suv
    assert corrected.suv.factors == complete.suv.factors
    assert not [problem for problem in corrected.problems if problem.severity == "error"]


def test_what_still_lacks_is_said(complete: Series) -> None:
    gap = without(complete, weight=None, dose=None)
    with pytest.raises(ImagingError, match="activity|dose"):
        correct_series(gap, Correction(weight_kg=70.0))


def test_a_later_injection_lowers_the_suv_by_the_decay_between(complete: Series) -> None:
    corrected = correct_series(complete, Correction(injected_at=time(10, 30)))
    assert complete.suv and corrected.suv and complete.suv.factors and corrected.suv.factors
    ratio = corrected.suv.factors[0] / complete.suv.factors[0]
    half_life = complete.headers[0].half_life_s or 0.0
    assert ratio == pytest.approx(0.5 ** (1800 / half_life), rel=1e-6)
    assert corrected.uptake_minutes == pytest.approx(30.0, abs=0.1)


def test_becquerels_become_suv_by_the_factor(complete: Series) -> None:
    gap = without(complete, weight=None)
    corrected = correct_series(gap, Correction(weight_kg=70.0))
    volume = rescale_volume(hot_voxel(unit="Bq/ml", value=20_000.0), gap, corrected)
    assert volume.unit == "SUVbw"
    assert volume.values.max() == pytest.approx(20_000.0 * corrected.suv.factors[0], rel=1e-5)  # type: ignore
