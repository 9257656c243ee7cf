"""A structured report of a lesion measured in a corrected SUV: it says so, with the reason, and is valid DICOM."""

from dataclasses import replace
from pathlib import Path

import pytest

from exchange.dicom_seg import write_seg
from exchange.dicom_source import read_source_images
from exchange.dicom_sr import write_sr
from exchange.lesion import say_corrected
from tests.exchange.exports import find_errors, make_small_study, make_stamp, measure_hottest, read_back, read_pet

CORRECTED = {
    "corrections": {
        "says": ["weight 72 kg entered by the reader instead of 7200 kg in the header"],
        "reason": "scales, 09:40",
    }
}


@pytest.mark.parametrize("inspection", [CORRECTED, {}])
def test_the_report_carries_the_correction_and_its_reason(tmp_path: Path, inspection: dict[str, object]) -> None:
    series = read_pet(make_small_study(tmp_path / "study", "SIEMENS").folder)
    lesion, source, stamp = measure_hottest(series), read_source_images(series), make_stamp()
    corrected = replace(lesion, corrected=say_corrected(inspection))
    report = write_sr([corrected], source, write_seg([corrected], source, stamp), "68Ga-Pentixafor", stamp)
    text = read_back(report).to_json()
    assert ("SUV corrected: weight 72 kg entered by the reader instead of 7200 kg" in text) == bool(inspection)
    assert ("Reason: scales, 09:40" in text) == bool(inspection)
    assert find_errors(report, tmp_path) == []
