"""What must be true of a series before any SUV is computed from it."""

from collections.abc import Sequence

from imaging.header import ENHANCED_PET_CLASSES, PET_CLASS, Header
from imaging.problem import Problem, Refusal, warning

# One series has one value of each; two values mean two series were mixed.
_SERIES_LEVEL = {
    "units": "unit", "suv_type": "SUV type", "decay_correction": "decay correction", "weight": "weight",
    "height": "height", "sex": "sex", "dose": "injected activity", "half_life_s": "half-life",
    "start_time": "injection time", "start_datetime": "injection date and time", "series_date": "series date",
    "series_time": "series time", "corrected_image": "list of corrections",
}  # fmt: skip


def check_series(headers: Sequence[Header]) -> list[Problem]:
    """Warnings about a series; refuses what cannot become SUV at all."""
    if not headers:
        raise Refusal("empty_series", "No SUV: the series has no slice that could be read.")
    _check_class(headers[0])
    _check_one_series(headers)
    _check_corrections(headers[0])
    _check_slopes(headers)
    return _question_intercept(headers) + _question_agents(headers[0])


def _check_class(header: Header) -> None:
    if header.sop_class in ENHANCED_PET_CLASSES or (header.frames > 1 and header.modality == "PT"):
        says = (
            "No SUV: an enhanced multi-frame PET is not read; export the series from the scanner as single-slice PET."
        )
        raise Refusal("enhanced_multiframe", says)
    if header.sop_class != PET_CLASS and (header.sop_class or header.modality not in ("PT", None)):
        raise Refusal("not_pet", "No SUV: the images are not stored as PET images.")
    if "REPROJECTION" in header.series_type or "REPROJECTION" in header.image_type:
        raise Refusal("reprojection", "No SUV: the series is a reprojection (a picture of the volume), not its slices.")


def _check_one_series(headers: Sequence[Header]) -> None:
    for field, name in _SERIES_LEVEL.items():
        values = {getattr(header, field) for header in headers}
        if len(values) > 1:
            says = f"No SUV: the slices disagree on the {name}, so they are not one series; send each series by itself."
            raise Refusal("mixed_series", says)


def _check_corrections(header: Header) -> None:
    corrections = header.corrected_image
    if "ATTN" not in corrections:
        says = "No SUV: the series is not corrected for attenuation (no ATTN in 0028,0051); send the corrected series."
        raise Refusal("not_attenuation_corrected", says)
    claims = (header.decay_correction or "").upper() in ("START", "ADMIN")
    if claims and not {"DECY", "DECAY"} & set(corrections):
        says = (
            f"No SUV: Decay Correction says {header.decay_correction}, but the list of corrections (0028,0051) has no "
            "DECY; the two contradict each other."
        )
        raise Refusal("decay_contradiction", says)


def _check_slopes(headers: Sequence[Header]) -> None:
    missing = sum(header.slope is None and header.rows is not None for header in headers)
    if missing:
        says = f"No SUV: {missing} of {len(headers)} slices have no rescale slope (0028,1053), which PET needs on each."
        raise Refusal("no_slope", says)


def _question_intercept(headers: Sequence[Header]) -> list[Problem]:
    if not any(header.intercept for header in headers):
        return []
    says = "The rescale intercept is not 0, which PET does not allow; it is applied as written."
    return [warning("intercept_not_zero", says)]


def _question_agents(header: Header) -> list[Problem]:
    if header.radiopharmaceuticals <= 1:
        return []
    says = f"The header names {header.radiopharmaceuticals} radiopharmaceuticals; the first is used."
    return [warning("several_radiopharmaceuticals", says)]
