"""Draws a figure whose specification is made once: the same data gives the same figure, and making one takes long.

Altair holds every part of a figure against the schema of Vega-Lite, which takes longer than all the rest. What a builder
draws is held against it the first time; other data do not change its shape.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import streamlit as st
from altair.utils import schemapi
from streamlit.elements.vega_charts import _convert_altair_to_vega_lite_spec

schemapi.DEBUG_MODE = False  # parts are not checked one by one as they are made: the whole is, below
alt.data_transformers.enable("default", max_rows=None)  # a saved picture has every patient, however many
_checked: set[str] = set()


@dataclass(frozen=True)
class _Written:
    """A figure as Streamlit asks for it, written without another look at the schema."""

    chart: Any

    def to_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = self.chart.to_dict(validate=False)
        return found


def show_figure(
    build: Callable[..., Any],
    *inputs: Any,
    says: str,
    key: str | None = None,
    selection: str | None = None,
    react: Callable[[], None] | None = None,
) -> Any:
    """Draw `build(*inputs)`, an Altair chart; `says` tells it in words. With `selection`, what was clicked comes back.

    `react` is called on a click before the page is drawn again, so that it may still change another control.
    `build` must be a named function and depend on nothing but its inputs.
    """
    builders = [one for one in (build, *inputs) if callable(one)]  # one that adds a note is given the one that draws
    name = " ".join(f"{one.__module__}.{one.__qualname__}" for one in builders)
    spec = _specify(name, pickle.dumps(inputs), build, inputs)
    if selection is None:
        return st.vega_lite_chart(spec=spec, key=key, alt=says)
    return st.vega_lite_chart(spec=spec, key=key, alt=says, on_select=react or "rerun", selection_mode=selection)


@st.cache_data(max_entries=256, show_spinner=False)
def _specify(name: str, same: bytes, _build: Callable[..., Any], _inputs: tuple[Any, ...]) -> Any:
    chart, known = _build(*_inputs), name in _checked
    # Streamlit's own step between st.altair_chart and st.vega_lite_chart, so that the figure is the same to the byte.
    spec = _convert_altair_to_vega_lite_spec(_Written(chart) if known else chart)  # type: ignore[arg-type]
    _checked.add(name)
    return spec
