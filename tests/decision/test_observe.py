"""Which band a result falls into, and what is voided."""

import csv

import pytest

from decision.case import read_case
from decision.evidence import FOLDER, load_knowledge
from decision.observation import Observation
from decision.observe import bands_of_value, observe_case
from decision.vocabulary import load_vocabulary


def observe(results: list[dict[str, object]], **more: object) -> dict[str, Observation]:
    case = read_case({"case_id": "T1", "results": results, **more})
    return {seen.block.id: seen for seen in observe_case(case, load_knowledge()).observations}


def voided(results: list[dict[str, object]], **more: object) -> list[str]:
    case = read_case({"case_id": "T1", "results": results, **more})
    return [void.test for void in observe_case(case, load_knowledge()).voided]


def worked_cases() -> list[dict[str, str]]:
    with (FOLDER / "worked_cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", worked_cases(), ids=lambda row: f"{row['block']} {row['value'] or 'not measured'}")
def test_every_cut_off_has_a_worked_case(row: dict[str, str]) -> None:
    result: dict[str, object] = {"test": row["test"]}
    if row["value"]:
        result |= {"value": float(row["value"]), "unit": row["unit"]}
    seen = observe([result])
    assert (seen[row["block"]].band_name if row["band"] else seen.get(row["block"])) == (row["band"] or None)


def test_every_cut_off_of_the_knowledge_is_worked() -> None:
    worked = {(row["block"], row["value"]) for row in worked_cases() if row["case"].startswith("exactly")}
    blocks = [block for block in load_knowledge().blocks.values() if block.kind == "test"]
    assert worked == {(block.id, f"{cut:g}") for block in blocks for cut in block.cuts}


@pytest.mark.parametrize(
    ("comparator", "number", "bands"),
    [("<", 0.5, (0,)), ("<", 10, (0, 1)), ("<", 12, (0, 1, 2)), (">", 150, (6, 7)), (">", 500, (7,)), (None, 10, (2,))],
)
def test_a_limit_of_detection_covers_every_band_it_may_lie_in(
    comparator: str | None, number: float, bands: tuple[int, ...]
) -> None:
    assert bands_of_value(load_knowledge().blocks["acth"], number, comparator) == bands


def test_fifty_nanomol_is_the_same_in_either_unit() -> None:
    in_si = observe([{"test": "dst_1mg_cortisol", "value": 60, "unit": "nmol/L"}])["dst_1mg"]
    in_conventional = observe([{"test": "dst_1mg_cortisol", "value": 60 / 27.59, "unit": "ug/dL"}])["dst_1mg"]
    assert in_si.bands == in_conventional.bands == (1,)


def test_urinary_cortisol_without_its_limit_counts_half_and_says_so() -> None:
    seen = observe([{"test": "ufc_24h", "value": 900, "unit": "nmol/24h"}])["ufc"]
    assert seen.weight == 0.5 and "no upper limit" in seen.note


def test_saliva_between_the_published_cut_offs_is_not_read_without_a_limit() -> None:
    assert voided([{"test": "cortisol_late_night_saliva", "value": 6, "unit": "nmol/L"}]) == [
        "cortisol_late_night_saliva"
    ]
    assert observe([{"test": "cortisol_late_night_saliva", "value": 20, "unit": "nmol/L"}])["lnsc"].bands == (
        1,
        2,
        3,
        4,
    )


def test_androgens_are_read_against_their_own_limits_only() -> None:
    high = {"test": "androstenedione", "value": 12.2, "unit": "nmol/L", "uln": 10.5}
    assert observe([high])["androstenedione"].band_name == "high"
    assert voided([high | {"uln": None}]) == ["androstenedione"]


def test_the_lowest_potassium_counts() -> None:
    seen = observe([{"test": "potassium", "value": number, "unit": "mmol/L"} for number in (4.1, 2.5, 3.6)])[
        "potassium"
    ]
    assert seen.bands == (0,) and "lowest of 3" in seen.shown


