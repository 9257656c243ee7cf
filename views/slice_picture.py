"""A picture that answers to click and wheel: the smallest component that can, drawn from this folder, offline."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from imaging.render import Picture

_CSS = "img {max-width: 100%; cursor: crosshair; display: block; margin: 0 auto;}"
_component = st.components.v2.component(
    "cushing_board.slice_picture",
    html="<img draggable='false'>",
    css=_CSS,
    js=Path(__file__).with_name("slice_picture.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Wheel:
    """What the wheel does over a picture: it asks for another of `slices`, counted from 0, and `on_turn` goes there."""

    slice: int
    slices: int
    on_turn: Callable[[], None]


@dataclass(frozen=True)
class Rest:
    """What happens once the reader rests at a picture: `on_rest`, a moment after the last of them was drawn."""

    on_rest: Callable[[], None]


def show_picture(
    picture: Picture,
    key: str,
    on_click: Callable[[], None],
    wheel: Wheel | None,
    height_px: int,
    rest: Rest | None = None,
) -> None:
    """Draw a picture at most `height_px` high; the callbacks run before the next drawing, their event under `key`."""
    _component(
        key=key,
        data={
            "picture": b64encode(picture.data).decode("ascii"),
            "media_type": picture.media_type,
            "alt": picture.alt,
            "slice": wheel.slice if wheel else None,
            "slices": wheel.slices if wheel else 0,
            "max_height": height_px,
            "follow": rest is not None,
        },
        on_clicked_change=on_click,
        on_scrolled_change=wheel.on_turn if wheel else _nothing,
        on_rested_change=rest.on_rest if rest else _nothing,
    )


def _nothing() -> None:
    """A projection has no slices to turn, and not every picture is followed by numbers."""
