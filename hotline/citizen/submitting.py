"""How does a citizen send a new request by web: what, where and who, a look at everything, and the number.

Each page is a plain POST that keeps what was typed, so that a lost connection costs one page at most. The
number of the ticket is kept with what it was made of: a second press leads to the first one's ticket.
"""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from database import db
from hotline.citizen.jotted import jot, look, throw_away
from hotline.citizen.submit_forms import PhotosForm, StepForm, WhatForm, WhereForm, WhoForm, needs_place
from hotline.citizen.submit_pages import INVALID, here_url, led_elsewhere, next_url, show
from hotline.citizen.submit_sending import answer_check, refuse_for_now
from hotline.models.jottings import Jotting
from hotline.models.ticket import Ticket
from hotline.queries.directory import list_areas
from hotline.queries.nearby import find_nearby
from hotline.queries.statements import newest_statement
from hotline.queries.typed import id_in
from hotline.services.file_checks import LARGEST_TOGETHER, Checked, Shown
from hotline.services.file_flaws import BadUploadError
from hotline.services.jottings import add_file, take_file_out
from hotline.web.auth import current_citizen
from hotline.web.filters import label
from hotline.web.language import is_switching
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.security import csrf, limiter
from hotline.web.shelf import shelf
from hotline.web.uploads import read_upload
from workflows.choices import StatementKind

# Many telephones of one carrier, and everybody in one office, come from the same address.
_PAGES_PER_ADDRESS = "600 per hour"
_UPLOADS_PER_ADDRESS = "120 per hour"
_REQUESTS_PER_ADDRESS = "30 per hour; 100 per day"
_SEE_OTHER = 303
_TOO_LARGE = 413
# All the files there may be, and the little beside them.
_LARGEST_POST = LARGEST_TOGETHER + 1_000_000

blueprint = Blueprint("submitting", __name__)
_pages_limit = limiter.shared_limit(
    _PAGES_PER_ADDRESS, scope="submitting", methods=["POST"], exempt_when=is_switching
)


def _is_sent(response: Response) -> bool:
    return response.status_code == _SEE_OTHER


def _too_many(_limit: RequestLimit) -> Response:
    return refuse_for_now()


@blueprint.route("/submit", methods=["GET", "POST"])
@_pages_limit
def what() -> Response:
    """Ask what happened. Whoever has sent something before begins anew."""
    seen = look()
    form = WhatForm(data=dict(seen.typed))
    return _kept("what", form) or show("what", form, seen)


@blueprint.route("/submit/photos", methods=["GET", "POST"])
@limiter.limit(_UPLOADS_PER_ADDRESS, methods=["POST"])
def photos() -> Response:
    """Take pictures one after the other or together; what is refused says why, and the others stay."""
    request.max_content_length = _LARGEST_POST
    try:
        form = PhotosForm()
        is_good = form.is_submitted() and form.validate()
    except RequestEntityTooLarge:
        form = PhotosForm(formdata=None)
        form.files.errors = [_("这些文件加起来太大，没有收到。请一次少选几个。")]
        return show("photos", form, look(), _TOO_LARGE)
    if is_good and not look().number:
        return _take_files(form)
    return led_elsewhere("photos", look()) or show("photos", form, look())


@blueprint.route("/submit/where", methods=["GET", "POST"])
@_pages_limit
def where() -> Response:
    """Ask where it happened."""
    seen, areas = look(), list_areas(db.session())
    form = WhereForm(data=dict(seen.typed))
    form.needs_place = needs_place(seen.typed)
    form.offer_districts(area.name for area in areas if area.level == "district")
    streets = [area.name for area in areas if area.level == "street"]
    return _kept("where", form) or show("where", form, seen, streets=streets)


@blueprint.route("/submit/who", methods=["GET", "POST"])
@_pages_limit
def who() -> Response:
    """Ask who it is from and what may be known of them."""
    seen = look()
    form = WhoForm(data=dict(seen.typed))
    form.keep_reporter_secret(seen.typed)
    form.offer_nearby(find_nearby(db.session(), seen.typed, datetime.now(UTC)))
    statement = newest_statement(db.session(), StatementKind.WEB)
    return _kept("who", form) or show("who", form, seen, statement=statement)


@blueprint.route("/submit/check", methods=["GET", "POST"])
@limiter.limit(
    _REQUESTS_PER_ADDRESS,
    methods=["POST"],
    deduct_when=_is_sent,
    on_breach=_too_many,
)
def check() -> Response:
    """Show everything once more, and send it."""
    return answer_check()


@blueprint.get("/submit/done")
def done() -> Response:
    """Tell number and code, what happens next and by when, to the browser that sent the request."""
    number = look().number
    if not number or current_citizen(number) is None:
        return lead_to(url_for("citizen.find", number=number or None))
    ticket = db.session().scalars(select(Ticket).where(Ticket.number == number)).one()
    return render("citizen/submit/done.html", ticket=ticket)


@blueprint.route("/submit/discard", methods=["GET", "POST"])
def discard() -> Response:
    """Forget what was typed and begin anew, after asking: it cannot be brought back."""
    if request.method != "POST":
        seen = look()
        has_words = (seen.typed or seen.files) and not seen.number
        return render("citizen/submit/discard.html") if has_words else lead_to(url_for(".what"))
    return throw_away(lead_to(url_for(".what")))


def _kept(page: str, form: StepForm) -> Response | None:
    """Keep a page that is filled in well and lead on; None when there is a page to show."""
    if not form.is_submitted():
        return led_elsewhere(page, look())
    if not form.validate():
        return None
    if page != "what" and look().number:
        return lead_to(url_for(".done"))
    _nothing, tell_browser = jot(form.typed, lambda _session, _jotting: None)
    return tell_browser(lead_to(next_url(page)))


def _take_files(form: PhotosForm) -> Response:
    checked, refused = _inspected()
    more, tell_browser = jot({}, lambda session, jotting: _change_files(session, jotting, checked))
    refused += more
    if refused:
        form.files.errors = [
            _("「%(name)s」没有收下：%(why)s", name=bad.name, why=label(bad.flaw)) for bad in refused
        ]
        return tell_browser(show("photos", form, look(), INVALID))
    stays = "remove" in request.form or "add" in request.form
    return tell_browser(lead_to(here_url("photos") if stays else next_url("photos")))


def _inspected() -> tuple[list[Checked], list[BadUploadError]]:
    """Look over the files that came; gives those that may be kept and why the others may not."""
    checked: list[Checked] = []
    refused: list[BadUploadError] = []
    for file in request.files.getlist("files"):
        if file.filename:
            try:
                checked.append(shelf().inspect(read_upload(file, Shown())))
            except BadUploadError as bad:
                refused.append(bad)
    return checked, refused


def _change_files(session: Session, jotting: Jotting, checked: list[Checked]) -> list[BadUploadError]:
    """Take out the file that was pressed on and add those that came; gives what there was no room for."""
    unwanted = id_in(request.form.get("remove", ""))
    if unwanted is not None:
        take_file_out(session, shelf(), jotting, unwanted)
    refused: list[BadUploadError] = []
    for file in checked:
        try:
            add_file(session, shelf(), jotting, file)
        except BadUploadError as bad:
            refused.append(bad)
    return refused


# Their forms check the token themselves: the general check would answer an old page with another one, and
# what was typed on it would be lost.
for _view in (what, photos, where, who, check):
    csrf.exempt(_view)
