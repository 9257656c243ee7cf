"""The injected activity and the half-life, with the unit the header must have meant."""

from imaging.header import ENHANCED_PET_CLASS, Header
from imaging.nuclide import agrees, find_nuclide
from imaging.problem import Problem, Refusal, warning

_MEGABECQUEREL_BELOW = 1e4
_POSSIBLE_BQ = (1e6, 1e11)
# No nuclide given to people for PET lives shorter than 82Rb (76 s); none in use lives longer than a few years.
_SHORTEST_S, _LONGEST_S = 60.0, 1e9


def read_dose_bq(header: Header, problems: list[Problem]) -> float:
    """Injected activity in becquerel.

    The standard's unit is Bq, in an enhanced multi-frame object MBq; some scanners write MBq everywhere (IBSI DRO 3_0),
    which shows as a value below 10,000 for a nuclide used in people. Between 10 kBq and 1 MBq, or above 100 GBq, neither
    unit can be right and the number is refused.
    """
    dose = header.dose
    if dose is None or dose <= 0:
        shown = "empty" if dose is None else f"{dose:g}"
        raise Refusal("no_dose", f"No SUV: the injected activity (0018,1074) is {shown}; enter it in MBq.")
    if dose < _MEGABECQUEREL_BELOW:
        return _small_dose(header, dose, problems)
    if not _POSSIBLE_BQ[0] <= dose <= _POSSIBLE_BQ[1]:
        says = f"No SUV: an injected activity of {dose:g} is right neither in Bq nor in MBq; check (0018,1074)."
        raise Refusal("dose_impossible", says)
    return dose


def _small_dose(header: Header, dose: float, problems: list[Problem]) -> float:
    if header.sop_class == ENHANCED_PET_CLASS:
        return dose * 1e6
    if (header.half_life_s or 0) >= _SHORTEST_S:
        says = f"The injected activity {dose:g} cannot be becquerel and is read as {dose:g} MBq."
        problems.append(warning("dose_in_mbq", says))
        return dose * 1e6
    says = f"The injected activity {dose:g} Bq is far below any scan of a patient; unknown nuclide, taken as written."
    problems.append(warning("dose_tiny", says))
    return dose


def read_half_life_s(header: Header, problems: list[Problem]) -> float:
    """Half-life in seconds from the header, never assumed from the nuclide."""
    half_life = header.half_life_s
    if half_life is None or half_life <= 0:
        raise Refusal(
            "no_half_life", "No SUV: the radionuclide's half-life (0018,1075) is missing; it is never assumed."
        )
    if not 1 <= half_life <= _LONGEST_S:
        says = f"No SUV: a half-life of {half_life:g} s (0018,1075) belongs to no nuclide used in PET; check it."
        raise Refusal("half_life_impossible", says)
    coded = find_nuclide(header.nuclide_code, header.nuclide_text, header.pharmaceutical_text)
    if coded and not agrees(half_life, coded):
        says = f"The header's half-life is {half_life:g} s, but {coded.name} has {coded.half_life_s:g} s; check them."
        problems.append(warning("half_life_differs", says))
    return half_life
