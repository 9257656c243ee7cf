"""Compressed pixels by way of a second process, so that a damaged file can never bring this one down."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imaging.problem import ImagingError

_PROJECT = Path(__file__).resolve().parents[1]
_LENGTH_BYTES = 8
_PATIENCE_S = 60.0


class Unpacker:
    """Unpacks files one after another in a process that is started for the first; a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Unpacker":
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()

    def unpack(self, data: bytes, name: str) -> npt.NDArray[Any]:
        """All frames of a file: frames × rows × columns. ImagingError names the file and says what is wrong with it."""
        process = self._process or self._start()
        watch = threading.Timer(_PATIENCE_S, process.kill)
        watch.start()
        try:
            return self._ask(process, data, name)
        except (OSError, ValueError, EOFError):
            self._stop()
            says = f"The compressed pixels of {name} are so damaged that the decoder failed on them; send it again."
            raise ImagingError(says) from None
        finally:
            watch.cancel()

    def _ask(self, process: "subprocess.Popen[bytes]", data: bytes, name: str) -> npt.NDArray[Any]:
        if process.stdin is None or process.stdout is None:
            raise EOFError
        process.stdin.write(len(data).to_bytes(_LENGTH_BYTES, "little"))
        process.stdin.write(data)
        process.stdin.flush()
        head = json.loads(process.stdout.readline())
        if "error" in head:
            raise ImagingError(f"The compressed pixels of {name} cannot be read ({head['error']}); send it again.")
        pixels = np.empty(head["shape"], dtype=np.dtype(head["dtype"]))
        if process.stdout.readinto(pixels.reshape(-1).view(np.uint8).data) < pixels.nbytes:  # type: ignore[attr-defined]
            raise EOFError
        return pixels

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "imaging.unpacking"]
        self._process = subprocess.Popen(
            command, cwd=_PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)
        process.wait()


def _close(pipe: Any) -> None:
    """Closing a pipe whose reader is gone may still try to write."""
    try:
        pipe.close()
    except OSError:
        return
