"""The answer finding by finding: what is believed before any test, and after each result and image in the order they were taken."""

from dataclasses import dataclass

from decision.batch import assess_many, list_subtypes
from decision.case import Case, ImagingFinding, Result
from decision.likelihood import LivingRows
from decision.patterns import describe
from decision.setting import BY_CASE
from decision.units import find_test, format_result


@dataclass(frozen=True)
class Step:
    """After `finding`, the probability of every subtype. The first step is what age, sex, conditions and signs alone say."""

    finding: str
    probabilities: dict[str, float]


def trace_case(
    case: Case, *, published_only: bool = False, living: LivingRows = (), setting: str = BY_CASE
) -> tuple[Step, ...]:
    """Every step of the case: results by day (those without a day last), then images; the last step is the whole case."""
    results = sorted(case.results, key=lambda result: (result.collected_at is None, result.collected_at or ""))
    items: list[Result | ImagingFinding] = [*results, *case.imaging]
    path = [_take(case, items[:count]) for count in range(len(items) + 1)]
    names = ["Before any test", *(_name(item) for item in items)]
    chunks = list(assess_many(path, published_only=published_only, living=living, setting=setting))
    rows = [row for _, probabilities in chunks for row in probabilities]
    subtypes = list_subtypes()
    return tuple(
        Step(name, dict(zip(subtypes, map(float, row), strict=True))) for name, row in zip(names, rows, strict=True)
    )


def _take(case: Case, items: list[Result | ImagingFinding]) -> Case:
    results = tuple(item for item in items if isinstance(item, Result))
    imaging = tuple(item for item in items if isinstance(item, ImagingFinding))
    return case.model_copy(update={"results": results, "imaging": imaging})


def _name(item: Result | ImagingFinding) -> str:
    if isinstance(item, ImagingFinding):
        return describe(item)
    return f"{find_test(item.test).short_name} {format_result(item).split(' · ')[0]}"
