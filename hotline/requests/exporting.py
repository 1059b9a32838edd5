"""How does an approved table reach the one who asked for it, and how does it go away again?"""

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, request, send_file, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.exports import Export
from hotline.models.ticket import Request
from hotline.queries.export_rows import list_rows
from hotline.queries.exports import list_own
from hotline.queries.requests import name_deciders
from hotline.services import exports
from hotline.services.exports import Written
from hotline.services.site import current_site
from hotline.web.auth import current_actor
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.sheet import watermark, write_export
from hotline.web.shelf import export_folder
from hotline.web.transaction import transaction
from workflows.vocabulary import RequestKind

_HALF = ".part"


def register_exporting(blueprint: Blueprint) -> None:
    """Give the blueprint the pages of exports."""
    blueprint.add_url_rule("/exports", "exports", show)
    blueprint.add_url_rule("/exports/<int:request_id>/cancel", "cancel_export", cancel, methods=["POST"])
    blueprint.add_url_rule("/exports/<int:export_id>/file", "fetch_export", fetch, methods=["POST"])


def show() -> Response:
    """What somebody asked to take out; files that are over are removed on the way."""
    now = datetime.now(UTC)
    clear(db.session(), export_folder(), now)
    rows, decider = list_own(db.session(), current_actor()), name_deciders(RequestKind.BULK_EXPORT)
    return render("requests/exports.html", rows=rows, decider=decider, now=now)


def cancel(request_id: int) -> Response:
    """Take an open request back."""
    actor, now = current_actor(), datetime.now(UTC)
    key, back = request.form.get("request_key", ""), url_for("requests.exports")
    return perform(
        lambda session: exports.cancel(session, request_id, actor, now), key, back, "已撤回导出申请"
    )


def fetch(export_id: int) -> Response:
    """Send the table to its asker; it is written when they first fetch it, and stays the same for a day."""
    now, actor, session = datetime.now(UTC), current_actor(), db.session()
    clear(session, export_folder(), now)
    export = exports.find_ready(session, export_id, actor, now)
    path = export_folder() / export.storage_name
    written = None if path.exists() else _write(session, export, path, now)
    with transaction() as writing:
        exports.fetch(writing, export_id, written, actor, now)
    name = f"export-{now.astimezone(current_site().zone):%Y%m%d-%H%M}.csv"
    answer = send_file(path, "text/csv; charset=utf-8", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def clear(session: Session, folder: Path, now: datetime) -> None:
    """Remove every file that nobody may fetch any more."""
    if not folder.is_dir():
        return
    kept = exports.list_kept(session, now)
    for path in folder.iterdir():
        if path.name.removesuffix(_HALF) not in kept:
            path.unlink(missing_ok=True)


def _write(session: Session, export: Export, path: Path, now: datetime) -> Written:
    actor, zone = current_actor(), current_site().zone
    purpose = session.get_one(Request, export.request_id).basis
    mark = watermark(actor.name, now, zone, " ".join(purpose.split()))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    half = path.with_suffix(_HALF)
    with half.open("w", encoding="utf-8", newline="") as file:
        count = write_export(file, list_rows(session, actor, export.filter, now), mark, zone)
    half.replace(path)
    return Written(count, mark)
