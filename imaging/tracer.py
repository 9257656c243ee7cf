"""Which tracer a PET series was made with, from what the header says and never from what is likely."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from imaging.header import Header
from imaging.nuclide import find_nuclide, find_nuclide_by_half_life
from imaging.problem import Problem, warning

_FILE = Path(__file__).parent / "knowledge" / "tracers.toml"
_NO_NAME = re.compile(r"^(solution|other|unknown|none|n/?a|isotope|tracer|[\W_]*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Tracer:
    """A tracer's name, its nuclide, whether it is under study, and the words and codes headers use for it."""

    name: str
    nuclide: str
    trial: bool
    words: tuple[str, ...]
    codes: tuple[str, ...]
    grade: str
    source: str


@cache
def load_tracers() -> tuple[Tracer, ...]:
    """The tracers of knowledge/tracers.toml."""
    blocks = tomllib.loads(_FILE.read_text("utf-8"))["tracer"]
    return tuple(
        Tracer(**{**block, "words": tuple(block["words"]), "codes": tuple(block["codes"])}) for block in blocks
    )


def find_tracer(header: Header) -> tuple[str | None, tuple[Problem, ...]]:
    """Name of the tracer (None when unknown) and what should be asked about it.

    The radiopharmaceutical's own field comes first; descriptions of series, protocol and study only where it names
    none. Two sources that name different tracers, or a name with another nuclide's half-life, give None and a question.
    """
    stated = _named(header.pharmaceutical_text, header.pharmaceutical_code)
    described = _first(_named(text) for text in (header.description, header.protocol, header.study_description))
    if stated and described and stated != described:
        return None, (_conflict(header, stated, described),)
    nuclide = _nuclide_name(header)
    tracer = stated or (described if _says_nothing(header.pharmaceutical_text) else None)
    if tracer is None:
        return _other(header, nuclide)
    if nuclide == tracer.nuclide:
        return tracer.name, () if tracer.trial else (_outside_trial(tracer.name),)
    return _mismatch(tracer, nuclide)


def _first(found: "object") -> Tracer | None:
    return next((tracer for tracer in found if tracer), None)  # type: ignore[attr-defined]


def _named(text: str | None, code: str | None = None) -> Tracer | None:
    plain = re.sub(r"[^a-z0-9]+", " ", (text or "").lower())
    for tracer in load_tracers():
        if (code and code in tracer.codes) or any(word in plain for word in tracer.words):
            return tracer
    return None


def _nuclide_name(header: Header) -> str | None:
    named = find_nuclide(header.nuclide_code, header.nuclide_text, header.pharmaceutical_text)
    decays = find_nuclide_by_half_life(header.half_life_s)
    found = decays or named
    return found.name if found else None


def _says_nothing(text: str | None) -> bool:
    """True for an empty name, a placeholder, or the nuclide alone ("68Ga", "^68^Gallium")."""
    if text is None or _NO_NAME.match(text.strip()):
        return True
    nuclide = find_nuclide(None, text)
    plain = re.sub(r"[\s^\-\[\]_/()]", "", text.lower())
    return bool(nuclide) and plain in (nuclide.words if nuclide else ())


def _other(header: Header, nuclide: str | None) -> tuple[str | None, tuple[Problem, ...]]:
    if not _says_nothing(header.pharmaceutical_text):
        return header.pharmaceutical_text, (_outside_trial(header.pharmaceutical_text or "other"),)
    says = f"The header names no tracer{f' (nuclide {nuclide})' if nuclide else ''}; say which one was given."
    return None, (warning("tracer_unknown", says),)


def _outside_trial(name: str) -> Problem:
    trial = " or ".join(tracer.name for tracer in load_tracers() if tracer.trial)
    says = f"The tracer is {name}, not {trial}: this is not a scan of the trial, and its cut-offs do not apply."
    return warning("tracer_not_in_trial", says)


def _conflict(header: Header, stated: Tracer, described: Tracer) -> Problem:
    says = (
        f"The radiopharmaceutical says {stated.name} ({header.pharmaceutical_text}), the description says "
        f"{described.name}; say which tracer was given."
    )
    return warning("tracer_conflict", says)


def _mismatch(tracer: Tracer, nuclide: str | None) -> tuple[str | None, tuple[Problem, ...]]:
    compound = tracer.name.split("-", 1)[1]
    if nuclide is None:
        says = f"The header names {compound} but no nuclide; say whether it was {tracer.name}."
        return compound, (warning("tracer_without_nuclide", says),)
    says = f"The header names {compound} but the nuclide is {nuclide}: not {tracer.name}, whose cut-offs do not apply."
    return f"{nuclide}-{compound}", (warning("tracer_other_nuclide", says),)
