"""What MRI and CT show of a synthetic patient before PET, as imaging entries of the case file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_data.draws import Draws, load_parameters
from sample_data.people import Person
from sample_data.specs import LesionSpec

Entry = dict[str, Any]
GLANDS = ("adrenal_left", "adrenal_right")


@dataclass(frozen=True)
class PituitaryLesion:
    size_mm: float
    side: str


def draw_pituitary(person: Person, draws: Draws) -> PituitaryLesion | None:
    """The lesion that MRI would show (whether or not MRI is done); None: no lesion."""
    rule = load_parameters("findings")["mri"]
    studied = [lesion for lesion in person.lesions if lesion.site == "pituitary"]
    if studied:
        return PituitaryLesion(max(studied[0].size_mm), _seen_side(person, draws))
    band = draws.band(rule["follows"].get(person.subtype, rule["follows"]["other"]))
    if person.is_child and person.subtype == "CD" and not draws.chance(rule["child_lesion"]):
        return None
    if band == 0:
        return None
    size = rule["sizes"][band - 1]
    drawn = draws.value(size["follows"], low=size["low"], high=size["high"])
    return PituitaryLesion(round(drawn, 1), _seen_side(person, draws))


def _seen_side(person: Person, draws: Draws) -> str:
    rule = load_parameters("findings")["mri"]
    side = person.site.removeprefix("pituitary_") if person.subtype == "CD" else draws.choose(rule["sides"])
    if not person.studies and person.subtype == "CD" and not draws.chance(rule["side_true"]):
        return {"left": "right", "right": "left", "midline": "left"}[side]
    return side


def make_mri(person: Person, path: str, lesion: PituitaryLesion | None, draws: Draws) -> Iterator[Entry]:
    rule = load_parameters("findings")["mri"]
    if not draws.chance(rule["done"][path]):
        return
    entry: Entry = {"modality": "MRI", "region": "pituitary", "finding": "lesion" if lesion else "normal"}
    if lesion:
        entry["side"] = lesion.side
        if not draws.chance(rule["size_unknown"]):
            entry["size_mm"] = lesion.size_mm
    yield entry


def make_ct(person: Person, path: str, draws: Draws) -> Iterator[Entry]:
    """Both adrenals, then the chest or the source that CT found."""
    rule = load_parameters("findings")["ct"]
    if draws.chance(rule["done"][path]) or person.profile in rule["sizes"] or person.site.startswith("adrenal"):
        for gland in GLANDS:
            yield {"modality": "CT", "region": gland, **_gland(person, gland, draws)}
    chest = rule["chest"]
    if person.studies or draws.chance(chest["done"].get(person.subtype, chest["done"]["other"])):
        yield {"modality": "CT", **_chest(person, chest, draws)}


def _gland(person: Person, gland: str, draws: Draws) -> Entry:
    rule = load_parameters("findings")["ct"]
    studied = [lesion for lesion in person.lesions if lesion.site == gland]
    if studied:
        return _studied_gland(person, studied, draws)
    if person.site not in (gland, "adrenal_bilateral"):
        shares = rule["glands"].get(
            "other" if person.site.startswith("adrenal") else person.subtype, rule["glands"]["other"]
        )
        return _plain_gland(draws.choose(shares), draws)
    if person.profile == "PPNAD":
        return _plain_gland(draws.choose(rule["glands"]["PPNAD"]), draws)
    if person.subtype == "EAS":
        return {"finding": "lesion"} | {name: round(draws.between(*rule["phaeo"][name])) for name in rule["phaeo"]}
    return _lesion(person, rule, draws)


def _studied_gland(person: Person, lesions: Sequence[LesionSpec], draws: Draws) -> Entry:
    largest = max(lesions, key=lambda lesion: max(lesion.size_mm))
    finding = "nodules" if len(lesions) > 1 else ("mass" if person.subtype == "ACC" else "lesion")
    entry: Entry = {"finding": finding, "size_mm": max(largest.size_mm), "attenuation_hu": largest.hu}
    return entry | _flags(person, draws)


def _flags(person: Person, draws: Draws) -> Entry:
    shares = load_parameters("findings")["ct"]["flags"].get(person.profile, {})
    flags = [flag for flag, share in shares.items() if draws.chance(share)]
    return {"flags": flags} if flags else {}


def _plain_gland(finding: str, draws: Draws) -> Entry:
    if finding == "nodules" and draws.chance(0.6):
        return {
            "finding": finding,
            "size_mm": round(draws.between(*load_parameters("findings")["ct"]["driven_nodule_mm"])),
        }
    return {"finding": finding}


def _lesion(person: Person, rule: Mapping[str, Any], draws: Draws) -> Entry:
    size = rule["sizes"][person.profile]
    entry: Entry = {
        "finding": "nodules" if person.subtype == "PBMAH" else ("mass" if person.subtype == "ACC" else "lesion"),
        "size_mm": round(draws.value(size["follows"], low=size["low"], high=size["high"])),
    }
    if draws.chance(rule["attenuation_known"]):
        entry["attenuation_hu"] = round(draws.value(rule["attenuation"][person.profile]))
    return entry | _flags(person, draws)


def _chest(person: Person, rule: Mapping[str, Any], draws: Draws) -> Entry:
    """The ectopic source when CT shows it, a bystander nodule, or a normal chest."""
    studied = [lesion for lesion in person.lesions if lesion.site.startswith(("lung", "mediastinum"))]
    if studied:
        size = max(studied[0].size_mm)
        return {"region": studied[0].site, "finding": "mass" if size > rule["mass_mm"] else "lesion", "size_mm": size}
    if person.subtype == "EAS" and person.site in rule["sizes_mm"] and draws.chance(rule["detected"]):
        low, high = rule["sizes_mm"][person.site]
        size = round(draws.between(low, high))
        flags = {"flags": ["metastases"]} if draws.chance(rule["metastases"]) else {}
        finding = "mass" if size > rule["mass_mm"] else "lesion"
        return {"region": source_region(person), "finding": finding, "size_mm": size, **flags}
    if draws.chance(rule["bystander"]):
        low, high = rule["bystander_mm"]
        side = draws.choose({"lung_left": 0.5, "lung_right": 0.5})
        return {"region": side, "finding": "lesion", "size_mm": round(draws.between(low, high))}
    return {"region": "chest", "finding": "normal"}


def source_region(person: Person) -> str:
    """The region of an ectopic source: a lung by side, otherwise the site itself."""
    studied = [lesion.site for lesion in person.lesions if lesion.site.startswith(person.site)]
    if studied:
        return studied[0]
    if person.site == "lung":
        return "lung_right" if person.number % 2 else "lung_left"
    return person.site
