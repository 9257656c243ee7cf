"""The vocabulary says exactly what the contract says, and every number in it has a source."""

import pytest

from decision.units import UNITS
from decision.vocabulary import Range, find_nearest, find_nearest_test, load_vocabulary

SERUM_CORTISOL = (
    "cortisol_morning",
    "cortisol_late_night_serum",
    "dst_1mg_cortisol",
    "lddst_2day_cortisol",
    "dex_crh_cortisol",
)
SUPPRESSION = ("hddst_8mg_overnight_suppression", "hddst_2day_suppression")
RISE = ("crh_acth_rise", "crh_cortisol_rise", "desmopressin_acth_rise", "desmopressin_cortisol_rise")
IPSS = ("ipss_basal_ratio", "ipss_stimulated_ratio", "ipss_lateralisation_ratio", "ipss_prolactin_normalised_ratio")
STEROIDS = ("androstenedione", "testosterone", "hydroxyprogesterone_17", "deoxycortisol_11")
LEVELS = "low, normal, high"
CONTRACT = [
    (("acth_plasma",), "pg/mL, ng/L, pmol/L", "suppressed, normal, elevated"),
    (SERUM_CORTISOL, "ug/dL, nmol/L, ng/mL", "suppressed, not_suppressed, normal, elevated"),
    (
        ("cortisol_late_night_saliva", "cortisone_late_night_saliva"),
        "ug/dL, nmol/L, ng/dL, ng/mL, xULN",
        "normal, elevated",
    ),
    (("ufc_24h",), "ug/24h, nmol/24h, xULN", "normal, elevated"),
    (("dst_1mg_dexamethasone",), "ng/mL, nmol/L, ng/dL", "adequate, inadequate"),
    (SUPPRESSION, "%", "suppressed, not_suppressed"),
    (RISE, "%", "positive, negative"),
    (IPSS, "ratio", ""),
    (("ipss",), "", "gradient, no_gradient"),
    (("potassium", "bicarbonate"), "mmol/L, mEq/L", LEVELS),
    (("dheas",), "ug/dL, umol/L, ng/mL", LEVELS),
    (STEROIDS, "ng/dL, nmol/L", LEVELS),
    (("liddle_ufc_change",), "%", ""),
    (("synthetic_steroid_screen",), "", "positive, negative"),
    (("calcitonin", "plasma_metanephrines"), "xULN", "normal, elevated"),
    (("aldosterone_renin",), "", "primary_aldosteronism, normal"),
]
WORDS = {
    "modalities": "MRI, CT, PET, SRS",
    "tracers": "68Ga-Pentixafor, 68Ga-DOTATATE, 18F-FDG",
    "regions": "pituitary, adrenal_left, adrenal_right, lung, lung_left, lung_right, mediastinum, pancreas, thyroid, "
    "gastrointestinal, abdomen, chest, other",
    "findings": "normal, lesion, mass, nodules, hyperplasia",
    "uptakes": "negative, equivocal, positive",
    "sides": "left, right, midline",
    "flags": "heterogeneous, necrosis, invasion, metastases, calcification",
    "contexts": "oestrogen, cyp3a4_inducer, cyp3a4_inhibitor, renal_impairment, high_fluid_intake, sleep_disturbance, "
    "night_shift, pregnancy, alcohol_excess, depression, pcos, uncontrolled_diabetes, acute_illness, obesity, "
    "exogenous_glucocorticoid, steroidogenesis_inhibitor, mifepristone, biotin, acth_assay_interference, "
    "cyclic_suspected, potassium_supplement, mineralocorticoid_antagonist, diuretic, dexamethasone_recent",
    "signs": "easy_bruising, facial_plethora, proximal_myopathy, wide_purple_striae, rapid_onset, hyperpigmentation, "
    "virilisation, growth_arrest",
    "sites": "pituitary, pituitary_left, pituitary_right, pituitary_midline, adrenal_left, adrenal_right, "
    "adrenal_bilateral, lung, mediastinum, pancreas, thyroid, gastrointestinal, other, occult, none",
    "subtypes": "CD, EAS, CPA, ACC, PBMAH, PPNAD, MACS, NNH, EXO, NONE",
    "sexes": "female, male",
}
ROWS = [(test, units, outcomes) for tests, units, outcomes in CONTRACT for test in tests]


