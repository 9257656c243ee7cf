"""From a key on the slice slider to the next picture decoded on the screen: the imaging page beside a bare Streamlit app.

Prints JSON. Both run in the same headless Chromium, in turns; the bare app (parts/bare_slider.py) shows pictures of the
same size that were made before. "at_ease" waits until the page rests before the next key, "in_a_row" presses it as
soon as the picture has come. It works on a copy of the prepared trial (CUSHING_DATA or var) and changes nothing there.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from benchmarks.open_pages import Numbers, prepared_trial, spread  # noqa: E402
from benchmarks.parts.session import run_server  # noqa: E402
from imaging.orientation import turn_to_patient_axes  # noqa: E402
from imaging.render import View, body_extent, render_slice  # noqa: E402
from imaging.volume import read_volume  # noqa: E402
from imaging.window import suggest_window  # noqa: E402

BARE = ["streamlit", "run", str(Path(__file__).parent / "parts" / "bare_slider.py")]
PATIENT, TRACER = "P003", "68Ga-Pentixafor"
LIMIT = 1.5
SIZE_PX = 520
TURN = 10
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PICTURES = {"ours": "[data-testid='stMain'] img[alt^='Axial']", "bare": "[data-testid='stMain'] img"}

# From the key to the moment the browser has decoded the picture that came for it.
WATCH = """image => {
  const before = image.src, root = image.getRootNode(), pick = () => [...root.querySelectorAll("img")]
    .find(one => one.src !== before && (one.isConnected));
  window.shown = new Promise((resolve, reject) => {
    let pressed;
    setTimeout(() => reject(new Error("no new picture within 30 s")), 30000);
    addEventListener("keydown", () => { pressed = performance.now(); }, {capture: true, once: true});
    const look = async () => {
      const next = pick();
      if (!next || pressed === undefined) return;
      seen.disconnect();
      await next.decode();
      resolve(performance.now() - pressed);
    };
    const seen = new MutationObserver(look);
    seen.observe(root, {subtree: true, childList: true, attributes: true, attributeFilter: ["src"]});
  });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=40, help="key presses that count, each way")
    asked = parser.parse_args()
    with prepared_trial() as folder, tempfile.TemporaryDirectory() as pictures:
        count = write_pictures(folder, Path(pictures))
        environment = {"CUSHING_DATA": str(folder), "DATABASE_URL": "", "PACS_URL": ""}
        with run_server(["views"], environment) as ours, run_server(BARE, {"PICTURES": pictures}) as bare:
            ports = {"ours": (ours, f"imaging?patient={PATIENT}"), "bare": (bare, "")}
            times = measure_both(ports, asked.moves)
    print(json.dumps({"benchmark": "slider", "limit": LIMIT, "slices": count, **compare(times)}, indent=2))


def write_pictures(data_folder: Path, folder: Path) -> int:
    """Every axial slice of the patient's fused scan, as the viewer would draw it."""
    pet, ct = (
        turn_to_patient_axes(read_volume(data_folder / "volumes" / f"{PATIENT}_{TRACER}_{modality}.npz"))
        for modality in ("PT", "CT")
    )
    window, view = suggest_window(pet, TRACER), View(body_extent(pet), crosshair=True)
    for number in range(pet.values.shape[0]):
        at_mm = pet.point_at((pet.values.shape[2] / 2, pet.values.shape[1] / 2, float(number)))
        drawn = render_slice(pet, ct, "axial", at_mm, window, "fused", (), SIZE_PX, view)
        (folder / f"{number:04d}.jpg").write_bytes(drawn.data)
    return int(pet.values.shape[0])


def measure_both(ports: dict[str, tuple[int, str]], moves: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each move by app and way, the two apps in turns so that a busy machine slows both."""
    times: dict[str, dict[str, list[float]]] = {app: {"at_ease": [], "in_a_row": []} for app in ports}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        pages = {app: open_page(browser, *place) for app, place in ports.items()}
        for app, page in pages.items():
            turn(page, app, TURN, rest=True)
        for way in ("at_ease", "in_a_row"):
            for start in range(0, moves, TURN):
                for app, page in pages.items():
                    times[app][way] += turn(page, app, min(TURN, moves - start), rest=way == "at_ease")
        browser.close()
    return times


def find_chromium() -> str:
    path = shutil.which("chromium")
    if path is None:
        sys.exit("Chromium is not installed: sudo apt-get install chromium")
    return path


def open_page(browser: Browser, port: int, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://127.0.0.1:{port}/{address}")
    page.wait_for_selector(IDLE, timeout=60_000)
    return page


def turn(page: Page, app: str, moves: int, *, rest: bool) -> list[float]:
    """That many keys on the slider of the page in front; back at the end, so that no turn reaches the last slice."""
    page.bring_to_front()
    thumb = find_thumb(page)
    thumb.focus()
    picture = page.locator(PICTURES[app]).first
    times = []
    for move in range(moves):
        if rest or move == 0:
            page.wait_for_timeout(700)
            page.wait_for_selector(IDLE)
        picture.evaluate(WATCH)
        page.keyboard.press("ArrowRight" if move < (moves + 1) // 2 else "ArrowLeft")
        times.append(float(page.evaluate("window.shown")))
    return times


def find_thumb(page: Page) -> Locator:
    slider = page.get_by_test_id("stSlider").filter(has_text="Slice of")
    return slider.get_by_role("slider").first


def compare(times: dict[str, dict[str, list[float]]]) -> Numbers:
    """Median and 95th percentile of each, and how many times the bare app's they are."""
    found: dict[str, Any] = {"load": [round(one, 2) for one in os.getloadavg()]}
    for way in ("at_ease", "in_a_row"):
        ours, bare = spread(times["ours"][way]), spread(times["bare"][way])
        ratio = {name.replace("_ms", "_ratio"): round(ours[name] / bare[name], 2) for name in ours}
        found[way] = {"moves": len(times["ours"][way]), "ours": ours, "bare": bare, **ratio}
        found[way]["meets"] = ratio["median_ratio"] <= LIMIT
    return found


if __name__ == "__main__":
    main()
