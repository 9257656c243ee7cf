"""SUV by other body measures: the published factors, one name for each formula."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imaging.header import Header, read_header
from imaging.normalised import SUV_TYPES, compute_shares
from imaging.suv import compute_suv
from tests.imaging.dicom_files import pet_series
from tests.imaging.inspected import inspect_only
from tests.imaging.test_suv import dataset_of

BODY = Header(weight=120, height=1.75, sex="M")
PUBLISHED = {"suvbsa": "BSA", "suvlbm": "LBM", "suvlbmJanma": "LBMJANMA"}


def test_published_factors_of_other_suvs(shared: Path) -> None:
    compared = 0
    for vector in json.loads((shared / "imaging" / "suv_headers.json").read_text())["vectors"]:
        known: Any = vector.get("calculate_suv_1_1_0", {})
        headers = [read_header(dataset_of(one)) for one in vector["input"]]
        for name, kind in PUBLISHED.items():
            if name not in known:
                continue
            factors = compute_suv(headers).factors
            assert factors is not None
            assert factors[0] * compute_shares(headers[0])[kind] == pytest.approx(known[name], rel=1e-9), vector["id"]
            compared += 1
    assert compared == 9


def test_the_two_james_formulae_are_kept_apart() -> None:
    shares = compute_shares(BODY)
    assert (round(120 * shares["LBM"], 1), round(120 * shares["LBMJAMES128"], 1)) == (75.6, 71.8)


def test_unknown_body_gives_no_other_suv() -> None:
    assert compute_shares(replace(BODY, height=None)) == compute_shares(replace(BODY, weight=None)) == {}
    assert set(compute_shares(replace(BODY, sex=None))) == {"BSA"}
    assert set(compute_shares(BODY)) == set(SUV_TYPES)


def test_inspect_prints_them_beside_body_weight(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = inspect_only(pet_series(2), tmp_path, capsys)
    janma = 9270 * 60 / (8780 + 244 * 60 / 1.6**2)
    assert series["suv_other_factors"]["LBMJANMA"][0] == pytest.approx(series["suv_factors"][0] * janma / 60)
    (tmp_path / "study" / "IM0000").unlink()
    (tmp_path / "study" / "IM0001").unlink()
    unknown = inspect_only(pet_series(2, PatientWeight=None), tmp_path, capsys)
    assert unknown["suv_other_factors"] is None
