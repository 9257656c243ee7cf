"""A frozen copy: verified whole, and every way of changing it is named."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from exchange.cohort_table import write_parquet
from exchange.freeze import FreezeError, verify_freeze, write_freeze
from trial.participant import IndexRead, Lesion, Participant, Reference

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
FILES = {"cohort.csv": "patient_id,µ\nP001,—\n".encode(), "empty.csv": b""}
Parts = dict[str, bytes]


def freeze() -> bytes:
    return write_freeze(FILES, {"cohort.csv": "the cohort"}, {"patients": 1}, AT, "Synthetic.")


def rewrite(content: bytes, change: Callable[[Parts], object]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_frozen_copy_is_as_it_was_and_the_same_twice() -> None:
    found = verify_freeze(freeze())
    assert (found.wrong, found.files, found.counts, found.frozen_at) == ((), tuple(FILES), {"patients": 1}, AT)
    assert freeze() == freeze()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda parts: parts.update({"cohort.csv": parts["cohort.csv"] + b" "}), "cohort.csv was changed"),
        (lambda parts: parts.pop("empty.csv"), "empty.csv is missing"),
        (lambda parts: parts.update({"more.csv": b"1"}), "more.csv is not in the manifest"),
    ],
)
def test_a_changed_copy_says_what_was_changed(change: Callable[[Parts], object], says: str) -> None:
    (wrong,) = verify_freeze(rewrite(freeze(), change)).wrong
    assert says in wrong


@pytest.mark.parametrize(
    "content",
    [
        b"", b"not a zip", freeze()[:200],
        rewrite(freeze(), lambda parts: parts.pop("manifest.json")),
        rewrite(freeze(), lambda parts: parts.update({"manifest.json": b"[]"})),
        rewrite(freeze(), lambda parts: parts.update({"manifest.json": b'{"files": {}}'})),
    ],
)  # fmt: skip
def test_what_is_no_frozen_copy_is_refused(content: bytes) -> None:
    with pytest.raises(FreezeError):
        verify_freeze(content)


def test_the_command_and_sha256sum_agree(tmp_path: Path, project: Path) -> None:
    file = tmp_path / "frozen.zip"
    file.write_bytes(freeze())
    verify = [sys.executable, "-m", "exchange", "verify", str(file)]
    found = subprocess.run(verify, cwd=project, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout.splitlines()[-1]) == (0, "2 files, as frozen")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "out")
    sums = ["sha256sum", "-c", "SHA256SUMS"]
    assert subprocess.run(sums, cwd=tmp_path / "out", capture_output=True, check=False).returncode == 0
    file.write_bytes(rewrite(freeze(), lambda parts: parts.update({"cohort.csv": b""})))
    found = subprocess.run(verify, cwd=project, capture_output=True, text=True, check=False)
    assert (found.returncode, "WRONG cohort.csv was changed" in found.stdout) == (1, True)
    file.write_bytes(b"no zip")
    assert subprocess.run(verify, cwd=project, capture_output=True, check=False).returncode == 2


def test_parquet_has_types_and_says_what_each_column_means() -> None:
    person = Participant(
        "P001", date(2026, 1, 2), True, enrolled_on=date(2026, 1, 9),
        reference=Reference("made", "CPA", "adrenal_left"),
        tests={"pentixafor": IndexRead(True, "positive", suv_max=15.25)},
        lesions=(Lesion("left", "adrenal_left", "present", {"pentixafor": "positive"}, {}),),
    )  # fmt: skip
    table = pq.read_table(io.BytesIO(write_parquet([person])))
    patient, lesion = table.to_pylist()
    assert (patient["screened_on"], patient["eligible"], patient["pentixafor_suv_max"]) == (
        date(2026, 1, 2),
        True,
        15.25,
    )
    assert (lesion["unit"], lesion["eligible"], lesion["pentixafor_suv_max"]) == ("lesion", None, None)
    assert table.schema.field("screened_on").metadata[b"says"] == b"Day of screening"
