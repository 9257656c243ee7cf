"""Two CTs being aligned beside the page, which stays usable; can be called off. No Streamlit."""

from dataclasses import dataclass, field
from threading import Event, Thread

from imaging.problem import ImagingError
from imaging.register import Registration, register_rigid
from imaging.volume import Volume


class _CalledOff(Exception):
    """Raised inside the search to end it."""


@dataclass
class AlignJob:
    """One alignment: `share` from 0 to 1 while it is `running`; then `found`, or `error` in a sentence, or neither."""

    fixed_ct: Volume
    moving_ct: Volume
    share: float = 0.0
    running: bool = True
    found: Registration | None = None
    error: str | None = None
    _stop: Event = field(default_factory=Event)

    def start(self) -> None:
        # A daemon: a server that is shut down does not wait for a search.
        Thread(target=self._run, name="align", daemon=True).start()

    def stop(self) -> None:
        """End it at its next step; nothing is found."""
        self._stop.set()

    def _run(self) -> None:
        try:
            self.found = register_rigid(self.fixed_ct, self.moving_ct, self._tell)
        except _CalledOff:
            pass
        except ImagingError as refusal:
            self.error = str(refusal)
        except Exception as mistake:  # a thread has nobody to tell: the page says it instead
            self.error = f"The two CTs could not be aligned ({type(mistake).__name__}); nothing is changed."
        self.running = False

    def _tell(self, share: float) -> None:
        self.share = share
        if self._stop.is_set():
            raise _CalledOff
