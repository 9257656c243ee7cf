"""What was seen in a case and can be weighed, and what cannot and why."""

from dataclasses import dataclass

from decision.evidence import Block
from decision.reading import Reading, name_range

State = tuple[int, ...] | Reading


@dataclass(frozen=True)
class Observation:
    """A finding the model can weigh: the bands it may lie in, how it reads on the screen, and a weight below 1 with its reason.

    `reading`: where in those bands, for a test whose assay is known.
    """

    block: Block
    bands: tuple[int, ...]
    shown: str
    weight: float = 1.0
    note: str = ""
    reading: Reading | None = None

    @property
    def state(self) -> State:
        """What the knowledge is asked for."""
        return self.bands if self.reading is None else self.reading

    @property
    def band_name(self) -> str:
        if self.reading is not None and len(self.bands) > 1:
            return name_range(self.block, self.reading.low, self.reading.high)
        return " or ".join(self.block.bands[band] for band in self.bands)


@dataclass(frozen=True)
class Void:
    """A result that was not used, in words, with its source."""

    test: str
    because: str
    source: str
