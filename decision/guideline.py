"""The guideline beside the engine: the patient's way through the work-up, and where the two differ.

Neither is right by itself: the guideline is a rule of thumb, the engine rests on the likelihoods it has. A difference is a reason to
look again, so it is said in words, with both sides and the source.
"""

from dataclasses import dataclass

from decision.assessment import Assessment
from decision.case import Case
from decision.evidence import Knowledge
from decision.flags import rule_holds
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
    for verdict in book["verdict"]:
        given = sum(subtypes[name] for name in verdict["subtypes"])
        if given < book["differ"]["enter_below"] and rule_holds(verdict, case, assessment.groups):
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


def _with_features(asked: tuple[str, ...], knowledge: Knowledge) -> set[str]:
    """The tests of a step under the names next tests may carry: of the test itself and of its block."""
    return set(asked) | {block.id for block in knowledge.blocks.values() if block.key in asked}
