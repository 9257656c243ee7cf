"""Findings that were published together, each beside what the engine says of the same findings; they add no weight."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from decision.case import Case, read_case
from decision.evidence import FOLDER, load_knowledge
from decision.standing import find_standing


@dataclass(frozen=True)
class Combination:
    """A published ratio of some subtypes against others with its 95 % interval, and the engine's (`here`).

    Of findings as they stand, or, where `without` takes their place, the ratio between the two. `differs`: why the engine's
    lies outside the interval.
    """

    id: str
    says: str
    ratio: float
    low: float
    high: float
    here: float
    n: int
    source: str
    locator: str
    quote: str
    differs: str | None

    @property
    def is_inside(self) -> bool:
        """Whether what the engine says agrees with what was counted."""
        return self.low <= self.here <= self.high


@lru_cache(maxsize=1)
def load_combinations() -> tuple[Combination, ...]:
    """Every published combination, compared."""
    document = tomllib.loads((FOLDER / "combinations.toml").read_text(encoding="utf-8"))
    return tuple(_compare(item) for item in document["combination"])


def _compare(item: dict[str, Any]) -> Combination:
    sides = item["one"], item["other"]
    start = _compute_odds(_read(item.get("without", {})), *sides)
    fields = ("id", "says", "ratio", "n", "source", "locator", "quote")
    low, high = item["interval"]
    here = _compute_odds(_read(item["findings"]), *sides) / start
    plain = {name: item[name] for name in fields}
    return Combination(**plain, low=low, high=high, here=here, differs=item.get("differs"))


def _read(findings: dict[str, Any]) -> Case:
    return read_case({"case_id": "published together", **findings})


def _compute_odds(case: Case, one: list[str], other: list[str]) -> float:
    knowledge = load_knowledge()
    standing = find_standing(case, knowledge)
    probability = dict(zip(dict.fromkeys(knowledge.subtype_of.values()), standing.probabilities, strict=True))
    return float(sum(probability[name] for name in one) / sum(probability[name] for name in other))
