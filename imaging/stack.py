"""Slices put in order: sorted along the normal, time frames kept apart, gaps and repeats found."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from imaging.header import Header
from imaging.problem import Problem, warning
from imaging.reference_time import acquired_at
from imaging.slices import Slice

_SAME_PLACE_MM = 0.01
_EVEN_MM = 0.02
_GAP = 1.5
_SHEAR_MM = 0.5


@dataclass(frozen=True)
class Stack:
    """Slices in order from low to high along the normal, `positions_mm` along it, and what is odd about them."""

    slices: tuple[Slice, ...]
    positions_mm: tuple[float, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def spacing_mm(self) -> float | None:
        """Distance between slices: the mean, or the median when slices are missing; thickness for a single slice."""
        if len(self.positions_mm) < 2:
            return self.slices[0].header.slice_thickness
        steps = np.diff(self.positions_mm)
        median = float(np.median(steps))
        return median if steps.max() > _GAP * median else float(steps.mean())

    @property
    def normal(self) -> npt.NDArray[np.float64]:
        return normal_of(self.slices[0].header)


def gaps_of(stack: Stack) -> tuple[tuple[float, float], ...]:
    """Where slices are missing: positions along the normal, in mm, of the slices on either side."""
    steps = np.diff(stack.positions_mm)
    wide = np.flatnonzero(steps > _GAP * np.median(steps)) if len(steps) else ()
    return tuple((stack.positions_mm[at], stack.positions_mm[at + 1]) for at in wide)


def stack_slices(slices: Sequence[Slice]) -> tuple[Stack, ...]:
    """One stack for each geometry and time frame in a series; the largest geometry first."""
    unique, copies = _drop_copies(slices)
    stacks = [stack for group in _by_geometry(unique) for stack in _stack_frames(group)]
    if not copies:
        return tuple(stacks)
    says = f"{copies} slice{'s are' if copies > 1 else ' is'} in the upload twice; each is used once."
    return tuple(replace(stack, problems=(warning("duplicate_slices", says), *stack.problems)) for stack in stacks)


def normal_of(header: Header) -> npt.NDArray[np.float64]:
    """Direction (LPS) across a slice: its rows' direction × its columns'."""
    axes = np.asarray(header.orientation or (1, 0, 0, 0, 1, 0), dtype=float)
    return np.cross(axes[:3], axes[3:])


def _drop_copies(slices: Sequence[Slice]) -> tuple[list[Slice], int]:
    unique = {(one.header.sop_instance or number, one.header.frame): one for number, one in enumerate(slices)}
    return list(unique.values()), len(slices) - len(unique)


def _by_geometry(slices: Sequence[Slice]) -> list[list[Slice]]:
    groups = _group(slices, lambda h: (h.rows, h.columns, _rounded(h.orientation), _rounded(h.pixel_spacing)))
    return sorted(groups, key=len, reverse=True)


def _rounded(numbers: tuple[float, ...] | None) -> tuple[float, ...] | None:
    return tuple(round(n, 2) + 0.0 for n in numbers) if numbers else None


def _group(slices: Sequence[Slice], key: Callable[[Header], Hashable]) -> list[list[Slice]]:
    groups: dict[Hashable, list[Slice]] = {}
    for one in slices:
        groups.setdefault(key(one.header), []).append(one)
    return list(groups.values())


_TIME_KEYS: tuple[Callable[[Header], Hashable], ...] = (
    lambda h: h.temporal_position,
    lambda h: h.trigger_time,
    lambda h: (h.acquisition_date, h.acquisition_time),
    lambda h: h.frame_reference_ms,
    lambda h: (h.image_index - 1) // h.slices_a_frame if h.image_index and h.slices_a_frame else None,
)


def _stack_frames(slices: list[Slice]) -> list[Stack]:
    """Time frames apart when positions repeat; one stack with an error when no time tells them apart."""
    if any(one.header.position is None for one in slices):
        return [_unplaced(slices)]
    whole = _sort(slices)
    if not _repeats(whole):
        return [_question(whole)]
    for key in _TIME_KEYS:
        frames = [_sort(frame) for frame in _group(slices, key)]
        if len(frames) > 1 and {len(frame.slices) for frame in frames} == {_places(whole)}:
            return [_question(frame) for frame in frames]
    turns = _by_turns(whole)
    if turns:
        return [_question(_sort(turn)) for turn in turns]
    says = (
        "Several slices lie at the same place and no time tells them apart; the series cannot be made into one volume."
    )
    return [replace(whole, problems=(Problem("overlapping_slices", "error", says),))]


def _by_turns(whole: Stack) -> list[list[Slice]]:
    """Frames of a scan that passes over several beds more than once: at each place, the first, second … in time."""
    starts = [0, *(np.flatnonzero(np.diff(whole.positions_mm) >= _SAME_PLACE_MM) + 1), len(whole.slices)]
    places = [whole.slices[low:high] for low, high in zip(starts, starts[1:], strict=False)]
    if len({len(place) for place in places}) > 1:
        return []
    timed = [sorted((at, n) for n, one in enumerate(place) if (at := acquired_at(one.header))) for place in places]
    if any(len({at for at, _ in times}) < len(place) for times, place in zip(timed, places, strict=True)):
        return []
    return [
        [place[times[turn][1]] for place, times in zip(places, timed, strict=True)] for turn in range(len(places[0]))
    ]


def _unplaced(slices: list[Slice]) -> Stack:
    if slices[0].header.rows is None:
        return Stack(tuple(slices), ())
    if slices[0].header.frames > 1:
        says = "A multi-frame image is not read; export the series from the scanner as single slices."
        return Stack(tuple(slices), (), (Problem("multiframe", "error", says),))
    says = "Slices have no position (0020,0032), so their order and distances are unknown; no volume can be made."
    return Stack(tuple(slices), (), (Problem("no_position", "error", says),))


def _sort(slices: Sequence[Slice]) -> Stack:
    normal = normal_of(slices[0].header)
    placed = [(float(np.dot(normal, one.header.position or (0, 0, 0))), one) for one in slices]
    placed.sort(key=lambda pair: pair[0])
    return Stack(tuple(one for _, one in placed), tuple(at for at, _ in placed))


def _places(stack: Stack) -> int:
    """How many different places the slices lie at."""
    return 1 + int((np.diff(stack.positions_mm) >= _SAME_PLACE_MM).sum())


def _repeats(stack: Stack) -> bool:
    return _places(stack) < len(stack.slices)


def _question(stack: Stack) -> Stack:
    """The stack with its problems: gaps, uneven steps, a shear."""
    if len(stack.positions_mm) < 2:
        says = "The series has a single slice; a volume needs more."
        return replace(stack, problems=(warning("single_slice", says),))
    steps = np.diff(stack.positions_mm)
    median = float(np.median(steps))
    problems = _question_gaps(stack, median) or _question_steps(stack, steps)
    return replace(stack, problems=(*problems, *_question_shear(stack)))


def _question_gaps(stack: Stack, median: float) -> tuple[Problem, ...]:
    gaps = gaps_of(stack)
    if not gaps:
        return ()
    missing = sum(round((high - low) / median) - 1 for low, high in gaps)
    first, second = gaps[0]
    says = (
        f"About {missing} slice{'s are' if missing != 1 else ' is'} missing (between {first:.1f} and {second:.1f} mm"
        f"{' and elsewhere' if len(gaps) > 1 else ''}); what is drawn there is interpolated: send the series again."
    )
    return (Problem("missing_slices", "error", says),)


def _question_steps(stack: Stack, steps: npt.NDArray[np.float64]) -> tuple[Problem, ...]:
    if steps.max() - steps.min() <= _EVEN_MM:
        return ()
    says = f"The distance between slices varies from {steps.min():.2f} to {steps.max():.2f} mm"
    farthest = farthest_from_even(stack.positions_mm)
    ending = (
        f"; on an even grid no slice moves more than {farthest:.2f} mm." if keeps_even(stack) else "; it is resampled."
    )
    return (warning("uneven_spacing", says + ending),)


def farthest_from_even(positions_mm: Sequence[float]) -> float:
    """How far, in mm, the worst slice lies from an even grid between the first and the last."""
    even = np.linspace(positions_mm[0], positions_mm[-1], len(positions_mm))
    return float(np.abs(np.asarray(positions_mm) - even).max())


def keeps_even(stack: Stack) -> bool:
    """True when an even grid is right to a tenth of a slice, so that no value needs to be interpolated."""
    return len(stack.positions_mm) < 3 or farthest_from_even(stack.positions_mm) <= 0.1 * (stack.spacing_mm or 0)


def _question_shear(stack: Stack) -> tuple[Problem, ...]:
    places = np.asarray([one.header.position for one in stack.slices], dtype=float)
    offsets = places - places[0]
    across = offsets - np.outer(offsets @ normal_of(stack.slices[0].header), normal_of(stack.slices[0].header))
    farthest = float(np.linalg.norm(across, axis=1).max())
    if farthest <= _SHEAR_MM:
        return ()
    says = (
        f"The slices are shifted sideways by up to {farthest:.1f} mm (a tilted gantry); no straight volume can be made."
    )
    return (Problem("tilted_stack", "error", says),)
