"""Every page in light and dark, on a wide and a narrow window: nothing breaks, nothing is empty, no code shows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.board import Board

pytestmark = pytest.mark.browser
BANNER = "Research use in NCT07350707; not a medical device"
PAGES = {
    "": ("All (", "Import"),
    "review?patient=P003": ("What speaks", "What it suggests", "90 % set", "Where", "Images", "Results", "Pathway"),
    "review": ("Choose a patient in the sidebar or in the worklist.",),
    "review?patient=P999": ("There is no patient “P999” here. Check the pseudonym.",),
    "imaging?patient=P003": ("Imaging · P003", "SUV from:", "Measure at the crosshair", "CT of the same study"),
    "imaging": ("upload a PET/CT",),
    "patient_form": ("New patient", "Pseudonym", "Results", "Images", "Save"),
    "progress": ("Enrolment", "How sure it will be", "Flow (STARD 2015)", "published numbers agree"),
    "readers": ("Agreement", "Read differently", "Sources that disagree"),
    "cohort": ("Enrolment", "Reference diagnoses", "Uptake by subtype and tracer", "Completeness"),
    "import_export": ("In: from REDCap", "Data dictionary (CSV)", "Record export (CSV)"),
    "import_export?exchange_side=Out%3A+data+files": ("Data files", "Prepare the files", "Verify a frozen copy"),
    "accuracy": ("Result against reference", "Likelihood ratios", "Partly verified"),
    "accuracy?accuracy_unit=Per+lesion": ("A lesion is a place the report looks at",),
    "accuracy?accuracy_part=Cut-off": ("Curve", "Who changes side", "Net benefit", "Published cut-offs"),
    "accuracy?accuracy_part=Head+to+head": ("paired of 160 patients", "What each test adds", "Every target"),
    "accuracy?accuracy_part=Inconclusive": ("are inconclusive for this target", "Inconclusive reads ("),
    "accuracy?accuracy_part=Published+rules": ("At the printed cut", "Best cut here"),
    "screening": ("screened:", "Why not", "Everybody screened"),
    "quality": ("to check", "Completeness", "Missing in"),
    "teaching": ("Case 1", "The patient", "What do you think?"),
    "evidence": ("Evidence", "The program:"),
    "evidence?evidence_part=What+this+trial+adds": (
        "68Ga-Pentixafor",
        "68Ga-DOTATATE",
        "In print",
        "Together",
        "Counted",
    ),
    "model?patient=P003": ("Learned model", "never instead of it", "both side by side", "Save the model"),
}
CODE = re.compile(r"\b(adrenal_left|adrenal_right|not_suppressed|acth_plasma|ufc_24h|None|nan|NaN|undefined)\b")


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 1024)])
def test_every_page_is_whole(board: Board, theme: str, width: int) -> None:
    board.page.emulate_media(color_scheme=theme)
    board.page.set_viewport_size({"width": width, "height": 900})
    for path, texts in PAGES.items():
        board.open(f"/{path}")
        board.see(BANNER, *texts)
        board.step(re.sub(r"\W+", "-", path) or "worklist")
        says = board.main.inner_text()
        assert not CODE.search(says), CODE.search(says)
        look_for_empty_boxes(board)


def look_for_empty_boxes(board: Board) -> None:
    """Every chart, table and picture of the page has a size and something in it; nothing sticks out sideways."""
    for chart in board.main.get_by_test_id("stVegaLiteChart").all():
        expect(chart.locator("svg path").first).to_be_attached()
    for table in board.main.get_by_test_id("stDataFrame").all():
        if table.is_visible():  # one in a closed box is drawn when the box is opened
            expect(table.locator("canvas td").first).to_be_attached()
    for picture in board.main.locator("img[src]").all():
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert board.main.evaluate("main => main.scrollWidth - main.clientWidth") <= 1
