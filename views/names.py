"""The screen names of codes: subtypes, sites, tests. A code that has no name is shown with its underscores opened."""

from functools import cache

from decision.evidence import load_knowledge
from decision.vocabulary import load_vocabulary
from views.words import say_list

WITHOUT_ABBREVIATION = ("NNH", "EXO", "NONE")


def subtype_name(code: str) -> str:
    """The short name of a subtype: "Cushing's disease"."""
    subtype = load_vocabulary().subtypes.get(code)
    return subtype.short_name if subtype else plain_name(code)


def subtype_full_name(code: str) -> str:
    subtype = load_vocabulary().subtypes.get(code)
    return subtype.name if subtype else plain_name(code)


def site_name(code: str) -> str:
    return load_vocabulary().sites.get(code) or plain_name(code)


def test_name(code: str) -> str:
    """The short name of a laboratory test, or of whatever else is recommended next."""
    test = load_vocabulary().tests.get(code)
    return test.short_name if test else _finding_titles().get(code) or plain_name(code)


@cache
def _finding_titles() -> dict[str, str]:
    """What the knowledge calls its findings, by their key: a scan or a sign can be the next test too."""
    return {block.key: block.title for block in load_knowledge().blocks.values()}


def subtype_abbreviation(code: str) -> str:
    """The usual abbreviation where clinicians have one (CD, EAS, MACS), else the short name."""
    return subtype_name(code) if code in WITHOUT_ABBREVIATION else code


def say_abbreviated(codes: tuple[str, ...]) -> str:
    """The classes of a prediction set, short: "CD or EAS"."""
    return say_list([subtype_abbreviation(code) for code in codes], "or")


def explain_set() -> str:
    """What the 90 % set is, in the knowledge's own words."""
    return str(load_knowledge().rules["prediction_set"]["says"])


def set_name(codes: tuple[str, ...]) -> str:
    """The classes of a prediction set in a phrase: "Cushing's disease or ectopic ACTH"."""
    names = [subtype_name(code) for code in codes]
    return say_list([names[0], *(_lower(name) for name in names[1:])], "or") if names else say_list([])


def say_change(target: str, leader: str) -> str:
    """What a test not yet done could do: bring another subtype in front or into the set, or settle on the leading one."""
    return f"could settle on {subtype_name(leader)}" if target == leader else f"could change to {subtype_name(target)}"


def plain_name(code: str) -> str:
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _lower(name: str) -> str:
    # Proper names and abbreviations keep their capital: "Cushing's disease", "ACTH …".
    keeps = name.startswith("Cushing") or name[:2].isupper()
    return name if keeps else name[:1].lower() + name[1:]


test_name.__test__ = False  # type: ignore[attr-defined]