@pytest.mark.parametrize(
    ("context", "result", "gone"),
    [
        ("oestrogen", {"test": "dst_1mg_cortisol", "value": 300, "unit": "nmol/L"}, True),
        ("oestrogen", {"test": "dst_1mg_cortisol", "value": 30, "unit": "nmol/L"}, False),
        ("cyp3a4_inducer", {"test": "hddst_2day_suppression", "outcome": "not_suppressed"}, True),
        ("renal_impairment", {"test": "ufc_24h", "value": 0.5, "unit": "xULN"}, True),
        ("renal_impairment", {"test": "ufc_24h", "value": 5, "unit": "xULN"}, False),
        ("night_shift", {"test": "cortisol_late_night_saliva", "value": 3, "unit": "xULN"}, True),
        ("biotin", {"test": "acth_plasma", "value": 3, "unit": "pg/mL"}, True),
        ("biotin", {"test": "acth_plasma", "value": 80, "unit": "pg/mL"}, False),
        ("acth_assay_interference", {"test": "acth_plasma", "value": 80, "unit": "pg/mL"}, True),
        ("diuretic", {"test": "potassium", "value": 2.9, "unit": "mmol/L"}, True),
        ("diuretic", {"test": "potassium", "value": 4.2, "unit": "mmol/L"}, False),
        ("cyclic_suspected", {"test": "ipss", "outcome": "no_gradient"}, True),
        ("cyclic_suspected", {"test": "cortisone_late_night_saliva", "outcome": "normal"}, True),
        ("pregnancy", {"test": "crh_acth_rise", "outcome": "negative"}, True),
        ("pregnancy", {"test": "crh_acth_rise", "outcome": "positive"}, False),
        ("steroidogenesis_inhibitor", {"test": "acth_plasma", "value": 40, "unit": "pg/mL"}, True),
        ("steroidogenesis_inhibitor", {"test": "acth_plasma", "value": 3, "unit": "pg/mL"}, False),
        ("alcohol_excess", {"test": "desmopressin_acth_rise", "outcome": "negative"}, True),
        ("biotin", {"test": "dst_1mg_cortisol", "value": 300, "unit": "nmol/L"}, True),
    ],
)
def test_a_confounder_voids_the_direction_it_spoils(context: str, result: dict[str, object], gone: bool) -> None:
    assert voided([result], context=[context]) == ([result["test"]] if gone else [])


@pytest.mark.parametrize(("outcome", "gone"), [("primary_aldosteronism", ["potassium"]), ("normal", [])])
def test_low_potassium_is_explained_by_primary_aldosteronism(outcome: str, gone: list[str]) -> None:
    assert voided([{"test": "potassium", "outcome": "low"}, {"test": "aldosterone_renin", "outcome": outcome}]) == gone


def test_too_little_dexamethasone_voids_a_test_that_did_not_suppress() -> None:
    dst = {"test": "dst_1mg_cortisol", "value": 300, "unit": "nmol/L"}
    assert voided([dst, {"test": "dst_1mg_dexamethasone", "value": 2.9, "unit": "nmol/L"}]) == ["dst_1mg_cortisol"]
    assert voided([dst, {"test": "dst_1mg_dexamethasone", "value": 6, "unit": "nmol/L"}]) == []


@pytest.mark.parametrize(
    "finding",
    [
        {"region": "adrenal_left", "finding": "mass", "size_mm": 34, "attenuation_hu": 20},
        {"region": "pituitary", "finding": "lesion", "size_mm": 4},
        {"region": "lung", "finding": "mass"},
    ],
    ids=lambda finding: str(finding["region"]),
)
def test_a_lesion_counts_also_when_the_examination_is_not_named(finding: dict[str, object]) -> None:
    named = "MRI" if finding["region"] == "pituitary" else "CT"
    unnamed, known = observe([], imaging=[finding]), observe([], imaging=[{**finding, "modality": named}])
    assert unnamed and {name: seen.bands for name, seen in unnamed.items()} == {
        name: seen.bands for name, seen in known.items()
    }


