"""Laws of how findings weigh, for any patient: more of the same never takes away, stronger is not weaker, scans know their place."""

from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decision.batch import CodedCases, compute_posteriors, list_subtypes, sum_subtypes
from decision.case import read_case
from decision.engine import assess_case
from decision.evidence import load_knowledge
from decision.likelihood import Array, Mode, load_shares
from decision.posterior import draw_prior, redistribute
from decision.simulate import draw_patients, draw_truth_by_subtype
from decision.states import States, load_table

SCREENING = ("ufc", "lnsc", "midnight_serum", "dst_1mg", "lddst", "dex_crh", "cortisone_saliva")
OWN = {
    "hddst_2day": "CD", "hddst_overnight": "CD", "crh_acth": "CD", "crh_cortisol": "CD", "desmopressin_acth": "CD",
    "desmopressin_cortisol": "CD", "ipss_stimulated": "CD", "ipss_basal": "CD", "ipss_prolactin_normalised": "CD",
    "liddle": "PPNAD", "mri_pituitary": "CD",
}  # fmt: skip
ALONE = {name: [subtype] for name, subtype in OWN.items()} | {
    "adrenal_size": ["ACC"], "adrenal_hu": ["ACC"], "acth": ["CD", "EAS"], "calcitonin": ["EAS"],
}  # fmt: skip


def blank(n: int) -> States:
    return np.zeros((n, len(load_table(Mode()).blocks)), dtype=np.int32)


def state(block: str, band: int) -> int:
    return load_table(Mode()).find_band(load_knowledge().blocks[block], band)


def posterior(states: States) -> Array:
    prior = draw_prior("referred_adult")[0]
    return compute_posteriors(CodedCases(states, np.tile(prior, (len(states), 1)), Mode()))


def believe(states: States, subtypes: list[str]) -> Array:
    columns = [list_subtypes().index(name) for name in subtypes]
    probabilities: Array = sum_subtypes(posterior(states))[:, columns].sum(axis=1)
    return probabilities


@lru_cache(maxsize=1)
def patients() -> States:
    """Patients with any findings, of every subtype."""
    generator, prior = np.random.default_rng(5), draw_prior("referred_adult")[0]
    truth = draw_truth_by_subtype(prior, 60, generator)
    return draw_patients(truth, prior, Mode(), generator).states


def without_group(states: States, name: str) -> States:
    """The patients without this finding and those of its group."""
    knowledge, table, left = load_knowledge(), load_table(Mode()), states.copy()
    group = knowledge.blocks[name].group
    for column, block in enumerate(table.blocks):
        if block.id == name or (group and block.group == group):
            left[:, column] = 0
    return left


@pytest.mark.parametrize("pair", list(combinations(SCREENING, 2)), ids="+".join)
def test_a_second_positive_screening_test_never_lowers_belief_in_cushings_syndrome(pair: tuple[str, str]) -> None:
    """Unless the two taken as independent would lower it too: the knowledge says so then."""
    cushing, column = load_knowledge().rules["groups"]["cushing"], load_table(Mode()).column
    bands = [len(load_knowledge().blocks[name].bands) for name in pair]
    prior = believe(blank(1), cushing)[0]
    for one in range(bands[0]):
        for other in range(bands[1]):
            rows = blank(3)
            rows[[0, 2], column[pair[0]]] = state(pair[0], one)
            rows[[1, 2], column[pair[1]]] = state(pair[1], other)
            first, second, both = believe(rows, cushing)
            if min(first, second) > prior and independent(rows[2], cushing) >= max(first, second):
                assert both >= max(first, second) - 1e-9, (pair, one, other)


def independent(row: States, subtypes: list[str]) -> float:
    """The belief if every finding counted in full."""
    table, belief = load_table(Mode()), draw_prior("referred_adult")[:1].copy()
    for number in sorted((int(number) for number in row if number), key=lambda number: int(table.gate[number])):
        inside = table.gates[table.gate[number]]
        belief[:, inside] = redistribute(belief[:, inside], table.points[number][None, inside])
    return float(sum_subtypes(belief)[0, [list_subtypes().index(name) for name in subtypes]].sum())


