"""Red flags stand on single findings, whatever the probabilities say."""

import pytest

from decision.case import read_case
from decision.engine import assess_case


def flags(results: list[dict[str, object]], **more: object) -> list[tuple[str, str]]:
    case = read_case({"case_id": "T1", "age_years": 40, "results": results, **more})
    return [(flag.level, flag.says) for flag in assess_case(case).flags]


def value(test: str, number: float, unit: str, **more: object) -> dict[str, object]:
    return {"test": test, "value": number, "unit": unit, **more}


@pytest.mark.parametrize(
    ("results", "more", "word", "level"),
    [
        ([value("potassium", 2.9, "mmol/L")], {}, "Potassium below 3.0", "urgent"),
        ([value("potassium", 3.2, "mmol/L")], {}, "Low potassium", "warning"),
        ([value("cortisol_morning", 1200, "nmol/L")], {}, "Severe hypercortisolism", "urgent"),
        ([value("ufc_24h", 500, "ug/24h", uln=50)], {}, "Severe hypercortisolism", "urgent"),
        (
            [value("cortisol_morning", 60, "nmol/L"), value("acth_plasma", 4, "pg/mL")],
            {},
            "do not stop it abruptly",
            "urgent",
        ),
        ([value("acth_plasma", 3, "pmol/L")], {}, "grey zone", "info"),
        ([], {"age_years": 12}, "Below 18 years", "warning"),
        ([], {"context": ["pregnancy"]}, "Pregnancy", "warning"),
        (
            [],
            {"imaging": [{"modality": "CT", "region": "adrenal_left", "finding": "mass", "size_mm": 70}]},
            "carcinoma",
            "urgent",
        ),
        (
            [],
            {
                "imaging": [
                    {"modality": "CT", "region": "adrenal_left", "finding": "mass", "size_mm": 45, "attenuation_hu": 30}
                ]
            },
            "carcinoma",
            "urgent",
        ),
        (
            [value("ufc_24h", 6, "xULN"), value("ufc_24h", 0.4, "xULN", assay="LC-MS/MS")],
            {},
            "normal by mass spectrometry",
            "warning",
        ),
        (
            [value("dst_1mg_dexamethasone", 4.0, "nmol/L"), value("dst_1mg_cortisol", 90, "nmol/L")],
            {},
            "borderline",
            "info",
        ),
        ([], {"context": ["cyclic_suspected"]}, "Cyclic disease", "warning"),
        (
            [value("acth_plasma", 4, "pg/mL"), {"test": "ipss", "outcome": "gradient"}],
            {},
            "do not go together",
            "warning",
        ),
    ],
)
def test_a_flag_is_raised(results: list[dict[str, object]], more: dict[str, object], word: str, level: str) -> None:
    assert any(word in says and found == level for found, says in flags(results, **more))


@pytest.mark.parametrize(
    ("results", "more", "word"),
    [
        ([value("potassium", 3.0, "mmol/L")], {}, "below 3.0"),
        ([value("ufc_24h", 500, "ug/24h")], {}, "Severe"),
        ([value("acth_plasma", 20, "pg/mL", comparator="<")], {}, "grey zone"),
        ([], {"imaging": [{"modality": "CT", "region": "adrenal_left", "finding": "mass"}]}, "carcinoma"),
        ([], {"age_years": None}, "Below 18"),
        ([value("ufc_24h", 6, "xULN"), value("ufc_24h", 0.4, "xULN")], {}, "mass spectrometry"),
        ([value("dst_1mg_dexamethasone", 5.0, "nmol/L"), value("dst_1mg_cortisol", 90, "nmol/L")], {}, "borderline"),
    ],
)
def test_an_unknown_raises_nothing(results: list[dict[str, object]], more: dict[str, object], word: str) -> None:
    assert not any(word in says for _, says in flags(results, **more))


@pytest.mark.parametrize(
    ("result", "raised"),
    [
        (value("acth_plasma", 203, "pg/mL", assay="Siemens IMMULITE 2000"), True),
        ({"test": "acth_plasma", "outcome": "elevated", "assay": "Immulite"}, True),
        (value("acth_plasma", 4, "pg/mL", assay="Immulite"), False),
        (value("acth_plasma", 203, "pg/mL", assay="Elecsys"), False),
        (value("acth_plasma", 203, "pg/mL"), False),
    ],
)
def test_acth_that_is_not_low_on_a_platform_known_for_false_highs(result: dict[str, object], raised: bool) -> None:
    assert any("known for falsely high results" in says for _, says in flags([result])) == raised


LESION = {"imaging": [{"modality": "CT", "region": "adrenal_left", "finding": "lesion", "size_mm": 25}]}
HIGH_DHEAS = {"test": "dheas", "outcome": "high"}


@pytest.mark.parametrize(
    ("results", "more", "word", "raised"),
    [
        ([HIGH_DHEAS], LESION, "whatever its size", True),
        ([value("dheas", 500, "ug/dL", uln=400)], LESION, "whatever its size", True),
        ([value("dheas", 300, "ug/dL", uln=400)], LESION, "whatever its size", False),
        ([HIGH_DHEAS], {}, "whatever its size", False),
        ([HIGH_DHEAS, value("acth_plasma", 4, "pg/mL")], {}, "not an adenoma", True),
        ([HIGH_DHEAS, value("acth_plasma", 40, "pg/mL")], {}, "not an adenoma", False),
    ],
)
def test_raised_androgens_are_never_passed_over(
    results: list[dict[str, object]], more: dict[str, object], word: str, raised: bool
) -> None:
    assert any(word in says for _, says in flags(results, **more)) == raised


def test_urgent_flags_come_first() -> None:
    levels = [level for level, _ in flags([value("potassium", 2.4, "mmol/L"), value("ufc_24h", 20, "xULN")])]
    assert levels == sorted(levels, key=["urgent", "warning", "info"].index)
