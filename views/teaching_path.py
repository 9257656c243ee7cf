"""The path of a case: what the learner and the program thought after each datum, and which datum moved most."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from decision.assessment import Assessment, Reason

TINY = 1e-6


@dataclass(frozen=True)
class Answer:
    """What the learner stated: the likeliest subtype and its probability (0 to 1)."""

    subtype: str
    probability: float


@dataclass(frozen=True)
class Move:
    """How far one datum moved the diagnosis that turned out right, in decibans of its odds, and why."""

    step: int
    decibans: float
    reasons: tuple[Reason, ...]


def probability_of(assessment: Assessment, subtype: str) -> float:
    return next(item.probability for item in assessment.subtypes if item.subtype == subtype)


def find_largest_move(path: Sequence[Assessment], subtype: str) -> Move | None:
    """The datum after which the odds of `subtype` changed most; None for a path of one step.

    The reasons are those that were not there before the datum, heaviest first.
    """
    moves = [
        (after - before, step)
        for step, (before, after) in enumerate(
            zip(_odds(path, subtype), _odds(path, subtype)[1:], strict=False), start=1
        )
    ]
    if not moves:
        return None
    change, step = max(moves, key=lambda move: abs(move[0]))
    known = {reason.finding for reason in path[step - 1].reasons}
    new = [reason for reason in path[step].reasons if reason.finding not in known]
    return Move(step, change, tuple(sorted(new, key=lambda reason: -abs(reason.weight_db))))


def _odds(path: Sequence[Assessment], subtype: str) -> list[float]:
    """Log odds of the subtype after each step, in decibans, bounded at one in a million."""
    shares = [min(max(probability_of(assessment, subtype), TINY), 1 - TINY) for assessment in path]
    return [10 * math.log10(share / (1 - share)) for share in shares]
