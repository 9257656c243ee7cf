"""A chart as a picture file, drawn on this machine with the fonts that come with the drawing library: no network."""

from typing import Any

import altair as alt
import vl_convert


def write_svg(chart: alt.TopLevelMixin) -> bytes:
    """The chart as SVG (UTF-8 bytes), for documents and posters."""
    return vl_convert.vegalite_to_svg(_describe(chart), allowed_base_urls=[]).encode("utf-8")


def write_png(chart: alt.TopLevelMixin, scale: float = 2.0) -> bytes:
    """The chart as PNG bytes, `scale` times its size in points."""
    return bytes(vl_convert.vegalite_to_png(_describe(chart), scale=scale, allowed_base_urls=[]))


def _describe(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The chart's specification with its data inside; "width: container" has no meaning outside a page."""
    spec: dict[str, Any] = chart.to_dict()
    if spec.get("width") == "container":
        spec["width"] = 480
    return spec
