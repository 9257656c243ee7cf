"""A measured lesion becomes an entry the case file accepts."""

from dataclasses import replace

from decision.case import read_case
from exchange.case_entry import Background, write_imaging_entry
from imaging.measure import Measurement

LESION = Measurement(
    suv_max=15.2, suv_mean=9.1, suv_peak=None, peak_says="too small", volume_ml=3.1, total_uptake=28.2,
    centre_mm=(40.0, 10.0, -20.0), max_mm=(41.0, 10.0, -20.0), threshold_suv=6.2, leaked=False, says="",
)  # fmt: skip


def write(region: str, background: Background) -> dict[str, object]:
    return write_imaging_entry(
        LESION, tracer="68Ga-Pentixafor", region=region, uptake="positive", uptake_minutes=60.0, background=background
    )


def test_the_entry_reads_as_part_of_a_case() -> None:
    entry = write("adrenal_left", Background(liver_suv_mean=1.6, contralateral_suv_max=4.8))
    case = read_case({"case_id": "P017", "imaging": [entry]})
    assert case.imaging[0].suv_max == 15.2 and case.imaging[0].contralateral_suv_max == 4.8


def test_what_was_not_measured_is_left_out() -> None:
    entry = write("adrenal_left", Background())
    assert "suv_peak" not in entry and "liver_suv_mean" not in entry


def test_only_an_adrenal_is_compared_with_the_other_adrenal() -> None:
    assert "contralateral_suv_max" not in write("lung_left", Background(contralateral_suv_max=4.8))


def test_the_readers_word_is_kept_whatever_the_suv() -> None:
    entry = write_imaging_entry(
        replace(LESION, suv_max=40.0), tracer="68Ga-DOTATATE", region="pituitary", uptake="negative",
        uptake_minutes=None, background=Background(),
    )  # fmt: skip
    assert entry["uptake"] == "negative" and "uptake_minutes" not in entry
