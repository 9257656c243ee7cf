"""What must be true of a series before any SUV is computed from it."""

import re
from collections.abc import Sequence

from imaging.header import ENHANCED_PET_CLASS, ENHANCED_PET_CLASSES, PET_CLASS, Header
from imaging.nuclide import find_nuclide, find_nuclide_by_half_life
from imaging.problem import Problem, Refusal, warning

# One series has one value of each; two values mean two series were mixed.
_SERIES_LEVEL = {
    "units": "unit", "suv_type": "SUV type", "decay_correction": "decay correction", "weight": "weight",
    "height": "height", "sex": "sex", "dose": "injected activity", "half_life_s": "half-life",
    "start_time": "injection time", "start_datetime": "injection date and time", "series_date": "series date",
    "series_time": "series time", "corrected_image": "list of corrections", "time_zone": "time zone",
    "sop_class": "kind of object",
}  # fmt: skip
# What makers write in Image Type and Series Type for pictures of the volume that are not its slices.
_PROJECTION = re.compile(r"\b(MIP|MINIP)|MAX_IP|MIN_IP|PROJECTION|INTENSITY.PROJ")
_MOMENTS = {
    "DYNAMIC": "The series is dynamic (0054,1000): each volume is a moment of the uptake",
    "GATED": "The series is gated (0054,1000): each volume is a phase of heartbeat or breath",
}
_SAYS_MIP = re.compile(r"\b(mip|mips|projections?)\b", re.IGNORECASE)
_SAYS_UNCORRECTED = re.compile(r"\b(nac|noac|no[ _-]?ac|non[ _-]?ac|uncorrected|uncorr)\b", re.IGNORECASE)
_SAYS_SPECT = re.compile(r"\bspect\b", re.IGNORECASE)


def check_series(headers: Sequence[Header]) -> list[Problem]:
    """Warnings about a series; refuses what cannot become SUV at all."""
    if not headers:
        raise Refusal("empty_series", "No SUV: the series has no slice that could be read.")
    _check_class(headers[0])
    _check_one_series(headers)
    _check_corrections(headers[0])
    _check_slopes(headers)
    return [*_question_numbers(headers), *_question_kind(headers[0]), *_question_nuclide(headers[0])]


def _check_class(header: Header) -> None:
    whole = header.sop_class in ENHANCED_PET_CLASSES and header.frame is None
    if whole or (header.frames > 1 and header.modality == "PT"):
        says = "No SUV: this multi-frame PET cannot be read; export the series from the scanner as single-slice PET."
        raise Refusal("enhanced_multiframe", says)
    classes = (PET_CLASS, *ENHANCED_PET_CLASSES)
    if header.sop_class not in classes and (header.sop_class or header.modality not in ("PT", None)):
        raise Refusal("not_pet", "No SUV: the images are not stored as PET images.")
    if header.sop_class == ENHANCED_PET_CLASS and header.units is None:
        says = "No SUV: the object maps its pixels (0040,9096) to no unit that is known here, neither Bq/ml nor an SUV."
        raise Refusal("units", says)
    if any(_PROJECTION.search(word) for word in (*header.series_type, *header.image_type)):
        raise Refusal("reprojection", "No SUV: the series is a reprojection (a picture of the volume), not its slices.")


def _check_one_series(headers: Sequence[Header]) -> None:
    for field, name in _SERIES_LEVEL.items():
        values = {_plain(getattr(header, field)) for header in headers}
        if len(values) > 1:
            says = f"No SUV: the slices disagree on the {name}, so they are not one series; send each series by itself."
            raise Refusal("mixed_series", says)
    if len({header.other_agents for header in headers}) > 1:
        says = "No SUV: the slices disagree on the radiopharmaceuticals, so they are not one series."
        raise Refusal("mixed_series", says)


def _plain(value: object) -> object:
    """A list of corrections is the same in any order."""
    return frozenset(value) if isinstance(value, tuple) else value


def _check_corrections(header: Header) -> None:
    corrections = header.corrected_image
    if "ATTN" not in corrections:
        says = "No SUV: the series is not corrected for attenuation (no ATTN in 0028,0051); send the corrected series."
        raise Refusal("not_attenuation_corrected", says)
    if _claims_decay(header) and not {"DECY", "DECAY"} & set(corrections):
        says = (
            f"No SUV: Decay Correction says {header.decay_correction}, but the list of corrections (0028,0051) has no "
            "DECY; the two contradict each other."
        )
        raise Refusal("decay_contradiction", says)


def _claims_decay(header: Header) -> bool:
    return (header.decay_correction or "").upper() in ("START", "ADMIN")


def _check_slopes(headers: Sequence[Header]) -> None:
    missing = sum(header.slope is None and header.rows is not None for header in headers)
    if missing:
        says = f"No SUV: {missing} of {len(headers)} slices have no rescale slope (0028,1053), which PET needs on each."
        raise Refusal("no_slope", says)


def _question_numbers(headers: Sequence[Header]) -> list[Problem]:
    problems = []
    if any(header.intercept for header in headers):
        says = "The rescale intercept is not 0, which PET does not allow; it is applied as written."
        problems.append(warning("intercept_not_zero", says))
    wrong = sum(header.slope is not None and header.slope <= 0 for header in headers)
    if wrong:
        says = f"On {wrong} of {len(headers)} slices the rescale slope (0028,1053) is not positive; check their values."
        problems.append(warning("slope_not_positive", says))
    return problems


def _question_kind(header: Header) -> list[Problem]:
    """What the words of a header say against its own elements."""
    words, problems = header.description or "", []
    if (header.decay_correction or "").upper() == "NONE" and {"DECY", "DECAY"} & set(header.corrected_image):
        says = "Decay Correction says NONE, but the list of corrections (0028,0051) has DECY; NONE is believed."
        problems.append(warning("decay_contradiction", says))
    kind = next((kind for kind in _MOMENTS if kind in header.series_type), None)
    if kind:
        problems.append(warning(f"{kind.lower()}_series", f"{_MOMENTS[kind]}, but SUV cut-offs are of static scans."))
    if _SAYS_UNCORRECTED.search(words):
        says = f'The series is called "{words}" but its corrections (0028,0051) name attenuation; check which is right.'
        problems.append(warning("called_uncorrected", says))
    if _SAYS_MIP.search(words):
        says = f'The series is called "{words}": if it is a projection, its pixels are no slices and have no place.'
        problems.append(warning("called_projection", says))
    return problems


def _question_nuclide(header: Header) -> list[Problem]:
    coded = find_nuclide(header.nuclide_code, header.nuclide_text, header.pharmaceutical_text)
    nuclide = coded or find_nuclide_by_half_life(header.half_life_s)
    if nuclide and not nuclide.positron:
        says = f"{nuclide.name} emits no positrons: this may be a SPECT image stored as PET."
        return [warning("not_a_positron_emitter", says)]
    if any(_SAYS_SPECT.search(text or "") for text in (header.description, header.protocol)):
        return [warning("called_spect", "The header's words say SPECT: this may be a SPECT image stored as PET.")]
    return []
