"""One change to a case, and what it does to the answer: a value changed, added, or marked unknown."""

from dataclasses import dataclass
from typing import Any, Literal

from decision.assessment import Assessment
from decision.case import Case, CaseError, read_case
from decision.engine import assess_case
from decision.likelihood import LivingRows
from decision.setting import BY_CASE

Part = Literal["results", "imaging", "context", "signs", "age_years", "sex"]
LISTS = ("results", "imaging", "context", "signs")


@dataclass(frozen=True)
class Change:
    """`entry` as in the case file; None marks it unknown. `index`: which of a list; None adds to the list."""

    part: Part
    index: int | None = None
    entry: Any = None


@dataclass(frozen=True)
class Shift:
    """The probability of one subtype before and after."""

    subtype: str
    before: float
    after: float


@dataclass(frozen=True)
class WhatIf:
    """Both answers, and what moved: `shifts` largest first, the subtypes that `joined` and `left` the set."""

    before: Assessment
    after: Assessment
    shifts: tuple[Shift, ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def flips(self) -> bool:
        """True when another subtype leads."""
        return self.before.leader.subtype != self.after.leader.subtype


def what_if(
    case: Case, change: Change, *, published_only: bool = False, living: LivingRows = (), setting: str = BY_CASE
) -> WhatIf:
    """The case as it is and with the change; raises CaseError when the changed case is impossible."""
    before = assess_case(case, published_only=published_only, living=living, setting=setting)
    after = assess_case(change_case(case, change), published_only=published_only, living=living, setting=setting)
    then = {item.subtype: item.probability for item in after.subtypes}
    shifts = [Shift(item.subtype, item.probability, then[item.subtype]) for item in before.subtypes]
    return WhatIf(
        before=before,
        after=after,
        shifts=tuple(sorted(shifts, key=lambda shift: -abs(shift.after - shift.before))),
        joined=tuple(name for name in after.prediction_set if name not in before.prediction_set),
        left=tuple(name for name in before.prediction_set if name not in after.prediction_set),
    )


def change_case(case: Case, change: Change) -> Case:
    """The case with the change, checked like any case file."""
    document = case.to_json()
    if change.part not in LISTS:
        document[change.part] = change.entry
        return read_case(document)
    entries = list(document.get(change.part, ()))
    if change.index is None:
        entries += [] if change.entry is None else [change.entry]
    elif not 0 <= change.index < len(entries):
        says = f"there is no entry {change.index}; the case has {len(entries)}, counted from 0"
        raise CaseError(case.case_id, change.part, says)
    else:
        entries[change.index : change.index + 1] = [] if change.entry is None else [change.entry]
    document[change.part] = entries
    return read_case(document)


def list_removals(case: Case) -> tuple[Change, ...]:
    """Every entry of the case marked unknown, one at a time."""
    lists = [Change(part, index) for part in LISTS for index in range(len(getattr(case, part)))]  # type: ignore[arg-type]
    single = [Change(part) for part in ("age_years", "sex") if getattr(case, part) is not None]
    return (*lists, *single)
