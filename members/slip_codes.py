"""How is the code of an activation slip made, printed, read back and kept?"""

from __future__ import annotations

import hashlib
import secrets

from members.numbers import typed_number

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to be misread
LENGTH = 16  # 80 bits: cannot be guessed, so a plain hash is enough
GROUP = 4
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """Return a fresh code as it is printed: four groups of four."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def code_hash(typed: str) -> str:
    """Return what is kept of a code, however it was typed."""
    return hashlib.sha256(typed_code(typed).encode()).hexdigest()


def typed_code(typed: str) -> str:
    """Return the bare code: small letters, spaces, hyphens left out, O for 0."""
    return "".join(sign for sign in typed_number(typed).upper() if sign.isalnum()).translate(_MISREAD)
