"""Settings of the coverage benchmark that are drawn patient by patient: areas, lesions, SUV of readers, weights, enrolment."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from benchmarks.parts.coverage_settings import Ends, Setting, ends

START = date(2026, 1, 5)
SYMMETRY = {"area": "", "on_logit": " on the logit"}


def list_models() -> Iterator[Setting]:
    yield from list_areas()
    yield from list_clustered_areas()
    yield from list_lesions()
    yield from list_reliability()
    yield from list_bland_altman()
    yield from list_weights()
    yield from list_enrolment()


def list_areas() -> Iterator[Setting]:
    from trial.roc import compare_auc, estimate_auc

    for cases, controls, truth in ((50, 70, 0.76), (30, 30, 0.9), (15, 40, 0.95)):
        labels, shift = np.repeat([1, 0], [cases, controls]), float(ndtri(truth)) * sqrt(2)

        for way in ("area", "on_logit"):

            def draw(rng: Any, labels: Any = labels, shift: float = shift, way: str = way) -> Ends:
                return ends(getattr(estimate_auc(labels, rng.normal(shift * labels, 1)), way))

            yield Setting(f"DeLong{SYMMETRY[way]}, area {truth:g}, {cases} and {controls}", truth, draw)
    labels = np.repeat([1, 0], [40, 60])

    def draw_two(rng: Any) -> Ends:
        shared = rng.normal(size=100)
        a, b = (shift * labels + sqrt(0.5) * (shared + rng.normal(size=100)) for shift in (1.5, 1.0))
        return ends(compare_auc(labels, a, b).difference)

    yield Setting("DeLong, difference, 40 and 60", float(ndtr(1.5 / sqrt(2)) - ndtr(1 / sqrt(2))), draw_two)


def list_clustered_areas() -> Iterator[Setting]:
    """One to four places in a patient, three in ten with the target, half of the spread the patient's own."""
    from trial.clustered_roc import compare_clustered_auc, estimate_clustered_auc

    def draw_places(rng: Any, patients: int) -> tuple[Any, Any, Any]:
        owners = np.repeat(np.arange(patients), rng.integers(1, 5, patients))
        return owners, (rng.random(len(owners)) < 0.3).astype(int), rng.normal(size=patients)[owners]

    def score(rng: Any, labels: Any, shared: Any, shift: float) -> Any:
        return shift * labels + sqrt(0.5) * (shared + rng.normal(size=len(labels)))

    for patients in (30, 80):

        def draw(rng: Any, way: str, patients: int = patients) -> Ends:
            owners, labels, shared = draw_places(rng, patients)
            return ends(getattr(estimate_clustered_auc(labels, score(rng, labels, shared, 1.2), owners).auc, way))

        def draw_two(rng: Any, patients: int = patients) -> Ends:
            owners, labels, shared = draw_places(rng, patients)
            a, b = (score(rng, labels, shared, shift) for shift in (1.2, 0.8))
            return ends(compare_clustered_auc(labels, a, b, owners).difference)

        # Two places of one patient differ by less; they are few among all pairs, and the area counts all pairs alike.
        within = 1.5 / (2.5 * patients - 1)
        areas = [float((1 - within) * ndtr(s / sqrt(2)) + within * ndtr(s)) for s in (1.2, 0.8)]
        for way, says in SYMMETRY.items():
            one = partial(draw, way=way)
            yield Setting(f"clustered area{says}, {patients} patients", areas[0], one)
        yield Setting(f"clustered difference of areas, {patients} patients", areas[0] - areas[1], draw_two)


def list_lesions() -> Iterator[Setting]:
    from trial.clustered import estimate_clustered_proportion

    for patients, share in ((25, 0.8), (60, 0.8), (60, 0.95)):

        def draw(rng: Any, patients: int = patients, share: float = share) -> Ends:
            own = rng.beta(2 * share, 2 * (1 - share), patients)
            sizes = rng.integers(1, 6, patients)
            clusters = [(rng.random(n) < p).astype(int).tolist() for n, p in zip(sizes, own, strict=True)]
            return ends(estimate_clustered_proportion(clusters).estimate)

        yield Setting(f"clustered proportion, {share:g}, {patients} patients", share, draw)


def list_reliability() -> Iterator[Setting]:
    """Three readers of 30 lesions; subjects vary by 1, readers by 0.2 where they do, the rest by 0.4 (variances)."""
    from trial.reliability import estimate_icc

    for name, truth, spread in (("icc1", 1 / 1.4, 0.0), ("icc2", 1 / 1.6, 0.2), ("icc3", 1 / 1.4, 0.0)):
        for suffix, value in (("", truth), ("k", 3 * truth / (1 + 2 * truth))):

            def draw(rng: Any, name: str = name + suffix, spread: float = spread) -> Ends:
                readers = sqrt(spread) * rng.normal(size=3) if spread else np.array([0, 0, 0.0])
                if name.startswith("icc3"):
                    readers = np.array([0.0, 1.0, -1.0])
                table = rng.normal(size=(30, 1)) + readers + sqrt(0.4) * rng.normal(size=(30, 3))
                return ends(getattr(estimate_icc(table.tolist()), name))

            yield Setting(f"{name}{suffix}, 3 readers, 30 lesions", value, draw)


