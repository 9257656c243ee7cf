"""Weight, height, and the body measures that SUVs are normalised to.

Sources: Morgan and James lean body mass as in the DICOM SUV Type definitions (PS3.3 C.8.9.1.1.3), Janmahasatian 2005
(the EANM's choice), ideal body weight and Du Bois surface area as in the IBSI SUV manual.
"""

from collections.abc import Callable

from imaging.header import Header
from imaging.problem import Problem, Refusal, warning

_HEAVIEST_KG = 1000.0
_TALLEST_M = 3.0
_HEIGHTS_CM = (40.0, 250.0)


def read_weight_kg(header: Header, problems: list[Problem]) -> float:
    """Body weight in kilograms; grams are recognised and said so. Refuses when unknown or not positive."""
    weight = header.weight
    if weight is None or weight <= 0:
        shown = "empty" if weight is None else f"{weight:g}"
        says = f"No SUV: the patient's weight (0010,1030) is {shown}; enter the weight in kg on the day of the scan."
        raise Refusal("no_weight", says)
    if weight < _HEAVIEST_KG:
        return weight
    if weight >= 1000 * _HEAVIEST_KG:
        says = f"No SUV: a weight of {weight:g} (0010,1030) is right neither in kg nor in g; enter the weight in kg."
        raise Refusal("weight_impossible", says)
    problems.append(warning("weight_in_grams", f"The weight {weight:g} cannot be kilograms and is read as grams."))
    return weight / 1000


def read_height_cm(header: Header, problems: list[Problem]) -> float:
    """Height in centimetres; the standard stores metres, some sites centimetres. Refuses when unknown."""
    height = header.height
    centimetres = (height or 0) * (100 if (height or 0) <= _TALLEST_M else 1)
    if not _HEIGHTS_CM[0] <= centimetres <= _HEIGHTS_CM[1]:
        shown = "empty" if height is None else f"{height:g}"
        says = (
            f"No SUVbw: the pixels are normalised to a body measure that needs the height, and (0010,1020) is {shown}."
        )
        raise Refusal("no_height", says)
    if height != centimetres / 100:
        problems.append(
            warning("height_in_cm", f"The height {height:g} is read as centimetres (the standard is metres).")
        )
    return centimetres


def compute_body_measure(suv_type: str, weight_kg: float, height_cm: float, sex: str | None) -> float:
    """Kilograms (lean mass, ideal weight) or square metres (BSA) for a DICOM SUV Type; sex O is the mean of M and F."""
    if suv_type == "BSA":
        return 0.007184 * weight_kg**0.425 * height_cm**0.725
    word = (sex or "").upper()[:1]
    if word not in ("M", "F", "O"):
        raise Refusal(
            "no_sex", f"No SUVbw: pixels of SUV type {suv_type} need the patient's sex (0010,0040), M, F or O."
        )
    formula = _FORMULAE[suv_type]
    sexes = ("M", "F") if word == "O" else (word,)
    measure = sum(formula(weight_kg, height_cm, one) for one in sexes) / len(sexes)
    if measure <= 0:
        says = f"No SUVbw: {weight_kg:g} kg and {height_cm:g} cm give no positive {suv_type}; check weight and height."
        raise Refusal("impossible_body", says)
    return measure


def _lean_morgan(weight: float, height: float, sex: str) -> float:
    slope, square = (1.10, 120) if sex == "M" else (1.07, 148)
    return slope * weight - square * (weight / height) ** 2


def _lean_james(weight: float, height: float, sex: str) -> float:
    slope, square = (1.10, 128) if sex == "M" else (1.07, 148)
    return slope * weight - square * (weight / height) ** 2


def _lean_janma(weight: float, height: float, sex: str) -> float:
    constant, slope = (6680, 216) if sex == "M" else (8780, 244)
    return 9270 * weight / (constant + slope * weight / (height / 100) ** 2)


def _ideal(weight: float, height: float, sex: str) -> float:
    base, slope = (48.0, 1.06) if sex == "M" else (45.5, 0.91)
    return base + slope * (height - 152)


_FORMULAE: dict[str, Callable[[float, float, str], float]] = {
    "LBM": _lean_morgan,
    "LBMJAMES128": _lean_james,
    "LBMJANMA": _lean_janma,
    "IBW": _ideal,
}
