"""The words of adverse events and protocol deviations: grades, relatedness, outcomes, kinds. Data: safety.toml."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

SAFETY_FILE = Path(__file__).with_name("safety.toml")


@dataclass(frozen=True)
class WordList:
    """The only words a field takes, each with what it means; `source` says who defined them."""

    titles: dict[str, str]
    says: dict[str, str]
    source: str
    grade: str


@dataclass(frozen=True)
class SafetyWords:
    """`death_grade` and `fatal` are the same thing said twice; from `serious_from` an event is serious by definition.

    `final`: outcomes after which an event is over.
    """

    grades: WordList
    relatedness: WordList
    outcomes: WordList
    deviations: WordList
    death_grade: int
    fatal: str
    serious_from: int
    final: tuple[str, ...]


@lru_cache(maxsize=1)
def load_safety() -> SafetyWords:
    """The lists of safety.toml, in its order."""
    document = tomllib.loads(SAFETY_FILE.read_text(encoding="utf-8"))
    lists = {name: _read_list(document[name]) for name in ("grades", "relatedness", "outcomes", "deviations")}
    return SafetyWords(
        **lists,
        death_grade=int(document["death"]["grade"]),
        fatal=str(document["death"]["outcome"]),
        serious_from=int(document["serious"]["from_grade"]),
        final=tuple(document["closed"]["outcomes"]),
    )


def _read_list(block: dict[str, Any]) -> WordList:
    words = block["word"]
    return WordList(
        {one["code"]: one["title"] for one in words},
        {one["code"]: one["says"] for one in words},
        block["source"],
        block["grade"],
    )
