"""What do people of the invented city call about: shipped stories filled with places, times and names."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hotline.demo.acts import Case
from hotline.demo.city import City
from workflows.vocabulary import IntakeChannel, TicketType, Urgency

_SEEDS = Path(__file__).parent / "seeds"
_FIRST_PHONE = 13_900_002_000
_CALLERS = 140
_TIMES = ("昨天晚上", "每天傍晚六点以后", "这几天夜里", "周末上午", "今天一早", "最近下雨的时候")
_CHANNELS = (IntakeChannel.PHONE,) * 7 + (IntakeChannel.WALK_IN, IntakeChannel.SMS, IntakeChannel.TRANSFER)
# Which people stay unknown, and which want no call, of a hundred.
_ANONYMOUS, _NO_CALL = 6, 5
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What kind of story is wanted; empty means any."""

    district: str = ""
    branch: str = ""
    types: frozenset[TicketType] = frozenset()
    urgency: Urgency | None = None
    is_reachable: bool = False
    unit: str = ""


ANY = Wish()


class Storyteller:
    """Tells one case after the other; the same seed tells the same ones."""

    def __init__(self, city: City, random: Random) -> None:
        self._city = city
        self._random = random

    def tell(self, wish: Wish = ANY) -> Case:
        """Make up a case that fits the wish; raises IndexError when no story does."""
        random = self._random
        story = random.choice(_picked(_read("stories.csv"), lambda row: _fits(row, wish)))
        place = random.choice(
            _picked(_read("places.csv"), lambda row: wish.district in {"", row["district"]})
        )
        told = {
            "place": f"{place['street']}{place['address']}" if random.random() < 1 / 2 else place["address"],
            "time": random.choice(_TIMES),
            "days": random.randint(2, 9),
        }
        urgency = wish.urgency or Urgency(story["urgency"])
        record = {
            "type": story["type"],
            "title": story["title"].format(**told),
            "content": story["content"].format(**told),
            "category": story["category"],
            "urgency": str(urgency),
            **place,
            **self._caller(story, wish),
        }
        result = "explained" if story["type"] == TicketType.CONSULTATION else "resolved"
        return Case(self._city, record, story["answer"], result, wish.unit)

    def _caller(self, story: Mapping[str, str], wish: Wish) -> dict[str, Any]:
        random = self._random
        caller = random.randrange(_CALLERS)
        names = _read("names.csv")
        known: dict[str, Any] = {
            "channel": str(random.choice(_CHANNELS)),
            "citizen_name": "John Whitfield" if story["content"].isascii() else _named(names, caller),
            "phone": str(_FIRST_PHONE + caller),
        }
        if story["type"] == TicketType.REPORT:
            known |= {"is_confidential": True, "accused": "群众反映的当事商户（详见诉求内容）"}
        if wish.is_reachable:
            return known
        if random.randrange(_HUNDRED) < _ANONYMOUS:
            return {"channel": known["channel"], "is_anonymous": True} | _without_name(known)
        if random.randrange(_HUNDRED) < _NO_CALL:
            known["callback_wanted"] = False
        if caller % 9 == 0:
            known["email"] = f"citizen{caller}@mail.example.com"
        return known


def _named(names: Sequence[Mapping[str, str]], caller: int) -> str:
    return names[caller % len(names)]["name"]


def _without_name(known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if name in {"accused", "is_confidential"}}


def _fits(story: Mapping[str, str], wish: Wish) -> bool:
    is_branch = story["category"].startswith(wish.branch)
    return is_branch and (not wish.types or story["type"] in wish.types)


def _picked(
    rows: Sequence[Mapping[str, str]], is_wanted: Callable[[Mapping[str, str]], bool]
) -> Sequence[Mapping[str, str]]:
    return [row for row in rows if is_wanted(row)]


@cache
def _read(name: str) -> tuple[Mapping[str, str], ...]:
    with (_SEEDS / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
