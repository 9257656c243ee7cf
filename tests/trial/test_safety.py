"""The words of the safety forms are whole, sourced and agree with one another."""

from trial.safety import load_safety


def test_every_list_has_words_with_a_meaning_and_a_source() -> None:
    words = load_safety()
    for one in (words.grades, words.relatedness, words.outcomes, words.deviations):
        assert one.source
        assert one.grade in ("verified", "recalled", "expert")
        assert set(one.titles) == set(one.says)
        assert all(one.says.values())


def test_ctcae_has_five_grades_and_the_last_is_death() -> None:
    words = load_safety()
    assert list(words.grades.titles) == ["1", "2", "3", "4", "5"]
    assert words.grades.titles[str(words.death_grade)] == "death"
    assert words.fatal in words.outcomes.titles
    assert set(words.final) < set(words.outcomes.titles)
    assert 3 < words.serious_from <= words.death_grade
