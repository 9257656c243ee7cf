"""Two tests published together: a joint finding stands for both where their product would not be what was counted.

A joint finding is never entered. It follows from its members: each lies in the bands that count as "yes", outside them, or
nobody knows. Its band is their combination, the first member the lowest digit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from decision.evidence import Block, load_knowledge
from decision.observation import Observation, State
from decision.reading import Reading, find_likely_bands

YES, NO, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class Derived:
    """A joint finding as numbers: its `column`, those of its members, the part each state of theirs plays, and its own states."""

    column: int
    members: tuple[int, ...]
    parts: npt.NDArray[np.int8]
    states: npt.NDArray[np.int32]


def find_part(block: Block, state: State, wanted: Iterable[int]) -> int:
    """Whether a state lies in the wanted bands of its block (YES), outside (NO), or may do either (UNKNOWN).

    A value that lies no further from the cut-off than laboratories differ may do either.
    """
    bands = set(find_likely_bands(block, state) if isinstance(state, Reading) else state)
    if not bands or (bands & set(wanted) and bands - set(wanted)):
        return UNKNOWN
    return YES if bands & set(wanted) else NO


@lru_cache(maxsize=1)
def list_joints() -> tuple[Block, ...]:
    """The blocks that follow from others, by name."""
    return tuple(block for block in load_knowledge().blocks.values() if block.members)


def observe_joints(observations: Iterable[Observation]) -> list[Observation]:
    """Every joint finding whose members are all known."""
    seen = {item.block.id: item for item in observations}
    found = []
    for block in list_joints():
        if not set(block.members) <= set(seen):
            continue
        parts = [find_part(seen[name].block, seen[name].state, wanted) for name, wanted in block.members.items()]
        if UNKNOWN not in parts:
            band = sum(part << place for place, part in enumerate(parts))
            shown = "; ".join(seen[name].shown for name in block.members)
            found.append(Observation(block, (band,), f"{block.title}: {shown}"))
    return found


def derive(blocks: tuple[Block, ...], numbers: Mapping[tuple[str, State, float], int]) -> tuple[Derived, ...]:
    """The joint findings of a table whose columns are `blocks` and whose states are `numbers`, "not seen" being 0."""
    column = {block.id: place for place, block in enumerate(blocks)}
    found = []
    for block in list_joints():
        parts = np.full((len(block.members), len(numbers)), UNKNOWN, dtype=np.int8)
        for (name, state, _), number in numbers.items():
            for place, (member, wanted) in enumerate(block.members.items()):
                if name == member:
                    parts[place, number] = find_part(load_knowledge().blocks[name], state, wanted)
        own = [numbers[(block.id, (band,), 1.0)] for band in range(len(block.bands))]
        members = tuple(column[name] for name in block.members)
        found.append(Derived(column[block.id], members, parts, np.array(own, dtype=np.int32)))
    return tuple(found)


def add_joints(states: npt.NDArray[np.int32], joints: Iterable[Derived]) -> npt.NDArray[np.int32]:
    """Cases as numbers, shape (cases, blocks), with what follows from them; a member that is not known leaves nothing."""
    full = states.copy()
    for joint in joints:
        parts = np.stack([joint.parts[place][states[:, member]] for place, member in enumerate(joint.members)])
        known = (parts != UNKNOWN).all(axis=0)
        band = (np.where(known, parts, 0) << np.arange(len(parts))[:, None]).sum(axis=0)
        full[:, joint.column] = np.where(known, joint.states[band], 0)
    return full
