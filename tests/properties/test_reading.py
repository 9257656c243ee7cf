"""Damaged files: each is read right or refused in a sentence, by a judge that is shown to notice what is not."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.parts.mutations import mutate
from benchmarks.parts.reading_judge import Verdict, judge, read_sound
from benchmarks.parts.seeds import Seed, list_seeds
from imaging import dicom
from imaging.suv import SuvResult, compute_suv

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


def read_damaged(seeds: list[Seed], number: int, folder: Path) -> tuple[str, Verdict]:
    chance = random.Random(number)
    seed = chance.choice(seeds)
    said, files = mutate(list(seed.files), chance)
    sound = read_sound(written(folder / f"s{number}", list(seed.files)))
    return f"{number} {seed.name}: {said}", judge(written(folder / f"d{number}", files), sound)


@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_read_right_or_refused(seeds: list[Seed], tmp_path: Path) -> None:
    verdicts = [read_damaged(seeds, number, tmp_path) for number in range(FILES)]
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
