"""What stands on the one-page summary, and how much of it fits: lists are cut and say how many more there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange.letters import make_drawable
from exchange.palette import INK, QUIET, RULE


@dataclass(frozen=True)
class FlagLine:
    """A red flag; urgent ones stand first and dark."""

    urgent: bool
    says: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultLine:
    """One result as the screen writes it: both units, the stated limit, the day. Unknown is an em dash."""

    test: str
    arrow: str
    value: str
    limit: str
    date: str


@dataclass(frozen=True)
class KeySlice:
    """A picture (PNG, JPEG or SVG bytes) whose caption names tracer, plane and, for SUV, the unit."""

    data: bytes
    media_type: str
    caption: str
    alt: str


@dataclass(frozen=True)
class ReasonLine:
    """One finding. `decibans` above 0 speak for the leading subtype, below 0 against it."""

    finding: str
    says: str
    decibans: float
    odds: str
    grade: str
    colour: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bar:
    """A probability (0 to 1) with its interval where it has one, its figures already in words."""

    name: str
    figures: str
    share: float
    low: float | None = None
    high: float | None = None
    colour: str = QUIET


@dataclass(frozen=True)
class SourcedLine:
    """A short sentence with a title and the citations it rests on."""

    title: str
    says: str
    sources: tuple[str, ...] = ()


CHART_FILE = "subtypes.png"


@dataclass(frozen=True)
class MdtSummary:
    """Everything on the page, in words. `links` gives the address (a DOI where known) of a citation.

    `chart` is the screen's figure of the subtypes as PNG; without it the page draws `bars`.
    """

    patient_id: str
    about: str
    synthetic: bool
    headline: str
    abstain: str | None
    prediction_set: str
    leader: str
    written_at: datetime
    knowledge_version: str
    case_hash: str
    flags: tuple[FlagLine, ...] = ()
    results: tuple[ResultLine, ...] = ()
    findings: tuple[SourcedLine, ...] = ()
    slices: tuple[KeySlice, ...] = ()
    bars: tuple[Bar, ...] = ()
    chart: bytes = b""
    sites: tuple[Bar, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    unpublished: tuple[str, ...] = ()
    voided: tuple[SourcedLine, ...] = ()
    missing: tuple[str, ...] = ()
    next_tests: tuple[SourcedLine, ...] = ()
    cautions: tuple[str, ...] = ()
    pathway: str = ""
    rests_on: str = ""
    note: str = ""
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """How many lines each list may take, and how many letters a reason; other texts may have twice as many."""

    flags: int
    results: int
    findings: int
    reasons: int
    lines: int
    sources: int
    letters: int
    picture_mm: int


# From roomy to tight; the first that fits on the page is taken.
LIMITS = (
    Limits(flags=6, results=22, findings=8, reasons=12, lines=5, sources=16, letters=110, picture_mm=46),
    Limits(flags=5, results=18, findings=6, reasons=10, lines=4, sources=14, letters=100, picture_mm=42),
    Limits(flags=4, results=15, findings=5, reasons=8, lines=3, sources=12, letters=90, picture_mm=38),
    Limits(flags=3, results=12, findings=4, reasons=7, lines=3, sources=10, letters=80, picture_mm=36),
    Limits(flags=3, results=10, findings=3, reasons=5, lines=2, sources=7, letters=70, picture_mm=32),
    Limits(flags=2, results=8, findings=2, reasons=4, lines=2, sources=5, letters=55, picture_mm=28),
    Limits(flags=2, results=6, findings=2, reasons=3, lines=1, sources=3, letters=40, picture_mm=24),
)
PICTURES = 4
IMAGE_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


def name_slice(number: int, picture: KeySlice) -> str:
    """The file name under which the template finds a picture."""
    return f"slice-{number}.{IMAGE_ENDINGS[picture.media_type]}"


def describe_page(summary: MdtSummary, limits: Limits) -> dict[str, Any]:
    """The page as plain values for the template, within the limits; every list carries how many more there are."""
    page = _Page(limits)
    described = {
        "colours": {"ink": INK, "quiet": QUIET, "rule": RULE},
        "picture_mm": limits.picture_mm,
        **{name: page.text(getattr(summary, name)) for name in _TEXTS},
        "synthetic": summary.synthetic,
        "abstain": page.text(summary.abstain) if summary.abstain else None,
        "written": f"{summary.written_at:%Y-%m-%d %H:%M %Z}".strip(),
        # An urgent flag is never among the "and n more".
        "flags": page.lines(_urgent_first(summary.flags), max(limits.flags, _count_urgent(summary.flags))),
        "results": page.lines(summary.results, limits.results),
        "findings": page.lines(summary.findings, limits.findings),
        "slices": _describe_slices(summary.slices, page),
        "reasons": page.lines(_strongest_first(summary.reasons), limits.reasons),
        "reach": max([10.0, *(abs(reason.decibans) for reason in summary.reasons)]),
        "bars": page.lines(summary.bars, 6),
        "chart": CHART_FILE if summary.chart else None,
        "sites": page.lines(summary.sites, 5),
        **{name: page.lines(getattr(summary, name), limits.lines) for name in ("voided", "next_tests", "cautions")},
        **{name: page.lines(getattr(summary, name), limits.lines + 3) for name in ("missing", "unpublished")},
    }
    return described | {"sources": page.sources(summary.links), "undrawable": page.undrawable}


_TEXTS = (
    "patient_id", "about", "headline", "leader", "prediction_set", "knowledge_version", "case_hash", "pathway",
    "rests_on", "note",
)  # fmt: skip


class _Page:
    """Shortens texts, counts the letters that cannot be drawn, and numbers the sources in the order they appear."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.undrawable = 0
        self._citations: dict[str, int] = {}

    def text(self, text: str, letters: int | None = None) -> str:
        drawn, missing = make_drawable(text)
        self.undrawable += missing
        most = letters or 2 * self.limits.letters
        return drawn if len(drawn) <= most else drawn[: most - 1].rstrip() + "…"

    def lines(self, items: Sequence[Any], most: int) -> dict[str, Any]:
        return {"shown": [self._line(item) for item in items[:most]], "more": max(len(items) - most, 0)}

    def sources(self, links: dict[str, str]) -> dict[str, Any]:
        cited = [
            {"number": number, "says": self.text(citation), "link": _shorten_link(links.get(citation, ""))}
            for citation, number in self._citations.items()
        ]
        return {"shown": cited[: self.limits.sources], "more": max(len(cited) - self.limits.sources, 0)}

    def _line(self, item: Any) -> Any:
        if isinstance(item, str):
            return self.text(item)
        letters = self.limits.letters if isinstance(item, ReasonLine) else None
        values = {name: self._value(name, value, letters) for name, value in vars(item).items()}
        return values | {"refs": self._number(item.sources)} if hasattr(item, "sources") else values

    def _value(self, name: str, value: Any, letters: int | None) -> Any:
        return self.text(value, letters) if isinstance(value, str) and name != "colour" else value

    def _number(self, sources: Sequence[str]) -> list[int]:
        return [self._citations.setdefault(source, len(self._citations) + 1) for source in sources]


def _describe_slices(slices: Sequence[KeySlice], page: _Page) -> dict[str, Any]:
    shown = [
        {
            "path": name_slice(number, picture),
            "caption": page.text(picture.caption),
            "alt": page.text(picture.alt),
        }
        for number, picture in enumerate(slices[:PICTURES])
    ]
    return {"shown": shown, "more": max(len(slices) - PICTURES, 0)}


def _urgent_first(flags: Iterable[FlagLine]) -> list[FlagLine]:
    return sorted(flags, key=lambda flag: not flag.urgent)


def _count_urgent(flags: Iterable[FlagLine]) -> int:
    return sum(flag.urgent for flag in flags)


def _strongest_first(reasons: Iterable[ReasonLine]) -> list[ReasonLine]:
    return sorted(reasons, key=lambda reason: -abs(reason.decibans))


def _shorten_link(url: str) -> str:
    return url.replace("https://doi.org/", "doi:").replace("https://", "")
