"""Which radionuclide a header means: by its code, by the words in it, or by its half-life."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "knowledge" / "nuclides.toml"
_HALF_LIFE_TOLERANCE = 0.01


@dataclass(frozen=True)
class Nuclide:
    """A radionuclide, e.g. "68Ga", its half-life in seconds, and whether it emits positrons."""

    name: str
    half_life_s: float
    codes: tuple[str, ...]
    words: tuple[str, ...]
    positron: bool
    grade: str
    source: str


@cache
def load_nuclides() -> tuple[Nuclide, ...]:
    """The nuclides of knowledge/nuclides.toml."""
    blocks = tomllib.loads(_FILE.read_text("utf-8"))["nuclide"]
    return tuple(
        Nuclide(**{**block, "codes": tuple(block["codes"]), "words": tuple(block["words"])}) for block in blocks
    )


def find_nuclide(code: str | None, *texts: str | None) -> Nuclide | None:
    """The nuclide whose name stands in the texts, else the one the code means.

    Words come first: DRO 5_0 says "^68^Gallium" beside the code of another gallium isotope.
    """
    named = next((found for found in map(_named_in, texts) if found), None)
    return named or next((n for n in load_nuclides() if code and code in n.codes), None)


def find_nuclide_by_half_life(half_life_s: float | None) -> Nuclide | None:
    """The nuclide whose half-life (s) is within 1 %, or None."""
    return next((n for n in load_nuclides() if half_life_s and agrees(half_life_s, n)), None)


def agrees(half_life_s: float, nuclide: Nuclide) -> bool:
    """True when a half-life is within 1 % of the nuclide's."""
    return abs(half_life_s / nuclide.half_life_s - 1) <= _HALF_LIFE_TOLERANCE


def _named_in(text: str | None) -> Nuclide | None:
    plain = re.sub(r"[\s^\-\[\]_/()]", "", (text or "").lower())
    return next((n for n in load_nuclides() if any(_stands_in(word, plain) for word in n.words)), None)


def _stands_in(word: str, plain: str) -> bool:
    """A mass number must not be the tail of a longer number ("118f"), nor an element's letters part of another mass."""
    before = r"(?<![0-9])" if word[0].isdigit() else r"(?<![a-z])"
    after = r"(?![0-9])" if word[-1].isdigit() else ""
    return re.search(before + re.escape(word) + after, plain) is not None
