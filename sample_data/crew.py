"""Two processes that make or take in studies side by side, and stop together when interrupted."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # loading them takes a second, and each process should first learn how to end
    from sample_data.specs import StudySpec

Made = TypeVar("Made")


class CrewError(Exception):
    """A process was ended from outside; the message is one sentence."""


def work_through(
    make: "Callable[[StudySpec, Path], Made]", specs: "Sequence[StudySpec]", folder: Path, workers: int = 2
) -> Iterator[Made]:
    """make(spec, folder) for every spec, each as it is done. Raises CrewError when a process is lost."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=die_when_interrupted)
    try:
        for finished in as_completed([pool.submit(make, spec, folder) for spec in specs]):
            yield finished.result()
    except BrokenProcessPool as error:
        raise CrewError(
            "A process that makes the images was ended, perhaps for lack of memory; run it again."
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def die_when_interrupted() -> None:
    """Ctrl-C ends the helping processes at once and silently, and the first process says so."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
