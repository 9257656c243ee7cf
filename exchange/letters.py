"""Which letters the documents' own fonts can draw; what they cannot is shown as □ and counted, never lost in silence."""

import unicodedata

UNDRAWABLE = "□"
# What exchange/fonts and the writer's own serif (Latin Extended-A, accented Greek, Cyrillic) hold beside GB 2312.
_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x384, 0x3CE),
    (0x400, 0x45F),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2070, 0x2071),
    (0x2074, 0x208E),
    (0x2190, 0x2199),
    (0x2248, 0x2248),
    (0x2260, 0x2265),
    (0x25A0, 0x25A1),
)


def make_drawable(text: str) -> tuple[str, int]:
    """The text on one line with □ for every letter the fonts lack, and how many those were."""
    letters = [_open(letter) for letter in unicodedata.normalize("NFC", text)]
    shown = [letter if letter == " " or is_drawable(letter) else UNDRAWABLE for letter in letters if letter]
    return " ".join("".join(shown).split()), shown.count(UNDRAWABLE) - letters.count(UNDRAWABLE)


def is_drawable(letter: str) -> bool:
    """True when the shipped fonts hold this character."""
    if any(low <= ord(letter) <= high for low, high in _RANGES):
        return unicodedata.category(letter) != "Cn"
    try:
        return len(letter.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _open(letter: str) -> str:
    """Line ends and tabs become spaces; marks that only steer the direction or joining of text are dropped."""
    category = unicodedata.category(letter)
    if category in ("Cf", "Mn"):
        return ""
    return " " if category in ("Cc", "Zl", "Zp", "Zs") else letter
