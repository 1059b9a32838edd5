"""The limits as they stand: a version as a table, all versions, what differs, and what a version would do."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request

from database import db
from hotline.admin.limits import classes_of, forecast, forecast_clocks, table_of
from hotline.admin.policy_frame import Frame, class_choices, clock_choices, read_frame
from hotline.admin.policy_trials import SPANS, run_trial, span_of
from hotline.models.policies import PolicyVersion
from hotline.queries.policy_pages import Edition, RowLine, list_changes, list_rows, list_steps
from hotline.queries.typed import id_in
from hotline.services.calendars import load_calendar
from hotline.services.policies import calendars_of, read_policy
from hotline.services.policy_drafts import made_draft
from hotline.services.policy_faults import list_faults
from hotline.web.access import may_call
from hotline.web.auth import current_actor
from hotline.web.pages import render
from workflows.policy import LimitClass

_USUAL_TIME = time(16, 50)


def index() -> Response:
    """One version of the limits as a table, and when a dispatch at some time would fall due."""
    now = datetime.now(UTC)
    frame = read_frame(now)
    clock, word = request.args.get("clock", ""), request.args.get("class", "")
    whole = list_rows(db.session(), frame.edition.id)
    rows = [row for row in whole if _is_shown(row, clock, word)]
    return render(
        "policies/index.html",
        frame=frame,
        clock=clock,
        word=word,
        clocks=clock_choices(),
        classes=class_choices(),
        columns=classes_of([row for row in rows if not row.is_narrowed]),
        lines=table_of(rows),
        narrowed=[row for row in rows if row.is_narrowed],
        rows=rows,
        steps=list_steps(db.session(), frame.edition.id),
        faults=list_faults(db.session(), _version(frame.edition)) if frame.edition.is_draft else (),
        **_forecast(frame, now),
    )


def versions() -> Response:
    """Every version: in which state, valid from when, by whom."""
    frame = read_frame(datetime.now(UTC), prefers_draft=True)
    return render("policies/versions.html", frame=frame, is_maker=made_draft(db.session(), current_actor()))


def compare() -> Response:
    """What two versions promise differently."""
    frame = read_frame(datetime.now(UTC), prefers_draft=True)
    base = frame.find(request.args.get("base", type=id_in)) or base_of(frame)
    return render("policies/compare.html", frame=frame, base=base, **changes_of(base, frame.edition))


def trial() -> Response:
    """A version played against the tickets that were handled in a span of the past."""
    now = datetime.now(UTC)
    frame = read_frame(now, prefers_draft=True)
    asked = request.args.get("span", "")
    zone = ZoneInfo(load_calendar(db.session()).zone)
    found = run_trial(db.session(), frame.valid, frame.edition, span_of(asked, now, zone))
    return render(
        "policies/trial.html",
        frame=frame,
        spans=SPANS,
        asked=asked,
        found=found,
        links_tickets=may_call("tickets.show"),
    )


def base_of(frame: Frame) -> Edition:
    """The version that the one looked at was made of; the one in force where it was made of none."""
    return next((each for each in frame.editions if each.id == frame.edition.based_on_id), frame.valid)


def changes_of(base: Edition, edition: Edition) -> Mapping[str, Any]:
    """Compare rows and ladders of two versions."""
    session = db.session()
    return {
        "rows": list_changes(list_rows(session, base.id), list_rows(session, edition.id)),
        "steps": list_changes(list_steps(session, base.id), list_steps(session, edition.id)),
    }


def _is_shown(row: RowLine, clock: str, word: str) -> bool:
    """A class is also shown what holds for all of them."""
    return clock in {"", row.clock} and (word in {"", row.limit_class} or row.limit_class == LimitClass.ANY)


def _forecast(frame: Frame, now: datetime) -> Mapping[str, Any]:
    zone = ZoneInfo(load_calendar(db.session()).zone)
    at = datetime.combine(now.astimezone(zone).date(), _asked_time(), zone)
    policy = read_policy(db.session(), _version(frame.edition))
    return {
        "at": at,
        "forecast_clocks": forecast_clocks(),
        "forecasts": forecast(policy, calendars_of(db.session(), policy), at),
    }


def _version(edition: Edition) -> PolicyVersion:
    return db.session().get_one(PolicyVersion, edition.id)


def _asked_time() -> time:
    try:
        return time.fromisoformat(request.args.get("at", "")).replace(tzinfo=None)
    except ValueError:
        return _USUAL_TIME
