"""Is this the number of an identity document?"""

import re
import unicodedata
from datetime import date

from stdnum.iso7064 import mod_11_2

from workflows.errors import FieldCode, FieldError, invalid

# GB 11643-1999: six digits of where, eight of the day of birth, three of a series, a check character.
# Residence permits of people of Hong Kong, Macau and Taiwan (81, 82, 83) and of foreigners since 2023 (9)
# keep the form. Where is not looked up: a table of districts grows old, and would refuse people of new ones.
_CITIZEN = re.compile(r"[0-9]{6}(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})[0-9]{3}[0-9X]")
# Passports (ICAO 9303, at most nine characters) and travel permits, which have no check character.
_TRAVEL = re.compile(r"(?=.*[0-9])[A-Z0-9]{6,9}")
_EARLIEST_YEAR = 1880
_BETWEEN = re.compile(r"[\s-]")


def normal_id_number(raw: str) -> str:
    """Write a number in capitals, without blanks; of blanks nothing is left. Raises Refused."""
    number = _BETWEEN.sub("", unicodedata.normalize("NFKC", raw)).upper()
    if number and not (_is_citizens(number) or _TRAVEL.fullmatch(number)):
        raise invalid(FieldError("id_number", FieldCode.BAD_ID_NUMBER))
    return number


def _is_citizens(number: str) -> bool:
    match = _CITIZEN.fullmatch(number)
    if match is None or not mod_11_2.is_valid(number):
        return False
    year, month, day = (int(part) for part in match.group("year", "month", "day"))
    try:
        date(year, month, day)
    except ValueError:
        return False
    return year >= _EARLIEST_YEAR
