"""Is the number on a receipt read back however it is typed, and is a slip of the finger told?"""

from __future__ import annotations

from evaluations.receipts import check_sign, hash_of, printed, read
from members.slip_codes import ALPHABET

RECEIPT = "S1EE-3VM6-MSC4-KR06-P"
BARE = "S1EE3VM6MSC4KR06P"


def test_the_same_secret_is_the_same_number():
    assert printed(b"0123456789") == RECEIPT
    assert printed(b"0123456789 and more") == RECEIPT
    assert printed(b"1123456789") != RECEIPT


def test_it_is_read_as_people_type_it():
    typed = (RECEIPT, RECEIPT.lower(), BARE, " s1ee 3vm6 msc4 kr06 p ", "SlEE3VM6MSC4KRO6P")
    assert [read(one) for one in typed] == [BARE] * len(typed)
    assert {read(typed) for typed in ("", "S1EE", BARE[:-1], BARE + "0", "U" + BARE[1:], "支部")} == {None}


def test_one_wrong_sign_is_always_told():
    for place, right in enumerate(BARE):
        for wrong in set(ALPHABET) - {right}:
            assert read(BARE[:place] + wrong + BARE[place + 1 :]) is None


def test_two_exchanged_signs_are_told():
    for place in range(len(BARE) - 1):
        one, two = BARE[place], BARE[place + 1]
        exchanged = BARE[:place] + two + one + BARE[place + 2 :]
        assert (read(exchanged) is None) == (one != two)


def test_what_is_kept_tells_nothing():
    assert hash_of(RECEIPT) == hash_of(BARE.lower())
    assert BARE not in hash_of(RECEIPT)
    assert check_sign("0000000000000000") == "0"
