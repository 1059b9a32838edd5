"""Is a name meant by what somebody types: a part of it, its pinyin, or the initials of its pinyin?"""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# More than the units and people of a large city.
_KEPT = 50_000


def is_meant(words: str, *names: str) -> bool:
    """Tell whether any of the names holds the words, as written or as spelled."""
    wanted = words.strip().casefold()
    if any(wanted in name.casefold() for name in names):
        return True
    letters = wanted.replace(" ", "").replace("'", "")
    return letters.isascii() and letters.isalpha() and any(letters in each for each in map(spelled, names))


@lru_cache(maxsize=_KEPT)
def spelled(name: str) -> str:
    """Spell a name in initials and in full, apart from each other."""
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return f"{initials} {''.join(lazy_pinyin(name))}".lower()
