"""The first-line tests as the guideline counts them: how many are abnormal, how many normal, by what could be used."""

from collections.abc import Iterable
from dataclasses import dataclass

from decision.evidence import Block, Knowledge
from decision.observation import Observation

ABNORMAL = ("elevated", "not_suppressed")
NORMAL = ("normal", "suppressed")


@dataclass(frozen=True)
class FirstLine:
    """A test that lies on both sides of its cut-off, or was voided, is in neither count."""

    abnormal: int
    normal: int

    @property
    def known(self) -> int:
        return self.abnormal + self.normal

    @property
    def disagrees(self) -> bool:
        """One test alone is abnormal."""
        return self.abnormal == 1 and self.normal > 0


def count_first_line(observations: Iterable[Observation], knowledge: Knowledge) -> FirstLine:
    """Of the tests that pathway.toml names."""
    seen = [item for item in observations if item.block.id in knowledge.rules["pathway"]["first_line"]["tests"]]
    return FirstLine(
        abnormal=sum(_lies_in(item, ABNORMAL) for item in seen), normal=sum(_lies_in(item, NORMAL) for item in seen)
    )


def _lies_in(seen: Observation, words: tuple[str, ...]) -> bool:
    return set(seen.bands) <= _find_bands(seen.block, words)


def _find_bands(block: Block, words: tuple[str, ...]) -> set[int]:
    return {band for word in words for band in block.words.get(word, ())}
