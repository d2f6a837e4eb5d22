from tests.diagnostics.grouping import Grouping, grouping, marked


def test_500_variants_of_25_errors_fall_into_25_groups() -> None:
    assert grouping(marked(20)) == Grouping(25, 500, 25, precision=1.0, recall=1.0)


def test_a_grouping_is_scored_by_pairs() -> None:
    assert grouping([(1, "a"), (1, "a"), (1, "b"), (2, "b")]) == Grouping(2, 4, 2, precision=0.5, recall=1 / 3)
