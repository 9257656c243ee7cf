"""How long the server works on every page of the trial, with 160 and with 10,000 synthetic patients.

Prints JSON with the load of the machine, since these are times by the clock; `worst_cpu_ms` is the processor's own. Every
page runs whole, through the router, in this process by Streamlit's own AppTest. `first_ms`: the first visit after everything
kept in memory was thrown away; `warm_ms`: the same page again (median); `changed_ms`: the page after a choice, a filter or a
cut-off was moved to where it had not been (median), `worst_ms` the slowest of these. The warm page and the slowest change
are held to the limit. The store is made once under `--folder`, or in a temporary one; 10,000 patients take minutes.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

LIMITS_MS = {160: 400, 10_000: 3000}
TIMEOUT_S = 600
ACCURACY = {
    "diagnosis": ["CD", "EAS", "CPA"],
    "accuracy_inconclusive": ["as_positive", "as_negative"],
    "accuracy_test": ["dotatate"],
}
CUTS = [4.1, 5.2, 6.3, 7.4, 8.5]
Numbers = dict[str, Any]


@dataclass(frozen=True)
class Visit:
    """A page or a part of it: its file, the address it is opened by, and what is then changed by widget."""

    name: str
    page: str
    address: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def list_visits() -> list[Visit]:
    part, tab = "accuracy_part", "quality_part"
    suv = "accuracy_cut_suv_max_pentixafor"
    return [
        Visit("Worklist", "patients", changes={"worklist_tab": ["unread", "conflicts", "all"]}),
        Visit("Progress", "progress", changes={"progress_share": [70, 80], "flow_test": ["Conventional imaging"]}),
        Visit("Cohort", "cohort", changes={"cohort_place": ["pituitary", "all"], "cohort_unit": ["lesion"]}),
        Visit("Accuracy: one test", "accuracy", {part: "One test"}, ACCURACY),
        Visit("Accuracy: per lesion", "accuracy", {part: "One test", "accuracy_unit": "Per lesion"}, ACCURACY),
        Visit("Accuracy: cut-off", "accuracy", {part: "Cut-off"}, {suv: CUTS, "diagnosis": ["CD", "CPA"]}),
        Visit(
            "Accuracy: cut-off per lesion",
            "accuracy",
            {part: "Cut-off", "accuracy_unit": "Per lesion"},
            {suv: CUTS, "diagnosis": ["CD", "CPA"]},
        ),
        Visit("Accuracy: ACTH cut-off", "accuracy", {part: "Cut-off", "accuracy_index": "ACTH"}),
        Visit("Accuracy: head to head", "accuracy", {part: "Head to head"}, ACCURACY),
        Visit("Accuracy: inconclusive", "accuracy", {part: "Inconclusive"}, {"accuracy_share": [5, 95], **ACCURACY}),
        Visit("Accuracy: published rules", "accuracy", {part: "Published rules"}, ACCURACY),
        Visit("Learned model", "model", changes={"model_who": ["engine"]}),
        Visit("Readers", "readers", changes={"readers_field": ["Subtype", "Site"], "readers_weights": ["linear"]}),
        Visit("Screening", "screening", changes={"screening_decision": [["not_enrolled"], ["enrolled"]]}),
        Visit("Data quality: completeness", "quality"),
        *(Visit(f"Data quality: {name.lower()}", "quality", changes={tab: [name]}) for name in QUALITY),
        Visit("Import and export: in", "import_export"),
        Visit("Import and export: out", "import_export", {"exchange_side": "Out: data files"}),
    ]


QUALITY = ("Findings", "Queries", "Intervals and safety", "Since the last snapshot")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=list(LIMITS_MS))
    parser.add_argument("--folder", type=Path, help="where the stores are kept; made where they are not there")
    parser.add_argument("--only", default="", help="only visits whose name holds this")
    parser.add_argument("--repeats", type=int, default=3, help="warm runs of each page")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = [measure_trial(asked.folder or Path(name), patients, asked) for patients in asked.patients]
    print(json.dumps({"benchmark": "trial_pages", "trials": found}, indent=2, ensure_ascii=False))


def measure_trial(base: Path, patients: int, asked: argparse.Namespace) -> Numbers:
    """Every page of a trial of so many patients; the larger limit holds from above 160 patients."""
    from benchmarks.parts.large_trial import make_trial

    folder = base / str(patients)
    os.environ |= {"CUSHING_DATA": str(folder), "DATABASE_URL": "", "PACS_URL": ""}
    made = time_ms(lambda: make_trial(folder, patients))
    limit = LIMITS_MS[160] if patients <= 160 else LIMITS_MS[10_000]
    visits = [one for one in list_visits() if asked.only.lower() in one.name.lower()]
    pages = {one.name: judge(measure_visit(one, asked.repeats), limit) for one in visits}
    return {
        "patients": patients,
        "store_made_s": round(made / 1000, 1),
        "limit_ms": limit,
        "load": round(os.getloadavg()[0], 2),
        "pages": pages,
        "missed": [name for name, page in pages.items() if not page["meets"]],
    }


def measure_visit(visit: Visit, repeats: int) -> Numbers:
    import streamlit as st

    st.cache_data.clear()
    st.cache_resource.clear()
    app = open_page(visit)
    first, _ = run(app)
    warm = [run(app) for _ in range(repeats)]
    steps = [(key, value) for key, values in visit.changes.items() for value in values]
    changed = [(*run(app, key, value), f"{key} = {value}") for key, value in steps]
    found: Numbers = {"first_ms": round(first), "warm_ms": round(median(ms for ms, _ in warm))}
    if changed:
        found |= {"changed_ms": round(median(one[0] for one in changed)), "worst_ms": round(max(changed)[0])}
        found |= {"worst": max(changed)[2], "worst_cpu_ms": round(max(one[1] for one in changed))}
    return found


def judge(page: Numbers, limit: int) -> Numbers:
    return page | {"meets": max(page["warm_ms"], page.get("worst_ms", 0)) < limit}


def open_page(visit: Visit) -> Any:
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=TIMEOUT_S)
    app.switch_page(f"pages/{visit.page}.py")
    for name, value in visit.address.items():
        app.query_params[name] = value
    return app


def run(app: Any, key: str | None = None, value: Any = None) -> tuple[float, float]:
    """Milliseconds of one run of the page by clock and processor, after a widget was given a value; a failed page stops."""
    if key is not None:
        # Several may be chosen of the subtypes.
        app.session_state[key] = [value] if key == "diagnosis" else value
    before = time.process_time()
    needed = time_ms(lambda: app.run())
    cpu = (time.process_time() - before) * 1000
    if app.exception:
        sys.exit(f"{key} = {value}: {app.exception[0].message}")
    return needed, cpu


def time_ms(work: Any) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
