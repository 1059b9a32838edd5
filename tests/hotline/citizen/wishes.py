"""What citizens ask about their own data, sent as browsers send it, and how it is decided."""

import re
from datetime import UTC, datetime

from sqlalchemy import select

from hotline.models.data_requests import DataRequest
from hotline.models.ticket import Citizen, Ticket
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from tests.hotline.clerks import hidden_of

OWN = {"citizen_name": "刁甲乙", "phone": "13912340987", "email": "canary@example.cn"}
WHY = "话务员听错了"
DECIDER = "沈知行"


def signed_in(app, session_factory, role):
    """A browser of somebody with that role alone."""
    new = NewUser(f"new-{role}", DECIDER, "Ginkgo-avenue-7", frozenset({role}))
    with session_factory.begin() as session:
        user = accounts.create_user(session, new, datetime.now(UTC), accounts.CHEAP_HASHER)
        token = accounts.open_session(session, user.id, Client(), datetime.now(UTC))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    return browser


def ask(client, number, field, value, reason=WHY):
    path = f"/status/{number}/data/correct"
    hidden = hidden_of(client.get(path).text, path)
    return client.post(path, data={**hidden, "field": field, "value": value, "reason": reason})


def ask_erasing(client, number, reason="不再需要"):
    path = f"/status/{number}/data/erase"
    hidden = hidden_of(client.get(path).text, path)
    return client.post(path, data={**hidden, "reason": reason})


def last_id(session_factory) -> int:
    with session_factory() as session:
        return session.scalars(select(DataRequest.id).order_by(DataRequest.id.desc()).limit(1)).one()


def decide(supervisor, request_id, action, **typed):
    page = supervisor.get(f"/board/data-requests/{request_id}").text
    hidden = hidden_of(page, f"/board/data-requests/{request_id}/accept")
    return supervisor.post(f"/board/data-requests/{request_id}/{action}", data={**hidden, **typed})


def citizen_of(session_factory, number) -> Citizen:
    with session_factory() as session:
        of_ticket = select(Citizen).join(Ticket, Ticket.citizen_id == Citizen.id)
        return session.scalars(of_ticket.where(Ticket.number == number)).one()


def decide_again(supervisor, request_id, **typed):
    token = re.search(r'name="csrf_token" value="([^"]+)"', supervisor.get("/search").text)
    hidden = {"csrf_token": token[1]} if token else {}
    return supervisor.post(f"/board/data-requests/{request_id}/accept", data={**hidden, **typed})
