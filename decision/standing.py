"""Where a case stands, and where it would stand after a change: every "what if" of one case is one batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from decision.batch import CodedCases, compute_posteriors, sum_subtypes
from decision.case import Case
from decision.evidence import Block, Knowledge
from decision.likelihood import Array, Mask, Mode, load_shares
from decision.observe import Observed, observe_case
from decision.posterior import draw_prior, find_mode, find_setting
from decision.prediction import choose_sets
from decision.states import States, load_table


@dataclass(frozen=True)
class Standing:
    """A case as numbers: `states` of shape (blocks,), its posterior over phenotypes and the probability of each subtype."""

    case: Case
    knowledge: Knowledge
    mode: Mode
    setting: str
    observed: Observed
    states: States
    posterior: Array
    probabilities: Array
    in_set: Mask


@dataclass(frozen=True)
class Foreseen:
    """Probabilities and sets after each change, shape (changes, subtypes)."""

    probabilities: Array
    in_set: Mask


def find_standing(case: Case, knowledge: Knowledge, *, published_only: bool = False) -> Standing:
    """The case observed and weighed."""
    mode = find_mode(case, knowledge, published_only=published_only)
    setting = find_setting(case, knowledge).id
    observed = observe_case(case, knowledge)
    states = load_table(mode).write_states(observed.observations)
    posterior = compute_posteriors(CodedCases(states[None], draw_prior(setting)[:1], mode))
    probabilities = sum_subtypes(posterior)
    in_set = choose_sets(probabilities, setting, mode)[0]
    return Standing(case, knowledge, mode, setting, observed, states, posterior[0], probabilities[0], in_set)


def foresee(standing: Standing, rows: Sequence[States]) -> Foreseen:
    """The same patient with other states, one row a change."""
    prior = draw_prior(standing.setting)[0]
    priors = np.broadcast_to(prior, (len(rows), len(prior)))
    probabilities = sum_subtypes(compute_posteriors(CodedCases(np.array(rows), priors, standing.mode)))
    return Foreseen(probabilities, choose_sets(probabilities, standing.setting, standing.mode))


def change_state(standing: Standing, block: Block, band: int) -> States:
    """The states with this block in this band."""
    table = load_table(standing.mode)
    states = standing.states.copy()
    states[table.column[block.id]] = table.numbers[(block.id, (band,), 1.0)]
    return states


def expect_bands(standing: Standing, block: Block) -> Array | None:
    """How probable each band of the block is now, shape (bands,), among the classes it has rows for; None without any."""
    shares, valid = load_shares(block.id, standing.mode)
    inside = standing.posterior[valid]
    if not inside.size:
        return None
    expected: Array = inside @ shares[:, valid].T
    return expected / expected.sum()
