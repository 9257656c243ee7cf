"""Damaged files: each is read right or refused in a sentence, by a judge that is shown to notice what is not."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.parts.mutations import mutate
from benchmarks.parts.reading_judge import KeptUnpacker, Sound, Verdict, judge, read_sound
from benchmarks.parts.seeds import Seed, list_seeds
from imaging import dicom, pixels
from imaging.suv import SuvResult, compute_suv
from imaging.unpacker import Unpacker

MOST_MB = 3000
FILES = 300


@pytest.fixture(scope="module")
def seeds(project: Path) -> list[Seed]:
    return list_seeds(project.parent / "shared")


def written(folder: Path, files: list[bytes]) -> Path:
    folder.mkdir()
    for number, data in enumerate(files):
        (folder / f"{number}.dcm").write_bytes(data)
    return folder


@pytest.fixture
def one_decoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One process unpacks the compressed pixels of every file; to start one for each takes longer than all the rest."""
    kept = KeptUnpacker()
    monkeypatch.setattr(pixels, "Unpacker", lambda: kept)
    yield
    Unpacker.__exit__(kept)


def draw_damaged(seeds: list[Seed], number: int) -> tuple[Seed, str, list[bytes]]:
    chance = random.Random(number)
    seed = chance.choice(seeds)
    said, files = mutate(list(seed.files), chance)
    return seed, f"{number} {seed.name}: {said}", files


def read_sounds(seeds: list[Seed], folder: Path) -> dict[str, Sound]:
    return {seed.name: read_sound(written(folder / f"s{at}", list(seed.files))) for at, seed in enumerate(seeds)}


@pytest.mark.usefixtures("one_decoder")
@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_read_right_or_refused(seeds: list[Seed], tmp_path: Path) -> None:
    sounds, verdicts = read_sounds(seeds, tmp_path), list[tuple[str, Verdict]]()
    for number in range(FILES):
        seed, said, files = draw_damaged(seeds, number)
        verdicts.append((said, judge(written(tmp_path / f"d{number}", files), sounds[seed.name])))
    assert [(said, verdict.faults) for said, verdict in verdicts if verdict.faults] == []
    assert max(verdict.peak_mb for _, verdict in verdicts) < MOST_MB
    outcomes = {verdict.outcome for _, verdict in verdicts}
    assert {"SUV", "SUV refused", "no PET"} <= outcomes


@pytest.mark.filterwarnings("ignore")
def test_every_sound_series_agrees_with_the_second_calculation(seeds: list[Seed], tmp_path: Path) -> None:
    for number, seed in enumerate(seeds):
        folder = written(tmp_path / str(number), list(seed.files))
        verdict = judge(folder, read_sound(folder))
        assert (seed.name, verdict.faults, verdict.outcome) == (seed.name, (), "SUV")


@pytest.mark.parametrize("share", [1.01, 0.5])
def test_the_judge_notices_a_wrong_factor(
    seeds: list[Seed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    folder = written(tmp_path / "plain", list(seeds[0].files))
    sound = read_sound(folder)

    def wrong(headers: object) -> SuvResult:
        right = compute_suv(headers)  # type: ignore[arg-type]
        return replace(right, factors=tuple(one * share for one in right.factors or ()))

    monkeypatch.setattr(dicom, "compute_suv", wrong)
    assert len(judge(folder, sound).faults) == 2


def test_the_judge_notices_an_error_and_a_missing_reason(
    seeds: list[Seed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "plain", list(seeds[0].files))
    sound = read_sound(folder)
    monkeypatch.setattr(dicom, "compute_suv", lambda headers: SuvResult(None, None))
    assert judge(folder, sound).faults == ("no SUV and no error that says why",)
    monkeypatch.setattr(dicom, "compute_suv", lambda headers: 1 / 0)
    assert judge(folder, sound).outcome == "crashed"
