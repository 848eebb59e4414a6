"""Does a draw depend on seed and numbers alone, and can anybody repeat it?"""

import hashlib

from evaluations.sampling import drawn

NUMBERS = [f"31000100{position:02}" for position in range(1, 21)]


def test_the_draw_of_a_known_seed():
    assert drawn("5eed", NUMBERS, 3) == ["3100010012", "3100010011", "3100010004"]


def test_it_is_the_order_of_the_published_sums():
    sums = {number: hashlib.sha256(f"5eed/{number}".encode()).hexdigest() for number in NUMBERS}
    assert drawn("5eed", NUMBERS, 20) == sorted(NUMBERS, key=sums.get)


def test_the_order_of_the_people_does_not_matter():
    assert drawn("5eed", reversed(NUMBERS), 5) == drawn("5eed", NUMBERS, 5)


def test_another_seed_draws_others():
    assert drawn("5eee", NUMBERS, 5) != drawn("5eed", NUMBERS, 5)


def test_of_fewer_people_all_are_drawn():
    assert sorted(drawn("5eed", NUMBERS[:2], 5)) == NUMBERS[:2]


def test_nobody_is_favoured():
    """Over 2 000 seeds everybody of twenty is drawn about 500 times in a sample of five (limits: six deviations)."""
    counts = dict.fromkeys(NUMBERS, 0)
    for seed in range(2000):
        for number in drawn(str(seed), NUMBERS, 5):
            counts[number] += 1
    assert all(384 <= count <= 616 for count in counts.values())