def list_bland_altman() -> Iterator[Setting]:
    from trial.reliability import compare_values

    for field, truth in (("bias", 0.3), ("upper_limit", 0.3 + float(ndtri(0.975)))):
        for n in (20, 60):

            def draw(rng: Any, n: int = n, field: str = field) -> Ends:
                first = rng.normal(10, 3, n)
                return ends(getattr(compare_values(first + rng.normal(0.3, 1, n), first), field))

            yield Setting(f"Bland and Altman, {field}, {n}", truth, draw)


def list_weights() -> Iterator[Setting]:
    """DOTATATE mostly in ectopic ACTH and where Pentixafor found nothing; not everybody has a reference diagnosis."""
    from trial.paired_weights import weigh_comparison
    from trial.participant import IndexRead, Participant, Reference
    from trial.targets import load_plan

    # Share of patients, found by Pentixafor, found by DOTATATE, chance of DOTATATE.
    kinds = {"CD": (0.45, 0.8, 0.35, 0.5), "EAS": (0.15, 0.5, 0.85, 0.95), "CPA": (0.4, 0.15, 0.1, 0.5)}
    reads = {True: IndexRead(True, "positive", "CD"), False: IndexRead(True, "negative")}
    target = load_plan().targets["acth_dependent"]

    def draw(rng: Any, name: str) -> Ends:
        people = []
        for number, truth in enumerate(rng.choice(list(kinds), 160, p=[one[0] for one in kinds.values()])):
            _, *chances = kinds[str(truth)]
            one, other = rng.random() < chances[0], rng.random() < chances[1]
            tests = {"pentixafor": reads[one]}
            if rng.random() < chances[2] * (0.7 if one else 1):
                tests["dotatate"] = reads[other]
            known = rng.random() < (0.95 if one else 0.8)
            reference = Reference("made", str(truth)) if known else Reference("not_done")
            people.append(Participant(str(number), eligible=True, reference=reference, tests=tests))
        found = weigh_comparison(people, "pentixafor", "dotatate", target)
        return ends(getattr(found, name).difference)

    for name, value in (("sensitivity", 0.25), ("specificity", -0.05)):
        yield Setting(f"weighted {name} difference, 160", value, lambda rng, name=name: draw(rng, name), every=5)


def list_enrolment() -> Iterator[Setting]:
    """Patients come by a constant rate; what is held is the day of the 160th, from 250 days of enrolment."""
    from trial.accrual import compute_recent_rates, project_bayesian, project_linear
    from trial.accrual_band import Prior, foresee_bayesian, foresee_linear
    from trial.cohort import CohortRecord, Enrolment, compute_enrolment

    rate, elapsed, ahead = 0.35, 250, 100

    def enrol(rng: Any) -> tuple[Any, Enrolment, date]:
        counts = rng.poisson(rate, 3000)
        per_day = Counter({START + timedelta(days=day): int(n) for day, n in enumerate(counts[:elapsed]) if n})
        records = [CohortRecord(f"{day} {n}", day) for day, count in per_day.items() for n in range(count)]
        return counts, compute_enrolment(records, 160), START + timedelta(days=elapsed - 1)

    def shift(low: Any, high: Any, truth: float) -> Ends:
        return None if low is None else (low - truth, (high if high is not None else float("inf")) - truth)

    def day_of(rng: Any, method: str) -> Ends:
        counts, enrolment, until = enrol(rng)
        truth = int(np.searchsorted(counts.cumsum(), 160))
        found = (
            project_linear(enrolment, until)
            if method == "linear"
            else project_bayesian(enrolment, START, until, 640, 0.0)
        )
        low, high = ((day - START).days if day else None for day in (found.earliest, found.latest))
        return shift(low, high, truth)

    def total_at(rng: Any, method: str) -> Ends:
        counts, enrolment, until = enrol(rng)
        truth, at = min(int(counts[: elapsed + ahead].sum()), 160), until + timedelta(days=ahead)
        if method == "linear":
            band = foresee_linear(enrolment, until, project_linear(enrolment, until))
        else:
            found = project_bayesian(enrolment, START, until, 640, 0.0)
            band = foresee_bayesian(enrolment, START, until, found, Prior())
        days = [point.day.toordinal() for point in band]
        low, high = (
            np.interp(at.toordinal(), days, [getattr(point, end) for point in band]) for end in ("low", "high")
        )
        return (float(np.floor(low)) - truth, float(np.ceil(high)) - truth) if days else None

    def recent(rng: Any) -> Ends:
        _, enrolment, until = enrol(rng)
        return ends(compute_recent_rates(enrolment, until)[1].per_week)

    for method in ("linear", "bayesian"):
        yield Setting(f"enrolment complete, {method}", 0.0, lambda rng, m=method: day_of(rng, m))
        yield Setting(f"enrolled in {ahead} days, {method} band", 0.0, lambda rng, m=method: total_at(rng, m))
    yield Setting("rate of the last 8 weeks", 7 * rate, recent)
