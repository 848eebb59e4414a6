"""How is the number on the receipt of an objection written, read back and kept? Pure.

Four groups of four signs that nobody can guess, and one more that tells a slip of the finger before anybody looks.
"""

from __future__ import annotations

import hashlib

from members.slip_codes import ALPHABET, GROUP, LENGTH, typed_code

BASE = len(ALPHABET)


def printed(secret: bytes) -> str:
    """“7K2M-9QXD-0T4B-W3HP-5” of at least ten bytes that nobody can guess."""
    number, signs = int.from_bytes(secret[: LENGTH * 5 // 8]), []
    for _place in range(LENGTH):
        number, digit = divmod(number, BASE)
        signs.append(ALPHABET[digit])
    code = "".join(signs)
    groups = [code[start : start + GROUP] for start in range(0, LENGTH, GROUP)]
    return "-".join([*groups, check_sign(code)])


def read(typed: str) -> str | None:
    """The bare number, however it was typed (see slip_codes.py); None where it can't be one."""
    code = typed_code(typed)
    is_one = len(code) == LENGTH + 1 and set(code) <= set(ALPHABET) and check_sign(code[:-1]) == code[-1]
    return code if is_one else None


def hash_of(receipt: str) -> str:
    """What is kept of a number."""
    return hashlib.sha256((read(receipt) or "").encode()).hexdigest()


def check_sign(code: str) -> str:
    """Luhn's check to the base of the alphabet: one wrong sign is always found, two exchanged ones nearly always."""
    total = 0
    for place, sign in enumerate(reversed(code)):
        value = ALPHABET.index(sign) * (2 - place % 2)
        total += value // BASE + value % BASE
    return ALPHABET[-total % BASE]
