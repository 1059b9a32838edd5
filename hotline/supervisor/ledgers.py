"""What do supervisors and leaders keep an eye on beside the board: one page for each ledger."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from database import db
from hotline.queries import exclusions, ledgers
from hotline.queries.directory import list_users_with_role
from hotline.queries.watch_marks import list_watched
from hotline.services.site import current_site
from hotline.supervisor.books import exclusion_span
from hotline.supervisor.ledger_tabs import tabs_of
from hotline.web.auth import current_actor
from hotline.web.menu_counts import waits_at
from hotline.web.pages import render
from workflows.vocabulary import Role

_MOST_NAMED = 5
waits_at("supervisor.invalid", lambda _session, viewer, _now: ledgers.ids_to_judge(viewer))


def register_ledgers(blueprint: Blueprint) -> None:
    """Give the blueprint a page for each ledger."""
    blueprint.add_url_rule("/suspended", "suspended", suspended)
    blueprint.add_url_rule("/disputes", "disputes", disputes)
    blueprint.add_url_rule("/invalid", "invalid", invalid)
    blueprint.add_url_rule("/merged", "merged", merged)
    blueprint.add_url_rule("/excluded", "excluded", excluded)
    blueprint.add_url_rule("/watched", "watched", watched)


def suspended() -> Response:
    """Tickets that wait for a condition outside anybody's hands; the leader takes them up again."""
    now = datetime.now(UTC)
    rows = ledgers.list_parked(db.session(), now, now.astimezone(current_site().zone).date())
    return _page("suspended", rows=rows, may_resume=Role.CENTRE_LEADER in current_actor().roles)


def disputes() -> Response:
    """Tickets that no unit owns up to; the leader decides."""
    rows = ledgers.list_disputes(db.session(), datetime.now(UTC))
    return _page("disputes", rows=rows, may_decide=Role.CENTRE_LEADER in current_actor().roles)


def invalid() -> Response:
    """Tickets that one reviewer wants judged invalid; a second one decides."""
    viewer = current_actor()
    rows = ledgers.list_proposed(db.session())
    return _page("invalid", rows=rows, viewer=viewer, may_decide=Role.REVIEWER in viewer.roles)


def merged() -> Response:
    """Masters with the tickets that follow them, and who may merge: nobody who reads this page."""
    people = list_users_with_role(db.session(), Role.DISPATCHER)
    names = [each.display_name for each in people[:_MOST_NAMED]]
    return _page("merged", rows=ledgers.list_merged(db.session()), dispatchers=names)


def excluded() -> Response:
    """Tickets that are out of the figures, and the figures of every unit with and without them."""
    now, is_quarter = datetime.now(UTC), request.args.get("span") == "quarter"
    since, _ = exclusion_span(now)
    spans = [
        {"label": "本月", "url": url_for("supervisor.excluded"), "is_current": not is_quarter},
        {
            "label": "近 90 天",
            "url": url_for("supervisor.excluded", span="quarter"),
            "is_current": is_quarter,
        },
    ]
    return _page(
        "excluded",
        rows=exclusions.list_contested(db.session(), now),
        figures=exclusions.list_unit_figures(db.session(), since),
        spans=spans,
    )


def watched() -> Response:
    """Open tickets whose record says words that are watched for, the newest first."""
    return _page("watched", rows=list_watched(db.session()))


def _page(name: str, **context: Any) -> Response:
    endpoint = f"supervisor.{name}"
    book = None
    if name not in {"invalid", "watched"}:
        book = url_for("supervisor.export_ledger", name=name, span=request.args.get("span"))
    return render(
        f"supervisor/{name}.html", tabs=tabs_of(endpoint), here=url_for(endpoint), book=book, **context
    )
