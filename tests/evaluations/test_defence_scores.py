import pytest

from evaluations.defence_scores import Criterion, Outcome, is_mark, kept, outcomes, score_of

TWO = [Criterion("思想认识", 60, 100), Criterion("现场表达", 40, 40)]


def test_a_score_is_the_weighted_sum_out_of_a_hundred():
    assert score_of(TWO, ["85", "36"]) == "87"
    assert score_of(TWO, ["92.5", "33.5"]) == "89"
    assert score_of(TWO, ["85.5", "30.1"]) == "81.4"
    assert (score_of(TWO, ["0", "0"]), score_of(TWO, ["100", "40"])) == ("0", "100")


@pytest.mark.parametrize(
    ("weight", "highest", "exact"),
    [(25, 100, True), (30, 30, True), (30, 10, True), (33, 33, True), (25, 30, False), (100, 3, False)],
)
def test_points_that_would_not_end_are_found(weight, highest, exact):
    assert Criterion("x", weight, highest).is_exact is exact


@pytest.mark.parametrize("text", ["0", "40", "39.5", "7.0"])
def test_marks(text):
    assert is_mark(text, TWO[1])


@pytest.mark.parametrize("text", ["", "-1", "40.1", "39.55", "1e1", "优秀", "٣", "9" * 600])
def test_no_marks(text):
    assert not is_mark(text, TWO[1])


def test_from_five_judges_on_the_highest_and_the_lowest_are_left_out():
    assert kept([70, 99, 84, 80]) == (0, 1, 2, 3)
    assert kept([70, 99, 84, 80, 85]) == (2, 3, 4)
    assert kept([85, 85, 85, 85, 85]) == (1, 2, 3)
    assert kept([]) == ()


def test_totals_are_rounded_once_and_equals_share_a_place():
    scores = {
        1: ["70", "80", "84", "85", "99"],  # (80 + 84 + 85) / 3
        2: ["88.5", "90", "91"],  # all of three: 269.5 / 3
        3: ["83", "83"],
        4: [],
        5: ["0.01", "0"],  # 0.005 is rounded up
    }
    assert outcomes(scores) == {
        1: Outcome((1, 2, 3), "83.00", 2),
        2: Outcome((0, 1, 2), "89.83", 1),
        3: Outcome((0, 1), "83.00", 2),
        4: Outcome((), "", None),
        5: Outcome((0, 1), "0.01", 4),
    }
