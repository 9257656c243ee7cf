"""What was counted together stands beside the product the engine makes of it; where they differ it is said."""

import pytest

from decision.book import load_book
from decision.combinations import Combination, load_combinations
from decision.evidence import load_knowledge


@pytest.mark.parametrize("found", load_combinations(), ids=lambda found: found.id)
def test_the_engine_agrees_with_what_was_counted_or_says_why_not(found: Combination) -> None:
    assert found.low < found.ratio < found.high
    assert found.source in load_knowledge().sources
    assert found.is_inside == (found.differs is None)


def test_most_combinations_agree() -> None:
    inside = [found.is_inside for found in load_combinations()]
    assert sum(inside) > len(inside) / 2


def test_two_read_outs_of_one_test_are_one_item() -> None:
    """CRH and desmopressin, ACTH and cortisol of each: four results, two items (10.4, 2.7–40 were counted)."""
    found = next(item for item in load_combinations() if item.id == "crh_desmopressin_both")
    assert found.here < 30


def test_they_stand_in_the_book_and_add_no_weight() -> None:
    entries = [entry for entry in load_book() if entry.block.startswith("combination_")]
    assert len(entries) == len(load_combinations())
    assert all(entry.does.startswith("adds no weight") for entry in entries)
