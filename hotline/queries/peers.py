"""How do units of one kind compare with each other, and where is a difference more than chance?

Only peers are compared: a street office answers for other matters than a city bureau. A unit with few tickets
is shown but not ranked, since one ticket more or less would move it from the first place to the last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit, UnitKind
from hotline.queries.handling_times import list_medians
from hotline.queries.measures import Measure, count_by_unit
from hotline.queries.periods import Period
from hotline.queries.rates import Rate
from workflows.vocabulary import Word
from workflows.worktime import WorkCalendar

LEAST_RANKED = 10
_THIRD_TIER = 3


class PeerGroup(Word):
    """Units that are compared with each other, as the organisation has them."""

    CITY_BUREAU = "city_bureau", "市级部门", "City bureaus"
    DISTRICT_BUREAU = "district_bureau", "区级部门", "District bureaus"
    STREET = "street", "街道（镇）", "Sub-districts"
    UTILITY = "utility", "公共服务企业", "Public utilities"
    DISTRICT = "district", "区政府", "District governments"
    OFFICE = "office", "下属单位", "Offices of a unit"
    CENTRE = "centre", "热线中心", "Hotline centre"


class RateName(StrEnum):
    """A share of a unit's tickets."""

    CONTACTED = "contacted"
    ON_TIME = "on_time"
    SOLVED = "solved"
    CONTENT = "content"
    RETURNED = "returned"
    REWORKED = "reworked"


PARTS: Mapping[RateName, tuple[Measure, Measure]] = {
    RateName.CONTACTED: (Measure.CONTACTED, Measure.ASKED),
    RateName.ON_TIME: (Measure.ON_TIME, Measure.CLOSED),
    RateName.SOLVED: (Measure.SOLVED, Measure.VALID),
    RateName.CONTENT: (Measure.CONTENT, Measure.RATED),
    RateName.RETURNED: (Measure.RETURNED, Measure.RECEIVED),
    RateName.REWORKED: (Measure.REWORKED, Measure.HELD),
}
_BAD_WHEN_HIGH = frozenset({RateName.RETURNED, RateName.REWORKED})
# By these units are ranked, the highest first; the other two only explain.
RANKING = (RateName.ON_TIME, RateName.CONTACTED, RateName.SOLVED, RateName.CONTENT)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of one unit, or of a group together."""

    numbers: Mapping[Measure, int]

    def rate(self, name: RateName) -> Rate:
        hits, whole = PARTS[name]
        return Rate(self.numbers[hits], self.numbers[whole])

    def number(self, measure: Measure) -> int:
        return self.numbers[measure]


@dataclass(frozen=True, slots=True)
class Peer:
    """One unit among its peers; `rank` is None where there are too few tickets to say.

    `verdicts` are 1 or -1 where a rate is better or worse than its group's by more than chance; `verdict` is
    that of the rate the group is ranked by.
    """

    unit_id: int
    name: str
    counts: Counts
    median: timedelta | None
    rank: int | None
    verdict: int
    verdicts: Mapping[RateName, int]


@dataclass(frozen=True, slots=True)
class Peers:
    """One group with its units in the order asked for."""

    group: PeerGroup
    whole: Counts
    peers: tuple[Peer, ...]

    @property
    def worse(self) -> tuple[Peer, ...]:
        """The units that stand below their peers by more than chance."""
        return tuple(peer for peer in self.peers if peer.verdict < 0)


@dataclass(frozen=True, slots=True)
class _Of:
    name: str
    group: PeerGroup


def list_peers(
    session: Session, calendar: WorkCalendar, period: Period, by: RateName, *, is_worst_first: bool = False
) -> list[Peers]:
    """Compare the units that had anything to do in a period, group by group, ranked by one rate.

    The worst is who is surely worst, by the upper end of its interval: of few tickets a low rate says little.
    """
    counted, medians = count_by_unit(session, period), list_medians(session, calendar, period)
    units = _units(session, counted)
    found: list[Peers] = []
    for group in PeerGroup:
        members = {
            unit_id: Counts(counted[unit_id]) for unit_id, unit in units.items() if unit.group is group
        }
        if members:
            whole = _together(members.values())
            ranks = _ranks({unit_id: each.rate(by) for unit_id, each in members.items()})
            verdicts = {unit_id: _verdicts(each, whole) for unit_id, each in members.items()}
            peers = [
                Peer(
                    unit_id,
                    units[unit_id].name,
                    each,
                    medians.get(unit_id),
                    ranks.get(unit_id),
                    verdicts[unit_id][by],
                    verdicts[unit_id],
                )
                for unit_id, each in members.items()
            ]
            found.append(Peers(group, whole, tuple(_sorted(peers, by, is_worst_first=is_worst_first))))
    return found


def _sorted(peers: Iterable[Peer], by: RateName, *, is_worst_first: bool) -> list[Peer]:
    ranked = sorted(peers, key=_order)
    if is_worst_first:
        ranked.sort(key=lambda peer: (peer.rank is None, _best_case(peer.counts.rate(by))))
    return ranked


def _verdicts(counts: Counts, whole: Counts) -> dict[RateName, int]:
    found = {}
    for name in RateName:
        rate, sign = counts.rate(name), -1 if name in _BAD_WHEN_HIGH else 1
        found[name] = sign * rate.compare(whole.rate(name).share) if rate.whole >= LEAST_RANKED else 0
    return found


def _best_case(rate: Rate) -> float:
    return 1.0 if rate.interval is None else rate.interval[1]


def group_of(kind: str, district: str, tier: int) -> PeerGroup:
    """Tell with whom a unit is compared: a bureau that serves one district, with those that do too."""
    if kind == UnitKind.BUREAU:
        if tier == _THIRD_TIER:
            return PeerGroup.OFFICE
        return PeerGroup.DISTRICT_BUREAU if district else PeerGroup.CITY_BUREAU
    return PeerGroup(kind)


def _units(session: Session, counted: Iterable[int]) -> dict[int, _Of]:
    columns = (Unit.id, Unit.name, Unit.kind, Unit.district, Unit.tier)
    rows = session.execute(select(*columns).where(Unit.id.in_(list(counted))))
    return {row.id: _Of(row.name, group_of(row.kind, row.district, row.tier)) for row in rows}


def _together(members: Iterable[Counts]) -> Counts:
    each = list(members)
    return Counts({measure: sum(counts.numbers[measure] for counts in each) for measure in Measure})


def _ranks(rates: Mapping[int, Rate]) -> dict[int, int]:
    """Number the units from the highest rate down; equal rates share a place."""
    shares = {unit_id: rate.share for unit_id, rate in rates.items() if rate.whole >= LEAST_RANKED}
    ordered: Sequence[float] = sorted((share for share in shares.values() if share is not None), reverse=True)
    return {unit_id: ordered.index(share) + 1 for unit_id, share in shares.items() if share is not None}


def _order(peer: Peer) -> tuple[int, int, str]:
    is_unranked, rank = (1, 0) if peer.rank is None else (0, peer.rank)
    return (is_unranked, rank or -peer.counts.number(Measure.CLOSED), peer.name)
