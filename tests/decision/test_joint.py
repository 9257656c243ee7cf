"""Two tests that were published together: the joint table takes the place of their product, and only there."""

import itertools

import numpy as np
import pytest

from decision.case import Case, read_case
from decision.evidence import load_knowledge
from decision.joint import UNKNOWN, add_joints, find_part
from decision.likelihood import Mode
from decision.observe import observe_case
from decision.reading import Reading, find_cells, find_span
from decision.standing import change_state, find_standing, foresee
from decision.states import load_table

PHENOTYPES = list(load_knowledge().phenotypes)
TABLE = load_table(Mode())


def _case(*results: dict[str, object]) -> Case:
    return read_case({"case_id": "T1", "results": list(results)})


def acth(value: float | str) -> dict[str, object]:
    if isinstance(value, str):
        return {"test": "acth_plasma", "outcome": value}
    return {"test": "acth_plasma", "value": value, "unit": "pg/mL"}


def dheas(word: str) -> dict[str, object]:
    return {"test": "dheas", "outcome": word}


def odds(one: str, other: str, *results: dict[str, object]) -> float:
    """Odds of two phenotypes beside those of a patient without results."""

    def ratio(entries: tuple[dict[str, object], ...]) -> float:
        posterior = find_standing(_case(*entries), load_knowledge()).posterior
        return float(posterior[PHENOTYPES.index(one)] / posterior[PHENOTYPES.index(other)])

    return ratio(results) / ratio(())


@pytest.mark.parametrize(
    ("hormone", "androgen", "published"),
    [("suppressed", "low", 5.5), ("suppressed", "normal", 1.7), ("normal", "low", 1.5), ("normal", "normal", 0.22)],
)
def test_acth_and_dheas_together_say_what_was_counted_together(hormone: str, androgen: str, published: float) -> None:
    """Carafone 2021, 256 with mild autonomous secretion and 212 without; ratios as printed to two digits."""
    assert odds("MACS", "NFA", acth(hormone), dheas(androgen)) == pytest.approx(published, rel=0.05)


def test_overt_disease_is_told_from_mild_as_before() -> None:
    """Only the difference between mild secretion and none is shared out anew."""
    alone = odds("CPA", "CD", acth("suppressed"))
    both = odds("CPA", "CD", acth("suppressed"), dheas("low"))
    assert both > alone


def test_one_of_the_two_alone_is_read_as_ever() -> None:
    observed = observe_case(_case(acth(4)), load_knowledge()).observations
    assert "acth_dheas" not in {item.block.id for item in observed}
    assert odds("MACS", "NFA", acth(4)) > 1


def test_a_value_no_further_from_the_cut_off_than_laboratories_differ_is_on_neither_side() -> None:
    block = load_knowledge().blocks["acth"]
    parts = {value: find_part(block, Reading(*find_span(block, value)), (0, 1)) for value in (4, 9, 11, 14, 25)}
    assert parts == {4: 1, 9: UNKNOWN, 11: UNKNOWN, 14: UNKNOWN, 25: 0}
    agreed = Reading(*find_span(block, 14), agreed=True)
    assert find_part(block, agreed, (0, 1)) == 0
    assert find_part(block, Reading(*find_cells(block, (0, 1))), (0, 1)) == 1


def test_falling_acth_never_speaks_less_for_mild_secretion() -> None:
    for androgen in ("low", "normal"):
        ratios = [odds("MACS", "NFA", acth(value), dheas(androgen)) for value in (40, 25, 16, 15, 11, 9, 7, 6, 4, 2)]
        assert all(after >= before - 1e-9 for before, after in itertools.pairwise(ratios)), ratios


def test_what_follows_is_the_same_from_observations_and_from_numbers() -> None:
    for hormone, androgen in itertools.product(("suppressed", "normal", 3.0, 9.0, 55.0), ("low", "normal", "high")):
        observed = observe_case(_case(acth(hormone), dheas(androgen)), load_knowledge()).observations
        written = TABLE.write_states(observed)[None]
        bare = written.copy()
        bare[:, [joint.column for joint in TABLE.joints]] = 0
        assert np.array_equal(add_joints(bare, TABLE.joints), written), (hormone, androgen)


def test_a_changed_member_changes_what_follows() -> None:
    standing = find_standing(_case(acth("suppressed"), dheas("low")), load_knowledge())
    after = foresee(standing, [change_state(standing, load_knowledge().blocks["dheas"], 1)]).posterior[0]
    asked = find_standing(_case(acth("suppressed"), dheas("normal")), load_knowledge()).posterior
    assert after == pytest.approx(asked, abs=1e-12)
