from trial.readers import (
    NONE_NAMED,
    ReaderRead,
    compare_all_readers,
    compare_reader_pairs,
    find_disagreements,
    settle_reads,
)


def read(patient: str, reader: str, result: str, subtype: str | None = None, site: str | None = None) -> ReaderRead:
    return ReaderRead(patient, reader, "pentixafor", result, subtype, site)  # type: ignore[arg-type]


READS = [
    read("P1", "A", "positive", "CD", "pituitary"),
    read("P1", "B", "positive", "CD", "pituitary"),
    read("P2", "A", "positive", "CPA", "adrenal_left"),
    read("P2", "B", "positive", "CPA", "adrenal_right"),
    read("P3", "A", "negative"),
    read("P3", "B", "positive", "EAS", "lung"),
    read("P4", "A", "inconclusive"),
]


def test_a_pair_counts_the_patients_both_read() -> None:
    (pair,) = compare_reader_pairs(READS, "pentixafor")
    assert (pair.reader_1, pair.reader_2, pair.agreement.n) == ("A", "B", 3)
    assert pair.categories == ("negative", "inconclusive", "positive")
    assert pair.table == ((0, 0, 1), (0, 0, 0), (0, 0, 2))
    assert pair.agreement.agreement == 2 / 3


def test_naming_no_subtype_is_an_answer() -> None:
    (pair,) = compare_reader_pairs(READS, "pentixafor", "subtype")
    assert pair.categories == ("CD", "EAS", "CPA", NONE_NAMED)
    assert pair.agreement.agreement == 2 / 3


def test_a_reader_who_reads_again_is_counted_by_the_last_read() -> None:
    again = [*READS, read("P3", "A", "positive", "EAS", "lung")]
    assert compare_reader_pairs(again, "pentixafor")[0].agreement.agreement == 1


def test_disagreements_are_listed_the_gravest_first() -> None:
    first, second = find_disagreements(READS, "pentixafor")
    assert (first.patient_id, first.differs) == ("P3", ("result", "subtype", "site"))
    assert first.said["subtype"] == {"A": NONE_NAMED, "B": "EAS"}
    assert (second.patient_id, second.differs) == ("P2", ("site",))


def test_a_read_stands_when_all_agree_or_somebody_adjudicated() -> None:
    reads = [*READS, read("P3", "C", "positive", "EAS", "lung")]
    settled = {
        one.patient_id: (one.read and one.read.result, one.says) for one in settle_reads(reads, "pentixafor", "C")
    }
    assert settled == {
        "P1": ("positive", "all readers agree"),
        "P2": (None, "readers differ: to adjudicate"),
        "P3": ("positive", "adjudicated by C"),
        "P4": ("inconclusive", "one reader only"),
    }


def test_fleiss_needs_every_reader_of_a_patient() -> None:
    found = compare_all_readers([*READS, read("P1", "C", "positive"), read("P3", "C", "negative")], "pentixafor")
    assert (found.subjects, found.readers) == (2, 3)
    assert compare_all_readers(READS[:1], "pentixafor").kappa.value is None


def test_another_test_has_no_reads() -> None:
    assert compare_reader_pairs(READS, "dotatate") == ()
    assert find_disagreements(READS, "dotatate") == ()
