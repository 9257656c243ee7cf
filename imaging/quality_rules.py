"""What a scan is held against, each with its source, from knowledge/quality.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "knowledge" / "quality.toml"
_GRADES = {"verified": "", "recalled": ", from memory and unchecked", "expert": ", expert value"}


@dataclass(frozen=True)
class Range:
    """A published or chosen range of one quantity; an absent bound is None."""

    quantity: str
    low: float | None
    high: float | None
    most_mbq: float | None
    says: str
    grade: str
    source: str

    @property
    def cited(self) -> str:
        return f"{self.says} ({self.source}{_GRADES[self.grade]})"

    def holds(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Rule:
    """One number the program decides by."""

    value: float
    says: str
    grade: str
    source: str


@dataclass(frozen=True)
class Applied:
    """A correction of the image as the header codes it (0028,0051), and what its absence does to the numbers.

    `level` is how a scan without it stands: "problem", "check", or "ok" where its absence need not mean anything.
    """

    code: str
    name: str
    level: str
    without: str


@cache
def load_ranges() -> dict[tuple[str, str], Range]:
    """Ranges by (tracer or "any", quantity)."""
    book = _load()
    blocks = [(block["name"], block) for block in book["tracer"]] + [("any", block) for block in book["any"]]
    return {(name, block["quantity"]): _range(block) for name, block in blocks}


def _range(block: dict[str, Any]) -> Range:
    numbers = {key: float(block[key]) if key in block else None for key in ("low", "high", "most_mbq")}
    texts = {key: str(block[key]) for key in ("quantity", "says", "grade", "source")}
    return Range(**texts, low=numbers["low"], high=numbers["high"], most_mbq=numbers["most_mbq"])


@cache
def load_rules() -> dict[str, Rule]:
    """Single numbers by name."""
    return {
        block["name"]: Rule(float(block["value"]), block["says"], block["grade"], block["source"])
        for block in _load()["rule"]
    }


@cache
def load_applied() -> tuple[Applied, ...]:
    """The corrections of an image that are asked about, in the order they are named."""
    return tuple(Applied(**block) for block in _load()["applied"])


@cache
def _load() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))
