"""What would a version of the limits have made of the past, in the order and words of a screen?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hotline.models.policies import PolicyVersion
from hotline.queries.policy_pages import Edition
from hotline.queries.policy_trial import Span, last_days, last_month, list_rounds, name_tickets
from hotline.services.policies import calendars_of, read_policy
from workflows.policy import LimitClass
from workflows.simulation import Outcome, Rules
from workflows.trial import Group, Trial, compare

SPANS = (("", "上个月"), ("7", "最近 7 天"), ("30", "最近 30 天"), ("90", "最近 90 天"))


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A ticket that changes sides; a due moment is None where no promise is made."""

    number: str
    label: str
    unit: str
    due_before: datetime | None
    due_after: datetime | None
    ended_at: datetime | None
    is_newly_late: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A trial as it is shown: `base` is the version in force, `edition` the one that is tried."""

    base: Edition
    edition: Edition
    span: Span
    trial: Trial
    classes: Sequence[tuple[str, Group]]
    units: Sequence[tuple[str, Group]]
    moved: Sequence[MovedLine]

    @property
    def sentence(self) -> str:
        """The one figure that counts, in a sentence."""
        after, before = self.trial.total.after.late, self.trial.total.before.late
        return (
            f"用第 {self.edition.number} 版，{self.span.label}：超期 {after:,} 件，"
            f"现行第 {self.base.number} 版 {before:,} 件"
        )


def span_of(asked: str, now: datetime, zone: ZoneInfo) -> Span:
    """Find the span a page asks for; the last calendar month unless it names one of ours."""
    known = {value for value, _ in SPANS if value}
    return last_days(now, int(asked)) if asked in known else last_month(now, zone)


def run_trial(session: Session, base: Edition, edition: Edition, span: Span) -> Found:
    """Play the tickets of a span under the version in force and under another; nothing is written."""
    before, after = (
        read_policy(session, session.get_one(PolicyVersion, each.id)) for each in (base, edition)
    )
    calendars = calendars_of(session, before, after)
    trial = compare(Rules(before, calendars), Rules(after, calendars), list_rounds(session, span), span.until)
    numbers = name_tickets(session, [pair.before.arrival.line for pair in trial.moved])
    return Found(
        base,
        edition,
        span,
        trial,
        [(LimitClass(name).label_zh, group) for name, group in _in_order(trial.by_class)],
        _in_order(trial.by_unit),
        [_moved_line(numbers, pair.before, pair.after) for pair in trial.moved],
    )


def _in_order(groups: Mapping[str, Group]) -> list[tuple[str, Group]]:
    """The most late ones first, then the most tickets."""
    return sorted(groups.items(), key=lambda each: (-each[1].after.late, -each[1].tickets, each[0]))


def _moved_line(numbers: Mapping[int, str], before: Outcome, after: Outcome) -> MovedLine:
    came = before.arrival
    return MovedLine(
        numbers.get(came.line, ""),
        LimitClass(came.limit_class).label_zh,
        came.unit,
        None if before.clock is None else before.clock.due_at,
        None if after.clock is None else after.clock.due_at,
        came.closed_at,
        after.is_late,
    )
