"""Lesions of two tracers side by side: which are the same one, what each tracer takes up there, and how it was read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import dist

from imaging.extent import Point
from imaging.measure import measure_sphere
from imaging.motion import RigidMotion
from imaging.problem import ImagingError
from imaging.reduced_ct import load_register_rules
from imaging.volume import Volume

SIGNS = {"positive": "+", "negative": "−", "equivocal": "±"}
UNREAD = "?"


@dataclass(frozen=True)
class TracerLesion:
    """A lesion measured with one tracer; `uptake` is the reader's word (positive, negative, equivocal), None unread."""

    name: str
    site: str | None
    at_mm: Point
    suv_max: float | None
    uptake: str | None = None


@dataclass(frozen=True)
class Sight:
    """One tracer at a place (mm, LPS, of its own scan). `measured`: a lesion was; else `suv_max` is a sphere's there."""

    at_mm: Point
    suv_max: float | None
    uptake: str | None
    measured: bool

    @property
    def sign(self) -> str:
        """+, − or ± as the reader said; ? where nobody did: no lesion measured is never a negative."""
        return SIGNS.get(self.uptake or "", UNREAD)


@dataclass(frozen=True)
class LesionPair:
    """One lesion in both tracers; `apart_mm` is how far the two middles are from one another after the motion."""

    name: str
    site: str | None
    a: Sight
    b: Sight
    apart_mm: float | None

    @property
    def code(self) -> str:
        """++, +−, −+ or −−, the first tracer's sign first; ? and ± stand for what nobody said or could say."""
        return self.a.sign + self.b.sign


def pair_lesions(
    lesions_a: Sequence[TracerLesion],
    lesions_b: Sequence[TracerLesion],
    motion: RigidMotion,
    within_mm: float | None = None,
    volume_a: Volume | None = None,
    volume_b: Volume | None = None,
) -> tuple[LesionPair, ...]:
    """Every lesion once, those of `lesions_a` first and in their order; `motion` leads from scan a to scan b.

    The nearest are paired first, each at most once, up to `within_mm` (knowledge/register.toml where None). Where only
    one tracer has a lesion, the other's SUV is read at the same place of its volume, when that is given and in SUVbw.
    """
    limit = load_register_rules()["pair_within_mm"] if within_mm is None else within_mm
    mates = _find_mates(lesions_a, lesions_b, motion, limit)
    back, taken = motion.invert(), set(mates.values())
    both = [
        _join(a, lesions_b[mates[n]], motion) if n in mates else _alone_a(a, motion, volume_b)
        for n, a in enumerate(lesions_a)
    ]
    return (*both, *(_alone_b(b, back, volume_a) for n, b in enumerate(lesions_b) if n not in taken))


def _find_mates(
    lesions_a: Sequence[TracerLesion], lesions_b: Sequence[TracerLesion], motion: RigidMotion, limit: float
) -> dict[int, int]:
    mates: dict[int, int] = {}
    for apart, n, m in sorted(_distances(lesions_a, lesions_b, motion)):
        if apart <= limit and n not in mates and m not in mates.values():
            mates[n] = m
    return mates


def _distances(
    lesions_a: Sequence[TracerLesion], lesions_b: Sequence[TracerLesion], motion: RigidMotion
) -> Iterator[tuple[float, int, int]]:
    for n, a in enumerate(lesions_a):
        place = motion.apply(a.at_mm)
        for m, b in enumerate(lesions_b):
            yield dist(place, b.at_mm), n, m


def _join(a: TracerLesion, b: TracerLesion, motion: RigidMotion) -> LesionPair:
    apart = dist(motion.apply(a.at_mm), b.at_mm)
    return LesionPair(a.name, a.site or b.site, _measured(a), _measured(b), apart)


def _alone_a(a: TracerLesion, motion: RigidMotion, volume_b: Volume | None) -> LesionPair:
    return LesionPair(a.name, a.site, _measured(a), _look(volume_b, motion.apply(a.at_mm)), None)


def _alone_b(b: TracerLesion, back: RigidMotion, volume_a: Volume | None) -> LesionPair:
    return LesionPair(b.name, b.site, _look(volume_a, back.apply(b.at_mm)), _measured(b), None)


def _measured(lesion: TracerLesion) -> Sight:
    return Sight(lesion.at_mm, lesion.suv_max, lesion.uptake, measured=True)


def _look(volume: Volume | None, at_mm: Point) -> Sight:
    """What the tracer takes up at a place where nobody measured a lesion; no reader has called it anything."""
    if volume is None or volume.unit != "SUVbw":
        return Sight(at_mm, None, None, measured=False)
    try:
        hottest = measure_sphere(volume, at_mm, load_register_rules()["mapped_sphere_mm"]).max
    except ImagingError:  # outside the scan: not known
        return Sight(at_mm, None, None, measured=False)
    return Sight(at_mm, hottest, None, measured=False)
