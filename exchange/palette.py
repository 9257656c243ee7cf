"""One colour for each subtype and each tracer, the same on every screen, chart and document.

The seven coloured subtypes come from Okabe and Ito's palette (Color Universal Design, 2008), which readers with a colour
vision deficiency can tell apart; near-black, brown and light grey complete the ten. No colour means good or bad.
Tracers use colours no subtype has.
"""

SUBTYPE_COLOURS: dict[str, str] = {
    "CD": "#0072B2",
    "EAS": "#D55E00",
    "CPA": "#009E73",
    "ACC": "#222222",
    "PBMAH": "#E69F00",
    "PPNAD": "#F0E442",
    "MACS": "#56B4E9",
    "NNH": "#CC79A7",
    "EXO": "#7B4B2A",
    "NONE": "#C8C8C8",
}

TRACER_COLOURS: dict[str, str] = {
    "68Ga-Pentixafor": "#9E1F63",
    "68Ga-DOTATATE": "#3A1FB8",
    "18F-FDG": "#5C5C1F",
}

INK = "#1F2933"
QUIET = "#6B7280"
RULE = "#D5DAE0"
OTHER = "#8C8C8C"
TEXT = "#7C828B"  # writing on a figure: readable on the light and on the dark page, and in print


def subtype_colour(code: str) -> str:
    """The colour of a subtype code; plain grey for a group or a code that has none."""
    return SUBTYPE_COLOURS.get(code, OTHER)


def tracer_colour(tracer: str | None) -> str:
    """The colour of a tracer; plain grey for one that is not known or not named here."""
    return TRACER_COLOURS.get(tracer or "", OTHER)


def tint(colour: str, share: float) -> str:
    """A colour mixed with white, `share` of it between 0 and 1: a ground on which `INK` is read on any page and in print."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * share):02X}" for part in parts)
