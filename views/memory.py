"""What lives as long as the server is taken out of the rounds of Python's garbage collector. No Streamlit.

Streamlit collects garbage after every run of the script, also after a slice was moved. Going through all that was ever
imported took 150 ms each time, and while it lasted no picture could be sent.
"""

import gc
import sys
from dataclasses import dataclass


@dataclass
class _Settled:
    modules: int = 0


_settled = _Settled()


def settle_memory() -> None:
    """Where modules were imported since the last call, let the collector pass by everything that is there now."""
    if len(sys.modules) > _settled.modules:
        gc.collect()
        gc.freeze()
        _settled.modules = len(sys.modules)
