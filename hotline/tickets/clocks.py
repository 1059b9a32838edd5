"""Why does a promise fall due then: the page that explains every clock of a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Response
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, ClockChange
from hotline.queries.clock_history import EditionName, History, RowName, read_history
from hotline.queries.ticket_page import load_page
from hotline.services.calendars import load_edition
from hotline.services.clock_book import reading_of
from hotline.services.clock_rules import UNTIL_A_DAY
from hotline.services.policies import get_policy
from hotline.tickets.clock_words import (
    say_case,
    say_clock,
    say_length,
    say_limit,
    say_spans,
    say_stretch,
    say_turn,
)
from hotline.web.pages import render
from hotline.web.ticket_moves import Look
from workflows.explanation import Change, Explanation, Turn, explain
from workflows.policy import PolicyEntry
from workflows.sla import light
from workflows.vocabulary import ChangeReason, ClockName, Light

# Clocks that may run to a day that somebody chose, whatever the limit says.
_CHOSEN = (*UNTIL_A_DAY, ClockName.SUPERVISION)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that befell a clock: what it did in words, and whose act it came with."""

    turn: Turn
    words: str
    act: str


@dataclass(frozen=True, slots=True)
class Told:
    """One clock as the page tells it; `basis` names the row and the edition it is counted by."""

    clock: Clock
    light: Light
    words: str
    basis: tuple[tuple[str, str], ...]
    story: Explanation
    is_whole: bool
    steps: tuple[Step, ...]

    @property
    def name(self) -> ClockName:
        return ClockName(self.clock.name)


def answer_clocks(look: Look) -> Response:
    """Show the clocks that run, then those that ended, each with its reasons."""
    history = read_history(look.session, look.ticket, look.viewer)
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    acts = {entry.number: f"{entry.actor} {entry.act}" for entry in page.entries}
    told = [_told(look, history, clock, acts) for clock in history.clocks if clock.id in history.changes]
    return render(
        "tickets/clocks.html",
        page=page,
        running=[each for each in told if each.clock.stopped_at is None],
        ended=[each for each in told if each.clock.stopped_at is not None],
        say_spans=say_spans,
        say_stretch=say_stretch,
        say_length=say_length,
        now=look.now,
    )


def _told(look: Look, history: History, clock: Clock, acts: Mapping[int, str]) -> Told:
    kept = history.changes[clock.id]
    changes = [_change(look.session, history, each) for each in kept]
    is_of_share = clock.name == ClockName.HANDLE and clock.assignment_id is not None
    story = explain(changes, is_chosen=clock.name in _CHOSEN or is_of_share)
    return Told(
        clock,
        light(reading_of(clock), look.now),
        say_clock(clock, story),
        tuple(_basis(history, kept[-1], changes[-1].entry)),
        story,
        story.is_whole and story.due_at == clock.due_at,
        tuple(
            Step(turn, say_turn(turn), acts.get(change.event_number, ""))
            for turn, change in zip(story.turns, kept, strict=True)
        ),
    )


def _change(session: Session, history: History, kept: ClockChange) -> Change:
    row = history.rows.get(kept.policy_row_id or 0)
    return Change(
        ChangeReason(kept.reason),
        kept.at,
        kept.due_at,
        None if row is None else get_policy(session, row.version_id).row(row.row.id),
        load_edition(session, kept.calendar_edition_id),
        None if kept.held_seconds is None else timedelta(seconds=kept.held_seconds),
        kept.days,
    )


def _basis(history: History, last: ClockChange, entry: PolicyEntry | None) -> list[tuple[str, str]]:
    row, edition = history.rows.get(last.policy_row_id or 0), history.editions[last.calendar_edition_id]
    found = [("工作日历", _edition(edition))]
    if row is not None and entry is not None:
        found.insert(0, ("时限规则", f"第 {row.version} 版：{_row(row)}，{say_limit(entry.limit)}"))
    return found


def _row(row: RowName) -> str:
    return say_case(row.row.limit_class, row.row.ticket_type, row.row.unit_tier, is_rework=row.row.is_rework)


def _edition(edition: EditionName) -> str:
    return f"{edition.calendar}第 {edition.number} 版" + (f"（{edition.note}）" if edition.note else "")
