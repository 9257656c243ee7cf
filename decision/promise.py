"""Where the set cannot promise its nine in ten: a subtype that was weighed by a finding seen in too few published patients."""

from collections.abc import Iterator, Sequence

from decision.assessment import Flag
from decision.evidence import Block, Knowledge, Row
from decision.posterior import Evidence
from decision.prediction import find_rank
from decision.vocabulary import load_vocabulary

COUNTED = ("verified", "surrogate", "recalled")


def question_promise(chosen: Sequence[str], evidence: Sequence[Evidence], knowledge: Knowledge) -> tuple[Flag, ...]:
    """One flag for each subtype of the set and each finding whose row for it rests on too few patients to sort nine in ten.

    Expert values count nobody; what share of the weight rests on them is said elsewhere.
    """
    return tuple(
        _write_flag(subtype, item.seen.block, row, knowledge)
        for subtype in chosen
        for item in evidence
        if item.valid.any() and not item.counted.is_silent
        for row in _find_thin(item.seen.block, subtype, knowledge)
    )


def _find_thin(block: Block, subtype: str, knowledge: Knowledge) -> Iterator[Row]:
    for row in block.rows:
        mine = any(knowledge.subtype_of[name] == subtype for name in row.phenotypes)
        if mine and row.grade in COUNTED and find_rank(row.n) > row.n:
            yield row


def _write_flag(subtype: str, block: Block, row: Row, knowledge: Knowledge) -> Flag:
    says = knowledge.rules["prediction_set"]["few_says"].format(
        subtype=load_vocabulary().subtypes[subtype].name,
        percent=round(100 * knowledge.rules["prediction_set"]["level"]),
        finding=block.title,
        n=row.n,
    )
    return Flag("info", says, knowledge.cite(row.source))
