"""What can be changed in a case, in the words of the screen. No Streamlit here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from decision.case import Case
from decision.patterns import describe
from decision.units import format_result
from decision.vocabulary import load_vocabulary
from decision.what_if import Change, Part
from views.names import test_name


@dataclass(frozen=True)
class Choice:
    """One thing that can be changed: an entry of the case (`index`), or a test not done yet (`index` None)."""

    label: str
    part: Part
    index: int | None = None
    test: str | None = None

    @property
    def is_known(self) -> bool:
        return self.index is not None or self.part in ("age_years", "sex")

    def mark_unknown(self) -> Change:
        return Change(self.part, self.index)

    def set_entry(self, entry: dict[str, Any] | float | str) -> Change:
        return Change(self.part, self.index, entry)


def list_choices(case: Case) -> tuple[Choice, ...]:
    """Results, image findings, conditions and signs that are known, age and sex, then the tests not done yet."""
    done = {result.test for result in case.results}
    tests = load_vocabulary().tests
    add = (Choice(f"Add: {tests[code].name}", "results", None, code) for code in tests if code not in done)
    return (*_known(case), *add)


def _known(case: Case) -> Iterator[Choice]:
    words = load_vocabulary()
    for index, result in enumerate(case.results):
        yield Choice(f"{test_name(result.test)}: {format_result(result)}", "results", index, result.test)
    for index, item in enumerate(case.imaging):
        yield Choice(describe(item), "imaging", index)
    for index, code in enumerate(case.context):
        yield Choice(f"Condition: {words.contexts[code]}", "context", index)
    for index, code in enumerate(case.signs):
        yield Choice(f"Sign: {code.replace('_', ' ')}", "signs", index)
    if case.age_years is not None:
        yield Choice(f"Age: {case.age_years:g} years", "age_years")
    if case.sex is not None:
        yield Choice(f"Sex: {case.sex}", "sex")
