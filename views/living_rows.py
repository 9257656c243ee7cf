"""What this trial adds, in the words of the screen: one line for each class in each PET pattern. No Streamlit here."""

from collections.abc import Sequence

import pandas as pd

from decision.evidence import Knowledge
from decision.living_shares import LivingShare, Share
from views.names import subtype_name
from views.words import UNKNOWN, say_count, say_interval, say_list, say_per_cent

NODULE = "NFA"  # the one phenotype whose subtype, "none", would not tell that there is a nodule
PRINT, TRIAL, BOTH = "in print", "this trial", "together"


def make_living_table(shares: Sequence[LivingShare], knowledge: Knowledge) -> pd.DataFrame:
    """The shares with their intervals side by side, and whether they count where the trial is counted."""
    rows = [
        {
            "Finding": name_finding(share),
            "Class": name_classes(share, knowledge),
            "In print": say_share(share.published),
            "This trial": say_share(share.trial),
            "Together": say_share(share.combined),
            "Counted": say_used(share),
        }
        for share in shares
    ]
    return pd.DataFrame(rows, columns=["Finding", "Class", "In print", "This trial", "Together", "Counted"])


def make_living_points(shares: Sequence[LivingShare], knowledge: Knowledge) -> pd.DataFrame:
    """The same as points for a figure, one line each for print, trial and both; what nobody knows has no point."""
    rows = [
        {
            "line": f"{name_finding(share)}|{name_classes(share, knowledge)}",
            "kind": kind,
            "share": part.value,
            "low": part.low,
            "high": part.high,
            "says": say_share(part),
        }
        for share in shares
        for kind, part in ((PRINT, share.published), (TRIAL, share.trial), (BOTH, share.combined))
        if part is not None
    ]
    return pd.DataFrame(rows, columns=["line", "kind", "share", "low", "high", "says"])


def list_known(shares: Sequence[LivingShare]) -> list[LivingShare]:
    """Those a figure has something to show of."""
    return [share for share in shares if share.combined is not None]


def name_finding(share: LivingShare) -> str:
    """The pattern without its tracer, which stands above: "Focus outside pituitary and adrenals"."""
    name = share.title.split(", ", 1)[-1]
    band = "" if share.band == "seen" else f": {share.band}"
    return f"{name[:1].upper()}{name[1:]}{band}"


def name_classes(share: LivingShare, knowledge: Knowledge) -> str:
    """The subtypes the row speaks of: "Cortisol-producing adenoma or carcinoma"."""
    names = [
        "no Cushing's, with a nodule" if name == NODULE else subtype_name(knowledge.subtype_of[name])
        for name in share.phenotypes
    ]
    return say_list(list(dict.fromkeys(names)), "or")


def say_share(share: Share | None) -> str:
    """ "71 % [62–79] of 109"; with the count itself where it was counted here."""
    if share is None:
        return UNKNOWN
    of = f"n = {share.of}" if share.had is None else f"{share.had} of {share.of}"
    return f"{say_per_cent(share.value)} {say_interval(share.low, share.high)} · {of}"


def say_used(share: LivingShare) -> str:
    return f"{'Yes' if share.used else 'No'}: {share.says}"


def say_added(shares: Sequence[LivingShare], patients: int) -> str:
    """How much the trial adds, in a sentence."""
    used = sum(share.used for share in shares)
    people = say_count(patients, "patient")
    return (
        f"{people} of this trial with a reference diagnosis and a PET read; they change {used} of {len(shares)} lines."
    )
