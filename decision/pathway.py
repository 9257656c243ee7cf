"""Where the patient stands in the guideline work-up: which steps are done, which comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decision.assessment import Pathway
from decision.case import Case
from decision.evidence import Knowledge
from decision.first_line import FirstLine
from decision.patterns import observe_patterns


def find_pathway(case: Case, first_line: FirstLine, subtypes: Mapping[str, float], knowledge: Knowledge) -> Pathway:
    """The steps that apply to this patient, those already met, and the first that is not.

    Whether cortisol excess is shown is the guideline's own count of tests, not the engine's belief; only which branch is the
    patient's follows the subtypes.
    """
    book = knowledge.rules["pathway"]
    known = _find_known(case)
    steps = [step for step in book["step"] if _applies(step, book, subtypes)]
    done = tuple(step["title"] for step in steps if step["done"] and _met(step, known))
    if first_line.abnormal == 0 and first_line.normal >= book["first_line"]["needs"]:
        return Pathway(book["stop"]["title"], done, book["stop"]["says"])
    if first_line.disagrees and not _enters("mild", book, subtypes):
        screen = next(step for step in steps if step["id"] == "screen")
        return Pathway(
            screen["title"], tuple(name for name in done if name != screen["title"]), book["disagree"]["says"]
        )
    open_steps = [step for step in steps if not step.get("reminder") and not (step["done"] and _met(step, known))]
    current = open_steps[0]
    return Pathway(current["title"], done, current["says"])


@dataclass(frozen=True)
class PathStep:
    """One step of the guideline's way. `state`: done, here (the first still open), ahead, or aside (not on this patient's way)."""

    id: str
    title: str
    says: str
    branch: str | None
    state: str
    source: str


def find_steps(case: Case, subtypes: Mapping[str, float], here: str, knowledge: Knowledge) -> tuple[PathStep, ...]:
    """Every step of the work-up in the guideline's order, also those of other ways; `here` is the title of the present step."""
    book, known = knowledge.rules["pathway"], _find_known(case)
    return tuple(
        PathStep(
            step["id"], step["title"], step["says"], step.get("branch"),
            _state_of(step, here, known, on_way=_applies(step, book, subtypes)), knowledge.cite(step["source"]),
        )
        for step in book["step"]
    )  # fmt: skip


def _state_of(step: dict[str, Any], here: str, known: set[str], *, on_way: bool) -> str:
    if step["title"] == here:
        return "here"
    if step["done"] and _met(step, known):
        return "done"
    return "ahead" if on_way else "aside"


def _find_known(case: Case) -> set[str]:
    results = {result.test for result in case.results if result.value is not None or result.outcome is not None}
    return results | {pattern.feature for pattern in observe_patterns(case)} | set(case.context)


def _applies(step: dict[str, Any], book: dict[str, Any], subtypes: Mapping[str, float]) -> bool:
    branch = step.get("branch")
    if branch is None:
        return True
    if branch == "ectopic":
        rule = book["ectopic"]
        return sum(subtypes[name] for name in rule["subtypes"]) >= float(rule["enter_at"])
    return _enters(branch, book, subtypes)


def _enters(branch: str, book: dict[str, Any], subtypes: Mapping[str, float]) -> bool:
    return sum(subtypes[name] for name in book["branches"][branch]) >= float(book["branches"]["enter_at"])


def _met(step: dict[str, Any], known: set[str]) -> bool:
    return len(known & set(step["done"])) >= int(step.get("needs", 1))