@pytest.mark.parametrize("name", OWN)
def test_a_stronger_result_never_lowers_its_own_diagnosis_in_any_patient(name: str) -> None:
    """Band after band, in patients with whatever else, unless the published shares themselves say less."""
    block, left = load_knowledge().blocks[name], without_group(patients(), name)
    shares, valid = load_shares(name, Mode())
    before, said, published = posterior(left), [], []
    own = [list_subtypes().index(OWN[name])]
    for band in range(len(block.bands)):
        rows, plain = left.copy(), before.copy()
        rows[:, load_table(Mode()).column[name]] = state(name, band)
        said.append(believe(rows, [OWN[name]]))
        plain[:, valid] = redistribute(plain[:, valid], np.log(shares[band, valid])[None])
        published.append(sum_subtypes(plain)[:, own].sum(axis=1))
    for lower, higher, less, more in zip(said, said[1:], published, published[1:], strict=False):
        assert not ((higher < lower - 1e-9) & (more >= less - 1e-9)).any()


@pytest.mark.parametrize("name", ALONE)
def test_a_stronger_result_alone_never_lowers_its_own_diagnosis(name: str) -> None:
    bands = len(load_knowledge().blocks[name].bands)
    rows = blank(bands)
    rows[:, load_table(Mode()).column[name]] = [state(name, band) for band in range(bands)]
    assert (np.diff(believe(rows, ALONE[name])) >= -1e-9).all()


@pytest.mark.parametrize("band", [0, 6, 7])
def test_no_pattern_on_pet_by_itself_overturns_a_clear_acth_class(band: int) -> None:
    """Whatever one tracer shows, the share of ACTH-dependent disease stays where ACTH and cortisol put it."""
    table, dependent = load_table(Mode()), load_knowledge().rules["groups"]["acth_dependent"]
    scans = [
        number
        for (name, _, _), number in table.numbers.items()
        if name and load_knowledge().blocks[name].key.startswith(("pentixafor", "dotatate", "fdg", "other_tracer"))
    ]
    rows = blank(1 + len(scans))
    rows[:, table.column["acth"]], rows[:, table.column["ufc"]] = state("acth", band), state("ufc", 4)
    names = {number: name for (name, _, _), number in table.numbers.items()}
    for row, number in enumerate(scans, start=1):
        rows[row, table.column[names[number]]] = number
    belief = believe(rows, dependent)
    assert len(scans) > 10
    assert np.abs(belief - belief[0]).max() < 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 599), st.randoms(use_true_random=False))
def test_one_finding_marked_unknown_leaves_the_others_as_if_it_had_never_been(number: int, chance: object) -> None:
    row = patients()[number].copy()
    seen = np.flatnonzero(row)
    if not seen.size:
        return
    column = seen[chance.randrange(len(seen))]  # type: ignore[attr-defined]
    removed = row.copy()
    removed[column] = 0
    again = blank(1)
    for other in seen:
        if other != column:
            again[0, other] = row[other]
    assert np.array_equal(posterior(removed[None]), posterior(again))


@pytest.mark.parametrize(
    ("test", "one", "other"),
    [
        ("dst_1mg_cortisol", (50, "nmol/L"), (1.81, "ug/dL")),
        ("dst_1mg_cortisol", (138, "nmol/L"), (5.0, "ug/dL")),
        ("acth_plasma", (10, "pg/mL"), (2.2, "pmol/L")),
        ("acth_plasma", (20, "pg/mL"), (4.4, "pmol/L")),
    ],
)
def test_a_value_on_a_cut_off_is_on_it_in_either_unit(
    test: str, one: tuple[float, str], other: tuple[float, str]
) -> None:
    def assess(value: float, unit: str) -> list[float]:
        document = {"case_id": "T", "results": [{"test": test, "value": value, "unit": unit}]}
        return [item.probability for item in assess_case(read_case(document)).subtypes]

    assert assess(*one) == assess(*other)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 159))
def test_every_weight_traces_to_a_block_and_a_source(number: int) -> None:
    from sample_data.cohort import make_cohort

    knowledge = load_knowledge()
    citations = {source.citation for source in knowledge.sources.values()}
    assessment = assess_case(read_case(make_cohort()[number].case))
    for reason in assessment.reasons:
        left = reason.source
        for row in knowledge.blocks[reason.block].rows:
            left = left.replace(knowledge.cite(row.source), "")
        assert reason.source and not left.strip("; "), "it cites something the block does not rest on"
    assert all(item.source in citations for item in (*assessment.voided, *assessment.flags))
