"""The files of a folder, a zip or a single file, listed without unpacking anything to disk.

An upload is not trusted: links are not followed, names that point outside are refused, an archive that would unpack to
more than it should is refused before a byte of it is read, and an archive inside an archive is not opened.
"""

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from imaging.problem import ImagingError

MOST_FILES = 200_000
MOST_BYTES = 16 * 2**30
LARGEST_FILE = 2**30
# A DICOM of mostly air shrinks a few hundredfold; a bomb a thousandfold and to gigabytes.
_BOMB_RATIO, _BOMB_BYTES = 500, 2**30
_SYSTEM_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, order=True)
class Source:
    """Where a file's bytes are: a file on disk, or a member of a zip on disk."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        return f"{self.path.name}/{self.member}" if self.member else str(self.path)


@dataclass(frozen=True)
class Rejected:
    """A file that was not used, and why, in a sentence."""

    file: str
    because: str


class OpenSources:
    """Opens sources one after another, keeping each zip open between them; a context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._zips: dict[Path, zipfile.ZipFile] = {}

    def __enter__(self) -> "OpenSources":
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def open(self, source: Source) -> BinaryIO:
        """A seekable stream; a zip's member is unpacked in memory, bounded by its declared size."""
        try:
            if source.member is None:
                return source.path.open("rb")
            return io.BytesIO(self._zip(source.path).read(source.member))
        except _DAMAGE as error:
            raise _damaged(source, error) from None

    def head(self, source: Source, size: int = 136) -> bytes:
        """The first bytes, without unpacking the rest."""
        try:
            with self._zip(source.path).open(source.member) if source.member else source.path.open("rb") as stream:
                return stream.read(size)
        except _DAMAGE as error:
            raise _damaged(source, error) from None

    def _zip(self, path: Path) -> zipfile.ZipFile:
        if path not in self._zips:
            self._zips[path] = self._stack.enter_context(zipfile.ZipFile(path))
        return self._zips[path]


_DAMAGE = (OSError, EOFError, RuntimeError, ValueError, KeyError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error)


def _damaged(source: Source, error: BaseException) -> ImagingError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ImagingError(f"{source.name} cannot be read ({reason}); send it again.")


def list_sources(path: Path) -> tuple[list[Source], list[Rejected]]:
    """Every file under a path, sorted by name, and what was refused before opening it."""
    if not path.exists():
        raise ImagingError(f"{path} does not exist; give a folder, a zip or a DICOM file.")
    sources: list[Source] = []
    rejected: list[Rejected] = []
    for file in _walk(path, rejected):
        _take(file, sources, rejected)
        if len(sources) > MOST_FILES:
            raise ImagingError(f"{path} holds more than {MOST_FILES:,} files; send one patient's study at a time.")
    return sources, rejected


def _walk(path: Path, rejected: list[Rejected]) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = sorted(set(folders) - set(linked) - {"__MACOSX"})
        rejected += [Rejected(str(Path(folder) / name), _LINK) for name in linked]
        yield from (Path(folder) / name for name in sorted(names) if not _is_system_file(name))


def _is_system_file(name: str) -> bool:
    return name in _SYSTEM_FILES or name.startswith("._")


_LINK = "It is a link to somewhere else and was not followed; send the file itself."


def _take(file: Path, sources: list[Source], rejected: list[Rejected]) -> None:
    if file.is_symlink():
        rejected.append(Rejected(str(file), _LINK))
    elif not stat.S_ISREG(file.stat().st_mode):
        rejected.append(Rejected(str(file), "It is not a regular file."))
    elif _is_zip(file):
        _take_zip(file, sources, rejected)
    else:
        sources.append(Source(file))


def _is_zip(file: Path) -> bool:
    with file.open("rb", buffering=0) as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _take_zip(file: Path, sources: list[Source], rejected: list[Rejected]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        rejected.append(Rejected(str(file), f"The zip is damaged or incomplete ({error}); make it again."))
        return
    bomb = _bomb(members)
    if bomb:
        rejected.append(Rejected(str(file), bomb))
        return
    for info in sorted(members, key=lambda one: one.filename):
        if "__MACOSX" in info.filename or _is_system_file(PurePosixPath(info.filename).name):
            continue
        because = _refuse_member(info)
        if because:
            rejected.append(Rejected(f"{file.name}/{info.filename}", because))
        else:
            sources.append(Source(file, info.filename))


def _bomb(members: list[zipfile.ZipInfo]) -> str | None:
    whole, packed = sum(info.file_size for info in members), sum(info.compress_size for info in members)
    if whole > MOST_BYTES or (whole > _BOMB_BYTES and whole > _BOMB_RATIO * max(packed, 1)):
        return f"The zip would unpack to {whole / 2**30:.1f} GB and was not opened; send one patient's study at a time."
    if len(members) > MOST_FILES:
        return f"The zip holds {len(members):,} files and was not opened; send one patient's study at a time."
    return None


def _refuse_member(info: zipfile.ZipInfo) -> str | None:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or (parts.parts and ":" in parts.parts[0]):
        return "Its name points outside the zip; it was not read. Make the zip again from the study's folder."
    if stat.S_ISLNK(info.external_attr >> 16):
        return _LINK
    if info.flag_bits & 1:
        return "It is protected by a password; make the zip again without one."
    if info.file_size > LARGEST_FILE:
        return f"It would unpack to {info.file_size / 2**30:.1f} GB, more than any one image; it was not read."
    return None
