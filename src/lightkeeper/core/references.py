"""References that people read out and type: random, so that they say nothing of how many there
are.
"""

import secrets

# Crockford's base 32: no I, L, O or U, so that none is misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 9


def new_reference(prefix: str) -> str:
    """Such as REP-7K2QM9XD4-V: nine random characters and a check character.

    2^45 values: of a hundred million records, the chance that a new one is taken is 3 in 10^6,
    and the unique constraint refuses it.
    """
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{prefix}-{body}-{check_character(body)}"


def check_character(body: str) -> str:
    total = sum((place + 1) * ALPHABET.index(letter) for place, letter in enumerate(body))
    return ALPHABET[total % 31]
