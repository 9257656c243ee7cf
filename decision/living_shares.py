"""What this trial adds, ready to be read: of each class the share with a PET pattern in print, in this trial, and together."""

from collections.abc import Iterator
from dataclasses import dataclass

from scipy.special import betaincinv

from decision.evidence import Knowledge
from decision.living import TRACERS, LivingEvidence, LivingRow


@dataclass(frozen=True)
class Share:
    """`of` patients, the share of them with the pattern and its 95 % interval; `had`: how many, where they were counted here."""

    value: float
    low: float
    high: float
    of: int
    had: int | None = None


@dataclass(frozen=True)
class LivingShare:
    """One class (or several that share a published row) and one band of a pattern. None: nothing known there.

    `used`: whether the trial's patients change what an assessment that counts them takes; `says` how, or why not.
    """

    block: str
    title: str
    tracer: str
    band: str
    phenotypes: tuple[str, ...]
    published: Share | None
    trial: Share | None
    combined: Share | None
    used: bool
    says: str


def list_shares(found: LivingEvidence, knowledge: Knowledge) -> tuple[LivingShare, ...]:
    """Every class in every pattern. The first of several bands is left out: it is what the others leave."""
    return tuple(share for row in found.rows for share in _list_row(row, knowledge))


def _list_row(row: LivingRow, knowledge: Knowledge) -> Iterator[LivingShare]:
    block = knowledge.blocks[row.block]
    for band in range(min(1, len(row.bands) - 1), len(row.bands)):
        yield LivingShare(
            row.block, row.title, TRACERS[str(block.group)], row.bands[band], row.phenotypes,
            _read_published(row, band, knowledge), _count_trial(row, band, knowledge), _combine(row, band, knowledge),
            row.used, row.says,
        )  # fmt: skip


def _read_published(row: LivingRow, band: int, knowledge: Knowledge) -> Share | None:
    if row.published is None:
        return None
    low, high = _find_interval(row.published[band], row.published_n, row, knowledge)
    return Share(row.published[band], low, high, row.published_n)


def _count_trial(row: LivingRow, band: int, knowledge: Knowledge) -> Share | None:
    n, had = sum(row.counts), row.counts[band]
    if n == 0:
        return None
    low, high = _find_interval(had / n, n, row, knowledge)
    return Share(had / n, low, high, n, had)


def _combine(row: LivingRow, band: int, knowledge: Knowledge) -> Share | None:
    if row.combined_n == 0:
        return None
    low, high = _find_interval(row.combined[band], row.combined_n, row, knowledge)
    return Share(row.combined[band], low, high, row.combined_n)


def _find_interval(share: float, n: int, row: LivingRow, knowledge: Knowledge) -> tuple[float, float]:
    """Where the share lies, from the Beta distribution that the engine draws it from: the counts and the policy's pseudo-count."""
    policy = knowledge.rules["interval"]
    places = max(2, len(row.bands))
    prior = policy["pseudo_count"] / places
    had, others = n * share + prior, n * (1 - share) + policy["pseudo_count"] - prior
    low, high = betaincinv(had, others, [policy["low"] / 100, policy["high"] / 100])
    return float(low), float(high)
