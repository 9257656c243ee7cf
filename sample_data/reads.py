"""What two readers made of each scan, and what the patient turned out to have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from sample_data.draws import Draws, load_parameters
from sample_data.people import Person
from sample_data.uptake import Scan, call_uptake

ReadResult = Literal["positive", "negative", "inconclusive"]
RESULTS: dict[str, ReadResult] = {"positive": "positive", "equivocal": "inconclusive", "negative": "negative"}
FLIPPED = {"positive": "negative", "negative": "positive", "equivocal": "negative"}
ECTOPIC = ("lung", "mediastinum", "pancreas", "thyroid", "gastrointestinal", "other")


@dataclass(frozen=True)
class SyntheticRead:
    reader: str
    tracer: str
    result: ReadResult
    subtype: str | None
    site: str | None
    confidence: int
    read_at: datetime


@dataclass(frozen=True)
class SyntheticReference:
    subtype: str
    site: str | None
    basis: str
    decided_on: date


def make_reads(person: Person, scans: tuple[Scan, ...], draws: Draws) -> Iterator[SyntheticRead]:
    """The reads done by now: the latest patients still wait for one or both."""
    rule = load_parameters("findings")["reads"]
    waiting = person.number > load_parameters("cohort")["target"] - rule["waiting_patients"]
    for scan in scans:
        for place, reader in enumerate(rule["readers"]):
            read = _read_scan(person, scan, reader, draws)
            late = place > 0 and draws.chance(rule["second_read_missing"])
            if not (late or (waiting and (place > 0 or person.number % 2))):
                yield read


def _read_scan(person: Person, scan: Scan, reader: str, draws: Draws) -> SyntheticRead:
    rule = load_parameters("findings")["reads"]
    seen = {site: signal + draws.normal(0.0, rule["noise"], -1, 1) for site, signal in scan.signals.items()}
    site = max(seen, key=lambda name: seen[name])
    word = call_uptake(seen[site])
    if draws.chance(rule["slip"]):
        word = FLIPPED[word]
    named = _name_site(site, seen) if word == "positive" else None
    certain = 1 + min(4, int(abs(seen[site]) * 6)) if word != "equivocal" else 2
    read_at = datetime.combine(scan.scanned_on + timedelta(days=int(draws.between(1, 7))), time(1, 0), UTC)
    read_at += timedelta(minutes=int(draws.between(0, 480)))
    return SyntheticRead(reader, scan.tracer, RESULTS[word], _name_subtype(named), named, certain, read_at)


def _name_site(site: str, seen: dict[str, float]) -> str:
    other = {"adrenal_left": "adrenal_right", "adrenal_right": "adrenal_left"}.get(site)
    return "adrenal_bilateral" if other and seen.get(other, -1.0) >= 0 else site


def _name_subtype(site: str | None) -> str | None:
    """What a reader blinded to the laboratory writes for a site."""
    if site is None:
        return None
    if site.startswith("pituitary"):
        return "CD"
    if site in ECTOPIC:
        return "EAS"
    return "PBMAH" if site == "adrenal_bilateral" else "CPA"


def make_reference(person: Person, draws: Draws) -> SyntheticReference | None:
    """The reference diagnosis, when it was settled before the data were cut; None for most recent patients."""
    rule = load_parameters("findings")["reference"]
    first, last = rule["delay_days"][person.subtype]
    decided_on = person.enrolled_on + timedelta(days=int(draws.between(first, last)))
    options = rule["basis"]["occult" if person.site == "occult" else person.subtype]
    basis = options[int(draws.between(0, len(options)))]
    undecided = draws.chance(rule["undecided"])
    if undecided or decided_on > load_parameters("cohort")["enrolment"]["data_cut"]:
        return None
    has_lesion = person.subtype not in ("NONE", "NNH", "EXO")
    return SyntheticReference(person.subtype, person.site if has_lesion else "none", basis, decided_on)