@pytest.mark.parametrize(("test", "units", "outcomes"), ROWS, ids=[row[0] for row in ROWS])
def test_a_test_has_the_units_and_outcome_words_of_the_contract(test: str, units: str, outcomes: str) -> None:
    entry = load_vocabulary().tests[test]
    assert ", ".join(UNITS[test]) == units
    assert ", ".join(entry.outcomes) == outcomes


def test_there_is_no_test_beyond_the_contract() -> None:
    assert sorted(load_vocabulary().tests) == sorted(row[0] for row in ROWS)


@pytest.mark.parametrize(("mapping", "words"), WORDS.items(), ids=list(WORDS))
def test_the_words_are_those_of_the_contract(mapping: str, words: str) -> None:
    assert ", ".join(getattr(load_vocabulary(), mapping)) == words


def test_every_number_has_a_source_and_every_test_its_names() -> None:
    vocabulary = load_vocabulary()
    for test in vocabulary.tests.values():
        assert test.name
        assert test.short_name
        assert test.specimen
        assert test.units_source
        assert all(limit.source and limit.says for limit in test.limits)
        assert all(limit.unit in (*test.unit_names, "as entered") for limit in test.limits)
        assert set(test.outcomes) <= set(vocabulary.outcomes)
    assert all(limit.source and limit.says for limit in vocabulary.number_limits)


def test_the_groups_of_the_subtypes() -> None:
    groups: dict[str, list[str]] = {}
    for subtype in load_vocabulary().subtypes.values():
        groups.setdefault(subtype.group, []).append(subtype.code)
    assert groups == {
        "acth_dependent": ["CD", "EAS"],
        "acth_independent": ["CPA", "ACC", "PBMAH", "PPNAD", "MACS"],
        "none": ["NNH", "EXO", "NONE"],
    }


def test_the_vocabulary_is_loaded_once() -> None:
    assert load_vocabulary() is load_vocabulary()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ACTH", "acth_plasma"),
        ("acth plasma", "acth_plasma"),
        ("UFC", "ufc_24h"),
        ("LNSC", "cortisol_late_night_saliva"),
        ("potasium", "potassium"),
        ("dhea-s", "dheas"),
        ("Late-night salivary cortisol", "cortisol_late_night_saliva"),
        ("dst_1mg", "dst_1mg_cortisol"),
    ],
)
def test_the_nearest_test_is_the_one_that_was_meant(written: str, meant: str) -> None:
    assert find_nearest_test(written) == meant


def test_a_synonym_is_suggested_only_where_it_fits() -> None:
    assert find_nearest("high", ("normal", "elevated")) == "elevated"
    assert find_nearest("high", ("low", "normal", "high")) == "high"
    assert find_nearest("unsupressed", ("suppressed", "not_suppressed")) == "not_suppressed"
    assert find_nearest("anything", ()) is None


@pytest.mark.parametrize(
    ("limit", "inside", "outside"),
    [
        (Range(below=1, above=9), (0.9, 9.1), (1, 5, 9)),
        (Range(at_least=1, at_most=40), (1, 20, 40), (0.9, 40.1)),
        (Range(above=0, at_most=1), (0.5, 1), (0, 1.1)),
        (Range(at_most=0), (0, -1), (0.1,)),
        (Range(), (), (0, 1)),
    ],
)
def test_a_limit_bites_exactly_where_its_words_say(
    limit: Range, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    assert all(limit.holds(value) for value in inside)
    assert not any(limit.holds(value) for value in outside)
