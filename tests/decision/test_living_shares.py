"""What the trial adds: each class and pattern once, intervals that the engine draws from, and nothing where nobody was counted."""

import numpy as np
import pytest

from decision.evidence import load_knowledge
from decision.likelihood import list_counts
from decision.living import count_trial
from decision.living_shares import LivingShare, list_shares
from tests.decision.test_living import dotatate

KNOWLEDGE = load_knowledge()


def shares_of(counts: dict[str, tuple[int, int]]) -> tuple[LivingShare, ...]:
    cases, references = dotatate(counts)
    return list_shares(count_trial(cases, references, KNOWLEDGE), KNOWLEDGE)


def share_of(shares: tuple[LivingShare, ...], block: str, phenotype: str) -> LivingShare:
    return next(share for share in shares if share.block == block and phenotype in share.phenotypes)


def test_every_pattern_of_both_tracers_is_there_with_the_band_that_tells() -> None:
    shares = shares_of({})
    patterns = {name for name, block in KNOWLEDGE.blocks.items() if block.group in ("pentixafor", "dotatate")}
    assert {share.block for share in shares} == patterns
    assert share_of(shares, "dotatate_extra", "CD").band == "focus"
    assert share_of(shares, "pentixafor_extra", "CD").band == "seen"


def test_print_trial_and_both_stand_side_by_side() -> None:
    share = share_of(shares_of({"EAS": (6, 4), "CD": (1, 9)}), "dotatate_extra", "EAS")
    published, trial, combined = share.published, share.trial, share.combined
    assert published is not None
    assert trial is not None
    assert combined is not None
    assert (trial.had, trial.of, trial.value) == (6, 10, 0.6)
    assert combined.of == published.of + 10
    assert combined.value == pytest.approx((published.value * published.of + 6) / combined.of)
    assert combined.high - combined.low < published.high - published.low
    assert share.used


def test_nobody_counted_leaves_the_print_alone() -> None:
    share = share_of(shares_of({"CD": (1, 9)}), "dotatate_extra", "EAS")
    assert share.trial is None
    assert share.combined == share.published
    assert not share.used
    silent = share_of(shares_of({}), "dotatate_adrenal", "CD")
    assert (silent.published, silent.trial, silent.combined) == (None, None, None)


def test_the_interval_is_that_of_the_shares_the_engine_draws() -> None:
    share = share_of(shares_of({}), "dotatate_extra", "EAS").published
    row = KNOWLEDGE.blocks["dotatate_extra"].row_of("EAS")
    assert share is not None
    assert row is not None
    drawn = np.random.default_rng(3).dirichlet(list_counts(row, KNOWLEDGE), 200_000)[:, 1]
    assert (share.low, share.high) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])), abs=0.003)


def test_leaving_out_a_patient_takes_exactly_that_one_away() -> None:
    cases, references = dotatate({"EAS": (6, 4), "CD": (1, 9)})
    left = list_shares(count_trial(cases, references, KNOWLEDGE, without=cases[0].case_id), KNOWLEDGE)
    trial = share_of(left, "dotatate_extra", "EAS").trial
    assert trial is not None
    assert (trial.had, trial.of) == (5, 9)
