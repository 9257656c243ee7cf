"""Cases of every kind for the round-trip tests: any test in any unit, any finding, any text; most fields unknown."""

from typing import Any

from hypothesis import strategies as st

from decision.case import CaseError, read_case
from decision.vocabulary import Test, load_vocabulary

TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
AMOUNT = st.floats(0.01, 500, allow_nan=False) | st.integers(1, 100)
MOMENT = st.datetimes().map(lambda moment: moment.isoformat(timespec="minutes"))


def _is_case(document: dict[str, Any]) -> bool:
    try:
        read_case({"case_id": "P1", **document})
    except CaseError:
        return False
    return True


def _draw_result(test: Test) -> st.SearchStrategy[dict[str, Any]]:
    optional: dict[str, Any] = {
        "assay": TEXT,
        "collected_at": MOMENT,
        "comparator": st.sampled_from("<>"),
        "uln": AMOUNT,
    }
    if test.units:
        optional["value"] = AMOUNT
    if test.outcomes:
        optional["outcome"] = st.sampled_from(test.outcomes)
    required = {"test": st.just(test.code)} | ({"unit": st.sampled_from(test.unit_names)} if test.units else {})
    drawn = st.fixed_dictionaries(required, optional=optional)
    return drawn.filter(lambda result: _is_case({"results": [result]}))


def _draw_finding() -> st.SearchStrategy[dict[str, Any]]:
    words = load_vocabulary()
    optional: dict[str, Any] = {
        "tracer": st.sampled_from(list(words.tracers)) | TEXT,
        "region": st.sampled_from(list(words.regions)),
        "finding": st.sampled_from(list(words.findings)),
        "size_mm": st.floats(0.5, 90),
        "side": st.sampled_from(list(words.sides)),
        "attenuation_hu": st.integers(-20, 60),
        "flags": st.lists(st.sampled_from(list(words.flags)), max_size=3),
        "uptake": st.sampled_from(list(words.uptakes)),
        "suv_max": st.floats(0.1, 60),
        "liver_suv_mean": st.floats(0.5, 12),
        "uptake_minutes": st.floats(40, 90),
    }
    drawn = st.fixed_dictionaries({"modality": st.sampled_from(list(words.modalities))}, optional=optional)
    return drawn.filter(lambda finding: _is_case({"imaging": [finding]}))


def draw_cases() -> st.SearchStrategy[dict[str, Any]]:
    """Readable case documents."""
    words = load_vocabulary()
    results = st.sampled_from(list(words.tests.values())).flatmap(_draw_result)
    return st.fixed_dictionaries(
        {"case_id": TEXT},
        optional={
            "age_years": st.floats(1, 100) | st.integers(10, 80) | st.none(),
            "sex": st.sampled_from(["female", "male", None]),
            "results": st.lists(results, max_size=5),
            "imaging": st.lists(_draw_finding(), max_size=4),
            "context": st.lists(st.sampled_from(list(words.contexts)), max_size=3),
            "signs": st.lists(st.sampled_from(list(words.signs)), max_size=3),
        },
    ).filter(_is_case)
