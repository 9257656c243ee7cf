"""A projection that is turned in the browser: by hand, or by itself. Drawn from this folder, offline."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from imaging.render import Picture

_HTML = """<img draggable='false'>
<div class='turn'><button type='button'>Turn</button><input type='range' min='0' step='1' value='0' aria-label='Seen from'>
<output></output></div>"""
_CSS = """
img {max-width: 100%; display: block; margin: 0 auto;}
.turn {display: flex; gap: 0.75rem; align-items: center; margin-top: 0.5rem; font-family: var(--st-font);}
input {flex: 1; accent-color: var(--st-primary-color);}
button {font: inherit; color: inherit; background: transparent; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); padding: 0.25rem 0.75rem; min-width: 4.5rem; cursor: pointer;}
output {color: var(--st-text-color); font-size: 0.875rem; min-width: 9rem;}
"""
_component = st.components.v2.component(
    "cushing_board.turning_picture",
    html=_HTML,
    css=_CSS,
    js=Path(__file__).with_name("turning_picture.js").read_text(encoding="utf-8"),
)


def show_turning(
    pictures: Sequence[Picture], says: Sequence[str], key: str, height_px: int, on_click: Callable[[], None] | None
) -> None:
    """Draw them as one picture that turns; a click leaves its place and the picture's number under `key`."""
    _component(
        key=key,
        data={
            "pictures": [b64encode(one.data).decode("ascii") for one in pictures],
            "alts": [one.alt for one in pictures],
            "says": list(says),
            "height": height_px,
            "clickable": on_click is not None,
        },
        on_clicked_change=on_click or _nothing,
    )


def _nothing() -> None:
    """The other tracer's projection lies in another scan, where the crosshair is not."""
