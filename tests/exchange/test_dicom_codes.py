"""The codes and identifiers of written objects: every region and tracer has one, and no identifier repeats."""

from decision.vocabulary import load_vocabulary
from exchange.dicom_codes import site_code, tracer_code
from exchange.lesion import make_uids


def test_every_region_of_a_case_has_a_code() -> None:
    names = {region: site_code(region).meaning for region in load_vocabulary().regions}
    assert [region for region, meaning in names.items() if meaning == "Body structure"] == ["other"]
    assert site_code(None) == site_code("other")


def test_a_tracer_without_a_code_has_one_of_our_own() -> None:
    assert tracer_code("68Ga-DOTATATE").scheme == "SCT"
    assert tracer_code("68Ga-Pentixafor").scheme == "99CUSHINGBOARD"


def test_uids_are_valid_and_never_repeat() -> None:
    new_uid = make_uids("a", 1)
    uids = [new_uid() for _ in range(100)]
    assert len(set(uids)) == 100 and max(map(len, uids)) <= 64
    assert make_uids("a", 1)() == uids[0] != make_uids("a", 2)()
