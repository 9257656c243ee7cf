"""What is believed before any test: by age and pregnancy, or for the kind of patient the reader names."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from decision.case import Case

PRIORS = Path(__file__).parent / "knowledge" / "priors.toml"
BY_CASE = ""  # nobody named a setting: age, pregnancy, else the usual one


@dataclass(frozen=True)
class Setting:
    """One starting point. `title` is its name in a list of choices; `place` which ectopic sites are usual there.

    One without a condition that is not `by_choice` is the usual one; one `by_choice` holds only when it is named.
    """

    id: str
    title: str
    says: str
    age_below: float | None
    context: str | None
    by_choice: bool
    place: str
    shares: dict[str, float]
    n: int
    grade: str
    source: str
    locator: str
    quote: str

    @property
    def is_usual(self) -> bool:
        """Whether it holds for everybody for whom nothing else does."""
        return self.age_below is None and self.context is None and not self.by_choice

    def holds(self, case: Case) -> bool:
        """Whether its conditions are met; one that must be named meets none."""
        young = self.age_below is None or (case.age_years is not None and case.age_years < self.age_below)
        return young and not self.by_choice and (self.context is None or self.context in case.context)


@lru_cache(maxsize=1)
def load_settings() -> tuple[Setting, ...]:
    """Every starting point of priors.toml, in the order in which their conditions are tried."""
    document = tomllib.loads(PRIORS.read_text(encoding="utf-8"))
    return tuple(_read_setting(item) for item in document["setting"])


def _read_setting(item: dict[str, Any]) -> Setting:
    """One table of priors.toml."""
    return Setting(
        **{key: item[key] for key in ("id", "title", "says", "n", "grade", "source", "locator", "quote")},
        age_below=item.get("age_below"),
        context=item.get("context"),
        by_choice=item.get("by_choice", False),
        place=item["place"],
        shares=item["share"],
    )


def find_setting(case: Case, settings: Iterable[Setting], chosen: str = BY_CASE) -> Setting:
    """The first whose conditions hold for this case; where only the usual one does, the one `chosen` by name takes its place.

    Raises ValueError when there is no choice of that name.
    """
    known = tuple(settings)
    choices = {setting.id: setting for setting in known if setting.by_choice}
    if chosen != BY_CASE and chosen not in choices:
        raise ValueError(f'there is no setting "{chosen}"; choose one of {", ".join(choices)}')
    found = next(setting for setting in known if setting.holds(case))
    return choices[chosen] if found.is_usual and chosen != BY_CASE else found
