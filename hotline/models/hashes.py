"""Under which keyed hashes are callers and their links found: one spelling of what is hashed for each."""

import unicodedata

from sealing import Digest, keyed_hash

# Every input method has a dot of its own for the names that need one.
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・", "·"))


def phone_hash(phone: str) -> Digest:
    """Return the keyed hash by which all tickets of one normalised number are found."""
    return keyed_hash(f"phone:{phone}")


def name_hash(name: str) -> Digest | None:
    """Return the keyed hash by which all tickets of one name are found; None for a name of blanks.

    Blanks, width, case and the kind of dot make no difference.
    """
    plain = "".join(unicodedata.normalize("NFKC", name).translate(_DOTS).casefold().split())
    return keyed_hash(f"name:{plain}") if plain else None


def email_hash(email: str) -> Digest:
    """Return the keyed hash by which all tickets of one mail address are found."""
    return keyed_hash(f"email:{email.lower()}")


def id_number_hash(number: str) -> Digest:
    """Return the keyed hash by which all tickets of one normalised document are found."""
    return keyed_hash(f"id number:{number}")


def link_hash(token: str) -> Digest:
    """Return the keyed hash by which a link's ticket is found."""
    return keyed_hash(f"link:{token}")
