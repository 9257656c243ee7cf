"""Is what was read from a damaged series right, or said to be wrong? One sentence for each way in which it is neither."""

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from benchmarks.parts.suv_facts import Facts, read_facts, read_slopes
from benchmarks.parts.suv_oracle import UNKNOWN, expected_factors
from imaging import pixels
from imaging.dicom import Series, Study, load_volume, read_study
from imaging.problem import ImagingError
from imaging.unpacker import Unpacker

_SAME = 1e-6


@dataclass(frozen=True)
class Sound:
    """What the undamaged series gave: factors and facts by file, and every problem it has by itself."""

    factors: dict[str, float]
    facts: dict[str, Facts | None]
    problems: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """Faults (none is good), whether an SUV was given or refused, seconds of processor time, and peak memory in MB."""

    faults: tuple[str, ...]
    outcome: str
    seconds: float
    peak_mb: float


class KeptUnpacker(Unpacker):
    """The decoders' process, kept from file to file: starting thousands of them would take longer than all the rest."""

    def __exit__(self, *error: object) -> None:
        return


def keep_unpacker() -> None:
    """From now on one process unpacks all compressed pixels, started anew when it falls."""
    kept = KeptUnpacker()
    pixels.Unpacker = lambda: kept  # type: ignore[assignment,misc]


def read_sound(folder: Path) -> Sound:
    """The undamaged series as it is read."""
    study = read_study(folder)
    problems = frozenset(problem.says for series in study.series for problem in series.problems)
    return Sound(_factors(study), {file.name: _facts(file) for file in folder.iterdir()}, problems)


def judge(folder: Path, sound: Sound) -> Verdict:
    """Read a damaged series as the program does, and compare it with the second calculation and the undamaged one."""
    began, faults = time.process_time(), []
    study: Study | None = None
    volumes: dict[str, Any] = {}
    try:
        study = read_study(folder)
        for series in study.series:
            volumes[series.series_uid] = load_or_none(series)
    except ImagingError as refusal:
        faults += [] if str(refusal) else ["a refusal without a sentence"]
    except BaseException as error:  # exactly what must never happen
        faults.append(f"{type(error).__name__}: {error}")
    seconds, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if study is None or faults:
        return Verdict(tuple(faults), "crashed" if faults else "upload refused", seconds, peak)
    for series in study.series:
        faults += [*_judge_series(series, folder, sound), *_judge_pixels(series, volumes[series.series_uid], folder)]
    return Verdict(tuple(faults), _outcome(study), seconds, peak)


def load_or_none(series: Series) -> Any:
    """The volume, or None when the program refuses it in a sentence."""
    try:
        return load_volume(series)
    except ImagingError:
        return None


def _outcome(study: Study) -> str:
    pets = [series for series in study.series if series.suv]
    if not pets:
        return "no PET"
    return "SUV" if any(series.suv and series.suv.factors for series in pets) else "SUV refused"


def _factors(study: Study) -> dict[str, float]:
    pets = [(series, series.suv.factors) for series in study.series if series.suv and series.suv.factors]
    return {
        f"{source.path.name}#{header.frame}": factor
        for series, factors in pets
        for source, header, factor in zip(series.files, series.headers, factors, strict=True)
    }


def _facts(file: Path) -> Facts | None:
    try:
        dataset = pydicom.dcmread(BytesIO(file.read_bytes()), force=True, stop_before_pixels=True)
        return read_facts(dataset)
    except Exception:  # a file that the general parser cannot read has no facts to compare
        return None


def _judge_series(series: Series, folder: Path, sound: Sound) -> Iterator[str]:
    if series.suv is None:
        return
    names = [source.path.name for source in series.files]
    facts = [_facts(folder / name) for name in names]
    said = {problem.says for problem in series.problems} - sound.problems
    given = series.suv.factors
    if given is None:
        if not any(problem.severity == "error" for problem in series.problems):
            yield "no SUV and no error that says why"
        return
    if not all(np.isfinite(one) and one > 0 for one in given):
        yield f"an impossible factor {given[0]}"
    if _untouched(names, facts, sound):
        before = [sound.factors.get(f"{n}#{h.frame}") for n, h in zip(names, series.headers, strict=True)]
        if any(old is None or abs(new / old - 1) > _SAME for new, old in zip(given, before, strict=True)):
            yield f"nothing the SUV depends on was changed, but {before[0]} became {given[0]}"
    expected = _expected(series, facts)
    if expected != UNKNOWN and not said and not _agree(given, expected):
        yield f"{given[0]} without a word, where the rules give {expected and expected[0]}"


def _untouched(names: list[str], facts: list[Facts | None], sound: Sound) -> bool:
    """The whole series is there and every fact of it is as it was."""
    same = all(one is not None and one == sound.facts.get(name) for name, one in zip(names, facts, strict=True))
    alone = {name.partition("#")[0] for name in sound.factors} == set(names)
    return same and alone


def _expected(series: Series, facts: list[Facts | None]) -> Any:
    """What the second calculation gives; the frames of a scan are separate series with one reference, which it leaves."""
    known = [one for one in facts if one is not None]
    several = any(problem.code == "several_volumes" for problem in series.problems)
    return UNKNOWN if several or len(known) < len(facts) else expected_factors(known)


def _agree(given: tuple[float, ...], expected: Any) -> bool:
    return bool(expected) and all(abs(new / old - 1) <= _SAME for new, old in zip(given, expected, strict=True))


def _judge_pixels(series: Series, volume: Any, folder: Path) -> Iterator[str]:
    """The hottest value of the volume is that of the pixels as the general library reads them."""
    if volume is None or any(header.frame for header in series.headers):
        return
    if any(problem.code in ("uneven_spacing", "missing_slices") for problem in series.problems):
        return
    factors = series.suv.factors if series.suv and series.suv.factors else (1.0,) * len(series.files)
    hottest = []
    for source, factor in zip(series.files, factors, strict=True):
        try:
            hottest.append(_hottest(folder / source.path.name) * factor)
        except Exception:  # pixels that the general library cannot read have nothing to compare with
            return
    found, expected = float(volume.values.max()), max(hottest)
    if np.isfinite(expected) and abs(expected) < 1e30 and abs(found - expected) > 1e-4 * max(abs(expected), 1e-12):
        yield f"the hottest pixel is {found}, where the general library finds {expected}"


def _hottest(file: Path) -> float:
    dataset = pydicom.dcmread(file, force=True)
    facts = read_slopes(dataset)
    scaled = dataset.pixel_array.astype(float) * facts[0] + facts[1]
    return float(scaled.max())
