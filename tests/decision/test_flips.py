"""What would flip the leader, and what one change does: held against the engine asked again."""

import pytest

from decision.case import Case, CaseError, read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.flips import NEW, OTHER, UNKNOWN, Flip, list_flips
from decision.what_if import Change, change_case, list_removals, what_if

CASE = read_case(
    {
        "case_id": "T1", "age_years": 52, "sex": "female", "context": ["depression"], "signs": ["easy_bruising"],
        "results": [
            {"test": "acth_plasma", "value": 12, "unit": "pg/mL"},
            {"test": "ufc_24h", "value": 1.8, "unit": "xULN"},
            {"test": "dst_1mg_cortisol", "value": 160, "unit": "nmol/L"},
        ],
        "imaging": [{"modality": "CT", "region": "adrenal_left", "finding": "lesion", "size_mm": 24},
                    {"modality": "CT", "region": "adrenal_right", "finding": "normal"}],
    }
)  # fmt: skip


def leader(case: Case) -> str:
    return assess_case(case).leader.subtype


def flips(kind: str) -> list[Flip]:
    return [flip for flip in list_flips(CASE) if flip.kind == kind]


def test_an_entry_flips_when_the_engine_leads_elsewhere_without_it() -> None:
    now = leader(CASE)
    asked = [assess_case(change_case(CASE, change)).leader for change in list_removals(CASE)]
    expected = sorted((item.subtype, round(item.probability, 9)) for item in asked if item.subtype != now)
    assert sorted((flip.leader, round(flip.probability, 9)) for flip in flips(UNKNOWN)) == expected
    assert len(list_removals(CASE)) == 9


def test_another_result_flips_when_the_engine_says_so() -> None:
    """Every band of UFC and the 1 mg test that gives another leader and is plausible is listed, and no other."""
    blocks, now = load_knowledge().blocks, leader(CASE)
    listed = {(flip.block, flip.result): flip for flip in flips(OTHER)}
    for index, name in ((1, "ufc"), (2, "dst_1mg")):
        block = blocks[name]
        for band, words in enumerate(block.bands):
            value = 0.5 * block.cuts[0] if band == 0 else 1.02 * block.cuts[band - 1]
            entry = {"test": block.key, "value": value, "unit": block.unit}
            after = assess_case(change_case(CASE, Change("results", index, entry))).leader
            flip = listed.get((name, words))
            if flip is not None:
                assert (flip.leader, flip.probability) == (after.subtype, pytest.approx(after.probability, abs=1e-12))
            elif after.subtype != now:
                assert f"{name} {words}" in unlikely(), "a flip that is not listed must be an improbable result"


def unlikely() -> set[str]:
    """Bands that are expected in fewer than the policy's share."""
    from decision.flips import _expect_without
    from decision.standing import expect_bands, find_standing

    least = load_knowledge().rules["flip"]["smallest_share"]
    standing = find_standing(CASE, load_knowledge())
    found = set()
    for block, posterior in _expect_without(standing):
        shares = expect_bands(posterior, block, standing.mode)
        assert shares is not None
        found |= {f"{block.id} {words}" for words, share in zip(block.bands, shares, strict=True) if share < least}
    return found


def test_the_value_of_acth_from_which_another_subtype_leads_is_named() -> None:
    """Either side of every edge (two digits) the leader is as it says, when the engine is asked again with that value."""
    case = read_case(CASE.to_json() | {"imaging": []})
    now, named = leader(case), [flip for flip in list_flips(case) if flip.kind == OTHER and flip.block == "acth"]
    assert named, "some other ACTH must change the leader of this patient"
    for flip in named:
        low, high = read_range(flip.result or "")
        inside, outside = [low * 1.07, high / 1.07], [at for at in (low / 1.07, high * 1.07) if 1 < at < 2000]
        leaders = [leader(change_case(case, Change("results", 0, acth(at)))) for at in (*inside, *outside)]
        assert leaders[:2] == [flip.leader] * 2 and flip.leader not in leaders[2:]
        assert flip.leader != now and flip.expected is not None and 0 < flip.expected <= 1


def read_range(words: str) -> tuple[float, float]:
    """From and to, as a range of ACTH is named: "< 5 pg/mL", "5–10 pg/mL", "≥ 10 pg/mL"."""
    words = words.removesuffix(" pg/mL")
    if words[0] in "<≥":
        return (0.1, float(words[2:])) if words[0] == "<" else (float(words[2:]), 1e4)
    low, high = words.split("–")
    return float(low), float(high)


def acth(value: float) -> dict[str, object]:
    return {"test": "acth_plasma", "value": value, "unit": "pg/mL"}


def test_a_new_result_flips_when_the_engine_says_so() -> None:
    potassium = [flip for flip in flips(NEW) if flip.finding == "Potassium"]
    for flip in flips(NEW):
        assert flip.leader != leader(CASE) and flip.expected and flip.probability > flip.before
        assert flip.finding in flip.says
    low = {"test": "potassium", "value": 2.5, "unit": "mmol/L"}
    after = assess_case(change_case(CASE, Change("results", None, low))).leader
    assert (after.subtype != leader(CASE)) == any("<" in (flip.result or "") for flip in potassium)


def test_what_if_shows_both_answers_and_what_moved() -> None:
    answer = what_if(CASE, Change("results", 0))
    assert answer.before == assess_case(CASE)
    assert answer.after == assess_case(change_case(CASE, Change("results", 0)))
    assert "Plasma ACTH" in answer.after.missing and "Plasma ACTH" not in answer.before.missing
    moved = [abs(shift.after - shift.before) for shift in answer.shifts]
    assert moved == sorted(moved, reverse=True) and moved[0] > 0
    assert sum(shift.after - shift.before for shift in answer.shifts) == pytest.approx(0, abs=1e-9)
    assert set(answer.after.prediction_set) == (set(answer.before.prediction_set) | set(answer.joined)) - set(
        answer.left
    )


def test_a_value_changed_and_an_age_marked_unknown() -> None:
    high = {"test": "acth_plasma", "value": 300, "unit": "pg/mL"}
    assert what_if(CASE, Change("results", 0, high)).flips
    assert change_case(CASE, Change("age_years")).age_years is None
    assert change_case(CASE, Change("context", None, "oestrogen")).context == ("depression", "oestrogen")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (Change("results", 9), "there is no entry 9"),
        (Change("results", 0, {"test": "acth_plasma", "value": 5}), "needs its unit"),
        (Change("age_years", None, 400), "cannot be right"),
    ],
)
def test_an_impossible_change_is_refused_in_a_sentence(change: Change, says: str) -> None:
    with pytest.raises(CaseError, match=says):
        what_if(CASE, change)
