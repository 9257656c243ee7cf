"""The words a case may use and what each stands for: tests, units, limits, regions, subtypes, sites."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import Any

VOCABULARY_FOLDER = Path(__file__).parent / "knowledge" / "vocabulary"


@dataclass(frozen=True)
class Unit:
    """A unit as written in a case; `factor` turns it into the SI unit, None for a multiple of the ULN."""

    name: str
    factor: float | None

    @property
    def symbol(self) -> str:
        """The unit as a screen shows it: µg/dL, × ULN; nothing for a plain ratio."""
        if self.name == "xULN":
            return "× ULN"
        if self.name == "ratio":
            return ""
        return "µ" + self.name[1:] if self.name.startswith(("ug", "umol")) else self.name


@dataclass(frozen=True)
class Range:
    """Where a limit bites: `below` with `above` means outside, any other combination between the bounds."""

    below: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    above: float | None = None

    def holds(self, value: float) -> bool:
        """True when the value lies in the range."""
        rules = (
            (self.below, value < (self.below or 0)),
            (self.at_most, value <= (self.at_most or 0)),
            (self.at_least, value >= (self.at_least or 0)),
            (self.above, value > (self.above or 0)),
        )
        met = [outcome for bound, outcome in rules if bound is not None]
        outside = self.below is not None and self.above is not None
        return any(met) if outside else bool(met) and all(met)


@dataclass(frozen=True)
class Limit:
    """A value of a test that is impossible (hard) or unusual (soft), in its own unit, or in the unit "as entered"."""

    level: str
    range: Range
    unit: str
    entered_in: tuple[str, ...]
    says: str
    source: str


@dataclass(frozen=True)
class NumberLimit:
    """A number other than a result that is impossible (hard) or unusual (soft); empty `regions` means everywhere."""

    fields: tuple[str, ...]
    regions: tuple[str, ...]
    level: str
    range: Range
    says: str
    source: str


@dataclass(frozen=True)
class Test:
    """A laboratory or dynamic test: names, specimen, units (the alternative to SI first), outcome words and limits."""

    __test__ = False  # the name is the clinician's; pytest must not collect it

    code: str
    name: str
    short_name: str
    specimen: str
    si_unit: str
    units: tuple[Unit, ...]
    units_source: str
    outcomes: tuple[str, ...]
    needs_uln: bool
    takes_side: bool
    limits: tuple[Limit, ...]

    @property
    def unit_names(self) -> tuple[str, ...]:
        return tuple(unit.name for unit in self.units)


@dataclass(frozen=True)
class Subtype:
    code: str
    name: str
    short_name: str
    group: str


@dataclass(frozen=True)
class Tracer:
    code: str
    name: str
    target: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Everything a case may say; the mappings go from code to screen name (or entry), in the contract's order."""

    tests: Mapping[str, Test]
    number_limits: tuple[NumberLimit, ...]
    subtypes: Mapping[str, Subtype]
    tracers: Mapping[str, Tracer]
    sexes: Mapping[str, str]
    comparators: Mapping[str, str]
    outcomes: Mapping[str, str]
    modalities: Mapping[str, str]
    regions: Mapping[str, str]
    findings: Mapping[str, str]
    uptakes: Mapping[str, str]
    sides: Mapping[str, str]
    flags: Mapping[str, str]
    signs: Mapping[str, str]
    contexts: Mapping[str, str]
    sites: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]


def find_nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like the given one, or meant by the synonym most like it; None only when nothing is known."""
    lower = word.casefold()[:80]
    names = {candidate: candidate for candidate in known}
    for synonym, meant in load_vocabulary().synonyms.items():
        target = next((candidate for candidate in meant if candidate in names), None)
        if target is not None:
            names.setdefault(synonym, target)

    def likeness(name: str) -> float:
        other = name.casefold()
        part = lower and (other.startswith(lower) or lower in other.split("_"))
        return SequenceMatcher(None, lower, other).ratio() + (0.5 if part else 0.0)

    return names[max(names, key=likeness)] if names else None


def find_nearest_test(word: str) -> str:
    """The code of the test whose code or name is most like the given word."""
    names: dict[str, str] = {}
    for test in load_vocabulary().tests.values():
        names |= {test.name: test.code, test.short_name: test.code, test.code: test.code}
    return names[find_nearest(word.replace(" ", "_"), names) or "acth_plasma"]


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """The vocabulary from its TOML files; raises KeyError or TypeError when a file lacks or invents a field."""
    subtypes = [Subtype(**entry) for entry in _read_toml("subtypes")["subtype"]]
    tracers = [Tracer(**entry | {"aliases": tuple(entry["aliases"])}) for entry in _read_toml("tracers")["tracer"]]
    return Vocabulary(
        tests={test.code: test for test in _load_tests()},
        number_limits=tuple(_number_limit(entry) for entry in _read_toml("numbers")["number"]),
        subtypes={subtype.code: subtype for subtype in subtypes},
        tracers={tracer.code: tracer for tracer in tracers},
        synonyms={word: tuple(meant) for word, meant in _read_toml("synonyms")["synonyms"].items()},
        **_read_toml("words"),
    )


def _read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((VOCABULARY_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _load_tests() -> Iterable[Test]:
    scales = {scale["code"]: scale for scale in _read_toml("units")["scale"]}
    limits = _read_toml("limits_hard")["limit"] + _read_toml("limits_soft")["limit"]
    for name in ("tests_acth", "tests_hypercortisolism", "tests_adrenal_and_other"):
        for entry in _read_toml(name)["test"]:
            yield _test(entry, scales[entry["scale"]], [limit for limit in limits if entry["code"] in limit["tests"]])


def _test(entry: dict[str, Any], scale: dict[str, Any], limits: list[dict[str, Any]]) -> Test:
    return Test(
        code=entry["code"],
        name=entry["name"],
        short_name=entry["short_name"],
        specimen=entry["specimen"],
        si_unit=scale["si_unit"],
        units=tuple(Unit(unit["name"], unit.get("factor")) for unit in scale["units"]),
        units_source=scale["source"],
        outcomes=tuple(entry["outcomes"]),
        needs_uln=entry.get("needs_uln", False),
        takes_side=entry.get("takes_side", False),
        limits=tuple(_limit(limit) for limit in limits),
    )


def _limit(entry: dict[str, Any]) -> Limit:
    entered_in = tuple(entry.get("entered_in", ()))
    return Limit(entry["level"], _range(entry), entry["unit"], entered_in, entry["says"], entry["source"])


def _number_limit(entry: dict[str, Any]) -> NumberLimit:
    regions = tuple(entry.get("regions", ()))
    return NumberLimit(tuple(entry["fields"]), regions, entry["level"], _range(entry), entry["says"], entry["source"])


def _range(entry: dict[str, Any]) -> Range:
    return Range(**{bound.name: entry.get(bound.name) for bound in fields(Range)})
