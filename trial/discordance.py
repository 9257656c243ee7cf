"""Where a patient's sources disagree: laboratory, MRI and CT, each tracer, and the reference diagnosis, ranked by how much.

Two sources disagree when both name something and it cannot both be true: another ACTH class weighs most, then another place,
then another subtype within the class. A source that names nothing disagrees with nobody: unknown is no opinion.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Literal

from trial.targets import load_plan

Level = Literal["class", "place", "subtype"]
REFERENCE = "reference"
RULE_FILE = Path(__file__).with_name("discordance.toml")


@dataclass(frozen=True)
class DiscordanceRule:
    """What each level of disagreement counts, and how sure the laboratory must be to have an opinion."""

    weights: Mapping[Level, float]
    speaks_at_least: float
    says: str


@lru_cache(maxsize=1)
def load_discordance_rule() -> DiscordanceRule:
    """The rule of discordance.toml."""
    document = tomllib.loads(RULE_FILE.read_text(encoding="utf-8"))
    return DiscordanceRule(document["weights"], document["speaks_at_least"], document["says"])


@dataclass(frozen=True)
class Opinion:
    """What one source says of a patient. `certainty` 0 to 1 scales its disagreements; 1 for a report without a probability."""

    source: str
    subtype: str | None = None
    site: str | None = None
    certainty: float = 1.0

    @property
    def acth_class(self) -> str | None:
        """ "dependent", "independent", "none" (no endogenous excess), None when the source names no subtype."""
        if self.subtype is None:
            return None
        dependent = load_plan().targets["acth_dependent"]
        if self.subtype in dependent.present:
            return "dependent"
        return "independent" if self.subtype in dependent.absent else "none"

    @property
    def place(self) -> str | None:
        """ "pituitary", "adrenal", "elsewhere", None when the source names no place."""
        if self.site is None or self.site in load_plan().no_place:
            return None
        return next((name for name in ("pituitary", "adrenal") if self.site.startswith(name)), "elsewhere")


@dataclass(frozen=True)
class Clash:
    """Two sources that cannot both be right, and in what."""

    first: str
    second: str
    level: Level
    says: str
    weight: float


@dataclass(frozen=True)
class Discordance:
    """A patient whose sources clash: the sum of the weights, each clash heaviest first, and what would settle it."""

    patient_id: str
    score: float
    clashes: tuple[Clash, ...]
    opinions: tuple[Opinion, ...]
    settles: str | None

    @property
    def against_reference(self) -> bool:
        """Whether a source clashes with the reference diagnosis itself."""
        return any(REFERENCE in (clash.first, clash.second) for clash in self.clashes)


def find_clashes(opinions: Sequence[Opinion]) -> tuple[Clash, ...]:
    """Every pair of sources that disagree, at the heaviest level they do, heaviest first."""
    found = [clash for first, second in combinations(opinions, 2) if (clash := _compare(first, second)) is not None]
    return tuple(sorted(found, key=lambda clash: (-clash.weight, clash.first, clash.second)))


def rank_discordance(
    patients: Mapping[str, Sequence[Opinion]], settles: Mapping[str, str | None] | None = None
) -> tuple[Discordance, ...]:
    """Patients with a clash, the greatest first; `settles` by patient names the one datum that would tell most."""
    named = settles or {}
    found = []
    for patient_id, opinions in patients.items():
        clashes = find_clashes(opinions)
        if clashes:
            score = sum(clash.weight for clash in clashes)
            found.append(Discordance(patient_id, score, clashes, tuple(opinions), named.get(patient_id)))
    return tuple(sorted(found, key=lambda one: (-one.score, one.patient_id)))


def count_clashes(discordances: Iterable[Discordance]) -> dict[tuple[str, str], int]:
    """How many patients each pair of sources disagrees in; the pair in the order the opinions came."""
    counted: dict[tuple[str, str], int] = {}
    for one in discordances:
        for clash in one.clashes:
            counted[(clash.first, clash.second)] = counted.get((clash.first, clash.second), 0) + 1
    return counted


def _compare(first: Opinion, second: Opinion) -> Clash | None:
    level = _find_level(first, second)
    if level is None:
        return None
    words = {
        "class": lambda one: f"ACTH {one.acth_class}",
        "place": lambda one: one.place,
        "subtype": lambda one: one.subtype,
    }
    says = f"{first.source}: {words[level](first)}; {second.source}: {words[level](second)}"
    return Clash(
        first.source,
        second.source,
        level,
        says,
        load_discordance_rule().weights[level] * first.certainty * second.certainty,
    )


def _find_level(first: Opinion, second: Opinion) -> Level | None:
    if first.acth_class and second.acth_class and first.acth_class != second.acth_class:
        return "class"
    if first.place and second.place and first.place != second.place:
        return "place"
    if first.subtype and second.subtype and first.subtype != second.subtype:
        return "subtype"
    return None
