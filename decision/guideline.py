"""The guideline beside the engine: the patient's way through the work-up, and where the two differ.

Neither is right by itself: the guideline is a rule of thumb, the engine rests on the likelihoods it has. A difference is a reason to
look again, so it is said in words, with both sides and the source.
"""

from dataclasses import dataclass
from typing import Any

from decision.assessment import Assessment
from decision.case import Case
from decision.evidence import Knowledge
from decision.first_line import FirstLine, count_first_line
from decision.flags import rule_holds
from decision.observe import observe_case
from decision.pathway import PathStep, find_steps


@dataclass(frozen=True)
class Difference:
    """What the guideline says that the engine does not: `probability` is what the engine gives the guideline's subtypes together."""

    says: str
    subtypes: tuple[str, ...]
    probability: float
    leader: str
    source: str
    grade: str


@dataclass(frozen=True)
class GuidelineStand:
    """All steps with the patient's way, and every difference between guideline and engine.

    `tests_here`: tests and findings that would meet the present step. `tests_differ`: the engine expects none of them to tell
    anything, though the guideline asks for one.
    """

    steps: tuple[PathStep, ...]
    differences: tuple[Difference, ...]
    tests_here: tuple[str, ...]
    tests_differ: bool


def compare_guideline(case: Case, assessment: Assessment, knowledge: Knowledge) -> GuidelineStand:
    """Where the patient stands in the guideline, and what it would say that this assessment does not."""
    subtypes = {item.subtype: item.probability for item in assessment.subtypes}
    steps = find_steps(case, subtypes, assessment.pathway.step, knowledge)
    book = knowledge.rules["pathway"]
    here = next((step for step in book["step"] if step["title"] == assessment.pathway.step), None)
    asked = tuple(here["done"]) if here else ()
    offered = {test.test for test in assessment.next_tests}
    return GuidelineStand(
        steps=steps,
        differences=_find_differences(case, assessment, subtypes, knowledge),
        tests_here=asked,
        tests_differ=bool(asked) and not offered & _with_features(asked, knowledge),
    )


def _find_differences(
    case: Case, assessment: Assessment, subtypes: dict[str, float], knowledge: Knowledge
) -> tuple[Difference, ...]:
    book = knowledge.rules["pathway"]
    found = []
    first_line = count_first_line(observe_case(case, knowledge).observations, knowledge)
    for verdict in book["verdict"]:
        given = sum(subtypes[name] for name in verdict["subtypes"])
        holds = rule_holds(verdict, case, assessment.groups) and _counts_hold(verdict, first_line)
        if given < book["differ"]["enter_below"] and holds:
            found.append(
                Difference(
                    verdict["says"],
                    tuple(verdict["subtypes"]),
                    given,
                    assessment.leader.subtype,
                    knowledge.cite(verdict["source"]),
                    verdict["grade"],
                )  # fmt: skip
            )
    return tuple(found)


def _counts_hold(verdict: dict[str, Any], first_line: FirstLine) -> bool:
    """Whether as many first-line tests are abnormal or normal as the verdict asks for; it need not ask."""
    return (
        first_line.abnormal >= verdict.get("abnormal_at_least", 0)
        and first_line.abnormal <= verdict.get("abnormal_at_most", first_line.abnormal)
        and first_line.normal >= verdict.get("normal_at_least", 0)
    )


def _with_features(asked: tuple[str, ...], knowledge: Knowledge) -> set[str]:
    """The tests of a step under the names next tests may carry: of the test itself and of its block."""
    return set(asked) | {block.id for block in knowledge.blocks.values() if block.key in asked}
