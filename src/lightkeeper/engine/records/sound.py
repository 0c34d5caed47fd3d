"""How a name sounds: NYSIIS, so that Catherine and Katherine meet.

Source: New York State Identification and Intelligence System, 1970 (R. L. Taft), as commonly
published; the key is not cut to six letters, and Y after the first letter is a vowel, as Smyth
and Smith are one sound.
"""

import re
from functools import lru_cache

_STARTS = (("MAC", "MCC"), ("KN", "NN"), ("K", "C"), ("PH", "FF"), ("PF", "FF"), ("SCH", "SSS"))
_ENDS = re.compile(r"(?:EE|IE)$|(?:DT|RT|RD|NT|ND)$")
_VOWELS = "AEIOUY"
_INSIDE = {"Q": "G", "Z": "S", "M": "N", "K": "C"}


@lru_cache(maxsize=131_072)
def sound_of(token: str) -> str:
    """The NYSIIS key of one folded token (letters a to z; others are ignored); "" if none."""
    word = re.sub(r"[^A-Z]", "", token.upper())
    if not word:
        return ""
    for start, instead in _STARTS:
        if word.startswith(start):
            word = instead + word[len(start) :]
            break
    word = _ENDS.sub(lambda m: "Y" if m[0] in ("EE", "IE") else "D", word)
    return _tail(word[0] + _body(word))


def _body(word: str) -> str:
    """The key after the first letter, equal neighbours once."""
    key, last = [], word[0]
    letters = list(word)
    position = 1
    while position < len(letters):
        rest = "".join(letters[position : position + 3])
        if rest.startswith("EV"):
            letters[position : position + 2] = ["A", "F"]
        elif rest == "SCH":
            letters[position : position + 3] = ["S", "S", "S"]
        elif rest.startswith("PH"):
            letters[position : position + 2] = ["F", "F"]
        elif rest.startswith("KN"):
            letters[position : position + 1] = ["N"]
        letter = letters[position]
        before = letters[position - 1]
        after = letters[position + 1] if position + 1 < len(letters) else ""
        letters[position] = _inside(letter, before, after)
        if letters[position] != last:
            last = letters[position]
            key.append(last)
        position += 1
    return "".join(key)


def _inside(letter: str, before: str, after: str) -> str:
    if letter in _VOWELS:
        return "A"
    # A silent H or W takes the sound before it.
    if letter == "H" and (before not in _VOWELS or (after and after not in _VOWELS)):
        return before
    if letter == "H" and not after:
        return before
    if letter == "W" and before in _VOWELS:
        return before
    return _INSIDE.get(letter, letter)


def _tail(key: str) -> str:
    if len(key) > 1 and key.endswith("S"):
        key = key[:-1]
    if len(key) > 1 and key.endswith("A"):
        key = key[:-1]
    return key
