"""A frozen copy: files in one zip with a manifest of their SHA-256, the program's version and the counts; and its verification.

`SHA256SUMS` inside lists the same sums in the form `sha256sum -c` checks.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.lesion import PROGRAM, RESEARCH_NOTE, program_version

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
LARGEST_BYTES = 2**31


class FreezeError(ValueError):
    """A file that is no frozen copy; one sentence."""


@dataclass(frozen=True)
class Frozen:
    """What a frozen copy says of itself, and what is not as it was: `wrong` is empty when all of it is."""

    frozen_at: datetime
    version: str
    counts: dict[str, int]
    files: tuple[str, ...]
    wrong: tuple[str, ...]


def write_freeze(
    files: Mapping[str, bytes], says: Mapping[str, str], counts: Mapping[str, int], at: datetime, note: str = ""
) -> bytes:
    """The zip; the same files at the same moment give the same bytes."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {
        "program": PROGRAM,
        "version": program_version(),
        "frozen_at": at.isoformat(),
        "note": f"{note} {RESEARCH_NOTE}".strip(),
        "counts": dict(counts),
        "files": {
            name: {"sha256": sums[name], "bytes": len(content), "says": says.get(name, "")}
            for name, content in files.items()
        },
    }
    extras = {
        MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8"),
        SUMS: "".join(f"{sums[name]}  {name}\n" for name in files).encode("utf-8"),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, **extras}.items():
            info = zipfile.ZipInfo(name, at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def verify_freeze(content: bytes) -> Frozen:
    """Every file compared with its manifest. Raises FreezeError when there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST_BYTES:
                raise FreezeError("The zip unpacks to more than 2 GB: this is no frozen copy of this program.")
            manifest = _read_manifest(archive)
            wrong = tuple(_compare_files(archive, manifest["files"]))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise FreezeError(f"This is no zip that can be read: {error}.") from None
    return Frozen(
        datetime.fromisoformat(manifest["frozen_at"]),
        str(manifest["version"]),
        manifest["counts"],
        tuple(manifest["files"]),
        wrong,
    )


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        datetime.fromisoformat(manifest["frozen_at"])
        known = all(isinstance(one["sha256"], str) for one in manifest["files"].values())
        known = known and isinstance(manifest["counts"], dict) and "version" in manifest
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile):
        known = False
    if not known:
        raise FreezeError(f"There is no {MANIFEST} of a frozen copy in this zip, or it cannot be read.")
    return manifest


def _compare_files(archive: zipfile.ZipFile, files: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    names = archive.namelist()
    for name, known in files.items():
        if names.count(name) != 1:
            yield f"{name} is missing" if name not in names else f"{name} is there {names.count(name)} times"
            continue
        try:
            found = hashlib.sha256(archive.read(name)).hexdigest()
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            yield f"{name} cannot be read: {error}"
            continue
        if found != known["sha256"]:
            yield f"{name} was changed: its SHA-256 is {found[:12]}…, the manifest says {known['sha256'][:12]}…"
    for name in sorted(set(names) - {*files, MANIFEST, SUMS}):
        yield f"{name} is not in the manifest"