def test_uptake_of_a_named_tracer_is_a_scan_also_when_the_examination_is_not_named() -> None:
    finding = {"region": "pituitary", "tracer": "68Ga-Pentixafor", "uptake": "positive"}
    assert "pentixafor_pituitary" in observe([], imaging=[finding])


@pytest.mark.parametrize(
    ("number", "unit", "bands"),
    [(39, "ug/dL", (0,)), (1.0, "umol/L", (0,)), (40, "ug/dL", (1, 2)), (90, "ug/dL", (1, 2))],
)
def test_dheas_without_limits_is_read_by_its_amount_at_half_weight(
    number: float, unit: str, bands: tuple[int, ...]
) -> None:
    seen = observe([{"test": "dheas", "value": number, "unit": unit}])["dheas"]
    assert seen.bands == bands and seen.weight == 0.5 and "half weight" in seen.note


def test_dheas_without_limits_counts_in_full_at_the_age_of_those_it_was_counted_in() -> None:
    result = [{"test": "dheas", "value": 30, "unit": "ug/dL"}]
    assert [observe(result, age_years=age)["dheas"].weight for age in (49, 50, 70)] == [0.5, 1.0, 1.0]


def test_dheas_only_known_to_lie_above_a_low_amount_is_not_read() -> None:
    assert voided([{"test": "dheas", "value": 15, "unit": "ug/dL", "comparator": ">"}]) == ["dheas"]
    assert observe([{"test": "dheas", "value": 15, "unit": "ug/dL", "comparator": "<"}])["dheas"].bands == (0,)


@pytest.mark.parametrize(
    ("amount", "assay", "band"),
    [
        (60, "LC-MS/MS", "< 50 nmol/L or 50–138 nmol/L"),
        (60, "tandem mass spectrometry", "< 50 nmol/L or 50–138 nmol/L"),
        (60, "Elecsys", "50–138 nmol/L"),
        (60, None, "50–138 nmol/L"),
        (49, "LC-MS/MS", "< 50 nmol/L"),
        (66, "LC-MS/MS", "50–138 nmol/L"),
    ],
)
def test_between_the_two_cut_offs_of_mass_spectrometry_a_result_may_be_either(
    amount: float, assay: str | None, band: str
) -> None:
    seen = observe([{"test": "dst_1mg_cortisol", "value": amount, "unit": "nmol/L", "assay": assay}])
    assert seen["dst_1mg"].band_name == band


@pytest.mark.parametrize(
    ("multiple", "comparator", "band"),
    [
        (1.7, None, "≥ 13.5 nmol/L"),
        (1.0, None, "< 13.5 nmol/L"),
        (0.4, None, "< 13.5 nmol/L"),
        (8.0, ">", "≥ 13.5 nmol/L"),
        (0.5, "<", "< 13.5 nmol/L"),
        (1.0, ">", "≥ 13.5 nmol/L"),
        (3.0, "<", "< 13.5 nmol/L or ≥ 13.5 nmol/L"),
        (0.5, ">", "< 13.5 nmol/L or ≥ 13.5 nmol/L"),
    ],
)
def test_salivary_cortisone_as_a_multiple_of_its_limit_is_raised_or_not(
    multiple: float, comparator: str | None, band: str
) -> None:
    result = {"test": "cortisone_late_night_saliva", "value": multiple, "unit": "xULN", "comparator": comparator}
    assert observe([result])["cortisone_saliva"].band_name == band


@pytest.mark.parametrize("test", sorted(load_vocabulary().tests))
def test_every_test_is_read_in_every_unit_it_may_be_written_in(test: str) -> None:
    for unit in load_vocabulary().tests[test].units:
        for comparator in (None, "<", ">"):
            amount = 25 if test == "bicarbonate" else 2  # a possible one
            result = {"test": test, "value": amount, "unit": unit.name, "comparator": comparator}
            case = read_case({"case_id": "T1", "results": [result]})
            found = observe_case(case, load_knowledge())
            assert len(found.observations) + len(found.voided) <= 1
