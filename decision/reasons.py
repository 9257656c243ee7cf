"""Why: what each finding weighs for or against the leader, by taking out what it contributed and looking at what changes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from decision.assessment import Reason
from decision.evidence import GRADES, PUBLISHED, Block, Knowledge, Row
from decision.likelihood import Mode
from decision.posterior import Array, Evidence, combine, sum_by_subtype

TINY = 1e-12


@dataclass(frozen=True)
class Weighing:
    """What is needed to repeat an assessment without one finding: prior of shape (1, phenotypes)."""

    prior: Array
    knowledge: Knowledge
    mode: Mode

    def compute(self, evidence: Sequence[Evidence]) -> dict[str, float]:
        """Probability of each subtype from this evidence, each finding with the weight it was given among all."""
        sums = sum_by_subtype(combine(self.prior, evidence).posterior, self.knowledge)
        return {subtype: float(values[0]) for subtype, values in sums.items()}


def explain_evidence(evidence: Sequence[Evidence], weighing: Weighing, leader: str) -> tuple[Reason, ...]:
    """One reason a finding, strongest first; findings without published evidence stay, with weight 0."""
    whole = weighing.compute(evidence)
    reasons = []
    for item in evidence:
        rest = [other for other in evidence if other is not item]
        reasons.append(_explain(item, whole, weighing.compute(rest), leader, weighing))
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight_db), reason.block)))


def share_weight(reasons: Sequence[Reason]) -> dict[str, float]:
    """Which share of all the weight (absolute decibans) rests on each grade of evidence; sums to 1, or is 0 without evidence."""
    total = sum(abs(reason.weight_db) for reason in reasons)
    return {
        grade: round(sum(abs(reason.weight_db) for reason in reasons if reason.grade == grade) / total, 4)
        if total
        else 0.0
        for grade in GRADES
    }


def _explain(
    item: Evidence, whole: dict[str, float], rest: dict[str, float], leader: str, weighing: Weighing
) -> Reason:
    block, knowledge = item.seen.block, weighing.knowledge
    decibans = 10 * (_log_odds(whole[leader]) - _log_odds(rest[leader])) / math.log(10)
    gains = {subtype: whole[subtype] - rest[subtype] for subtype in whole if subtype != leader}
    other = min(gains, key=lambda name: gains[name]) if decibans >= 0 else max(gains, key=lambda name: gains[name])
    rows = _rows_for(block, (leader, other), weighing)
    return Reason(
        finding=item.seen.shown,
        for_=leader if decibans >= 0 else other,
        against=other if decibans >= 0 else leader,
        weight_db=round(abs(decibans), 2),
        says=_say(item, (leader, other), weighing),
        source="; ".join(dict.fromkeys(knowledge.cite(row.source) for row in rows)),
        grade=_weakest(rows) if item.valid.any() else "none",
        block=block.id,
    )


def _say(item: Evidence, sides: tuple[str, str], weighing: Weighing) -> str:
    block = item.seen.block
    if not item.valid.any():
        dropped = weighing.mode.published_only and any(
            row.grade not in (*PUBLISHED, "none") for row in weighing.mode.rows_of(block)
        )
        if dropped:
            return f"Not used: only expert values exist for it, and published evidence only was asked for. {block.says}"
        return f"{block.says}. Weight zero: no published evidence that separates the subtypes"
    parts = [f"{item.seen.band_name}: {block.says}"]
    if item.seen.note:
        parts.append(item.seen.note)
    decisive = [weighing.knowledge.subtype_of[name] in sides for name in weighing.knowledge.phenotypes] & item.valid
    if item.counted.is_silent:
        parts.append("not counted again: another finding of the same kind is already counted")
    elif item.counts_in_part(decisive):
        parts.append("counted in part: another finding of the same kind says more and is counted in full")
    return "; ".join(parts)


def _rows_for(block: Block, subtypes: tuple[str, ...], weighing: Weighing) -> list[Row]:
    """The rows behind the two subtypes: that of each one's first phenotype, which carries most of it."""
    first = {subtype: name for name, subtype in reversed(weighing.knowledge.subtype_of.items())}
    rows_now = weighing.mode.rows_of(block)
    used = [row for row in rows_now if not weighing.mode.published_only or row.grade in PUBLISHED] or list(rows_now)
    rows = [row for subtype in subtypes for row in used if first[subtype] in row.phenotypes]
    return list(dict.fromkeys(rows)) or used[:1]


def _weakest(rows: Sequence[Row]) -> str:
    return max((row.grade for row in rows), key=GRADES.index)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, TINY), 1 - TINY)
    return math.log(bounded / (1 - bounded))
