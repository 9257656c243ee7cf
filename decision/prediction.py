"""The set of subtypes that holds the truth nine times in ten: for this patient by the probabilities, and for every subtype.

The smallest set that reaches the level would miss most patients with a rare subtype, whose probability is seldom high. So
each subtype also has a probability of its own from which it is kept, learnt from patients drawn from the knowledge itself.
"""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from decision.batch import compute_posteriors, list_subtypes, sum_subtypes
from decision.evidence import load_knowledge
from decision.likelihood import Array, Mask, Mode
from decision.posterior import draw_prior
from decision.simulate import draw_patients, draw_truth_by_subtype

ROUNDING = 1e-9


def choose_sets(probabilities: Array, setting: str, mode: Mode) -> Mask:
    """Which subtypes are in each case's set, shape (cases, subtypes) as `probabilities` in `list_subtypes` order."""
    published = replace(mode, living=())  # learnt once a setting: another patient left out must not mean learning anew
    chosen: Mask = find_smallest(probabilities) | (probabilities >= load_thresholds(setting, published))
    return chosen


def find_smallest(probabilities: Array) -> Mask:
    """The fewest subtypes that together reach the level, shape (cases, subtypes)."""
    level = load_knowledge().rules["prediction_set"]["level"]
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    before = ranked.cumsum(axis=1) - ranked
    chosen = np.zeros(probabilities.shape, dtype=bool)
    np.put_along_axis(chosen, order, before < level - ROUNDING, axis=1)
    return chosen


@lru_cache(maxsize=32)
def load_thresholds(setting: str, mode: Mode) -> Array:
    """The probability from which each subtype stays in the set, shape (subtypes,); infinite where the smallest set suffices."""
    policy = load_knowledge().rules["simulation"]
    generator = np.random.default_rng(policy["seed"])
    prior, each = draw_prior(setting)[0], policy["patients_per_subtype"]
    truth = draw_truth_by_subtype(prior, each, generator)
    probabilities = sum_subtypes(compute_posteriors(draw_patients(truth, prior, mode, generator)))
    own = np.where(find_smallest(probabilities), np.inf, probabilities).reshape(len(list_subtypes()), each, -1)
    missed = each - find_rank(each)
    thresholds: Array = np.array([np.sort(part[:, number])[missed] for number, part in enumerate(own)])
    return thresholds


def find_rank(n: int) -> int:
    """Which of n sorted cases promises the level to the next one (conformal prediction); above n there are too few to promise."""
    level = load_knowledge().rules["prediction_set"]["level"]
    return math.ceil((n + 1) * level - ROUNDING)


def name_set(chosen: npt.NDArray[np.bool_], probabilities: Array) -> tuple[str, ...]:
    """The subtypes of one case's set, most probable first."""
    order = np.argsort(-probabilities, kind="stable")
    return tuple(list_subtypes()[number] for number in order if chosen[number])
