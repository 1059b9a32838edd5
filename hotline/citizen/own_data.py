"""How does a citizen get what is kept of them because of a ticket: as a page to read, and as a file?"""

import json

from flask import Response, make_response
from flask_babel import gettext as _

from database import db
from hotline.citizen.reading import read_own
from hotline.models.audit import AuditKind
from hotline.queries.data_requests import list_wished
from hotline.queries.own_data import read_own_data
from hotline.queries.public_words import CLOSED_BY, STEPS, StepKind
from hotline.queries.statements import find_given
from hotline.queries.wording import MESSAGE_KINDS
from hotline.services.audit import Deed
from hotline.services.data_request_terms import ANSWERED_WITHIN
from hotline.web.audit import note
from hotline.web.filters import label
from hotline.web.language import current_language
from hotline.web.pages import render
from workflows.definition import Actor
from workflows.vocabulary import Role


def show_own_data(number: str, citizen: Actor) -> Response:
    """Everything of theirs, to read."""
    own = read_own(number, citizen)
    data = read_own_data(db.session(), own.row, own.ticket)
    note(Deed(AuditKind.CITIZEN_FIND, ticket_number=own.row.number, facts={"by": "own_data"}))
    return render(
        "citizen/own_data.html",
        ticket=own.ticket,
        data=data,
        headings=_headings(),
        acts=_acts(),
        kinds=MESSAGE_KINDS if current_language() == "zh" else {},
        answered_within=ANSWERED_WITHIN,
        given=find_given(db.session(), own.row.id),
        wished=list_wished(db.session(), own.row.id),
    )


def send_own_data(number: str, citizen: Actor) -> Response:
    """The same as a file for machines: JSON, UTF-8, moments in ISO 8601."""
    own = read_own(number, citizen)
    data = read_own_data(db.session(), own.row, own.ticket)
    note(Deed(AuditKind.CITIZEN_FIND, ticket_number=own.row.number, facts={"by": "own_data_file"}))
    answer = make_response(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{own.row.number}.json"'
    return answer


def _headings() -> dict[str, str]:
    return {
        "added": _("您补充和操作的"),
        "answers": _("给您的答复"),
        "ratings": _("您的评价"),
        "files": _("您的文件"),
        "messages_to_you": _("发给您的消息"),
        "messages_from_you": _("您发来的短信"),
    }


def _acts() -> dict[str, str]:
    """Name what a citizen does: as their story does, and what is no step of it."""
    steps = {action: label(step) for (_machine, action), step in STEPS.items()}
    own = {"register": _("已提交诉求"), "cancel": _("已撤回重新办理的申请")}
    steps[StepKind.JOINED.value] = label(StepKind.JOINED)
    return {**steps, "close": label(CLOSED_BY[Role.CITIZEN]), **own}
