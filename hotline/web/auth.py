"""Who is asking: a signed-in member of staff, a system with a token, a citizen with a code, or nobody.

The browser's cookie holds a random token of a session row, so that revoking the row signs out at once.
Roles and units are read anew with each request. Bearer tokens count under /api only, cookies everywhere else.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Flask, Request, current_app, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from database import db
from hotline.models.people import SESSION_LASTS, Scope, User
from hotline.queries.directory import find_unit, roles_of, subtree_ids
from hotline.queries.substitutions import Lent, find_lent
from hotline.services import accounts, api_tokens
from hotline.services.password_rules import is_too_old
from hotline.services.separation import without_together
from hotline.services.substitutions import acting_for
from hotline.web.transaction import transaction
from workflows.definition import Actor, citizen_actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Role

API_PREFIX = "/api/"
# What an open page asks for by itself is no sign that anybody still sits before it.
_UNATTENDED = frozenset({"desk.calls", "supervisor.board", "supervisor.overdue"})
# Whose session ended here last: a form of theirs may still stand in another window.
LEFT, LEFT_FORMS = "left_session", "left_csrf_token"
_OPENED = "opened_tickets"
_OPENED_LASTS = timedelta(hours=2)
_OPENED_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person or system behind this request; plain values, safe after a rollback."""

    token: str
    user_id: int
    username: str
    display_name: str
    staff_number: str
    language: str
    unit_id: int | None
    unit_name: str
    actor: Actor
    theme: str
    density: str
    has_single_keys: bool
    # What the token is for; None with a session, which is for everything.
    scopes: frozenset[Scope] | None = None
    # The password was too old at sign-in: nothing else opens before it is changed.
    must_change_password: bool = False
    # When the session is over however busy its owner is; None with a token, which has no session.
    ends_at: datetime | None = None
    # For whom they act in this browser; a token never acts for anybody but its owner.
    acts_for: Lent | None = None
    # They acted for somebody here until now, and it has ended since.
    has_stood_in: bool = False

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def roles(self) -> frozenset[Role]:
        return self.actor.roles

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token


def signed_in() -> SignedIn | None:
    """Who is signed in here, if anybody is."""
    user = current_user._get_current_object()  # noqa: SLF001 - how a LocalProxy gives its object
    return user if isinstance(user, SignedIn) else None


def current_account() -> SignedIn:
    """The signed-in account. Raises LookupError for nobody: the access table keeps those out."""
    user = signed_in()
    if user is None:
        message = "nobody is signed in"
        raise LookupError(message)
    return user


def current_actor() -> Actor:
    """The signed-in actor; raises as current_account() does."""
    return current_account().actor


def client_ip() -> str:
    """Where the request comes from, as the server saw it; forwarded headers are not believed."""
    return request.remote_addr or ""


def forget_user() -> None:
    """Answer the rest of this request as if nobody had signed in: when it cannot be looked up who did."""
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # noqa: SLF001 - where Flask-Login looks


def start_session(token: str) -> None:
    """Give the browser a new session; whatever it held before, planted or not, is gone but for `LEFT`."""
    empty_session()
    g.pop("csrf_token", None)  # was made for the session that is gone; this answer may hold a form too
    user = _by_session(token)
    if user is not None:
        login_user(user)


def empty_session() -> None:
    """Forget all but whose session this was and the token of its forms: a page of it may still be sent."""
    ends_now = session.get("_user_id")
    left = (ends_now, session.get("csrf_token")) if ends_now else (session.get(LEFT), session.get(LEFT_FORMS))
    session.clear()
    session.update({name: value for name, value in zip((LEFT, LEFT_FORMS), left, strict=True) if value})


def end_session(now: datetime) -> None:
    """Revoke the session row and empty the cookie, a citizen's opened tickets included."""
    user = signed_in()
    if user is not None:
        with transaction() as rows:
            accounts.close_session(rows, user.token, now)
    empty_session()
    logout_user()


def open_ticket(number: str, now: datetime) -> None:
    """Remember for two hours that this browser proved to own a ticket."""
    numbers = [known for known in opened_tickets(now) if known != number]
    session[_OPENED] = {"numbers": [*numbers, number][-_OPENED_AT_MOST:], "at": now.isoformat()}


def leave_tickets() -> None:
    """Forget the tickets this browser opened."""
    session.pop(_OPENED, None)


def opened_tickets(now: datetime) -> tuple[str, ...]:
    """Numbers of the tickets this browser opened with their codes, the latest last."""
    opened = session.get(_OPENED)
    if not opened or now - datetime.fromisoformat(opened["at"]) > _OPENED_LASTS:
        return ()
    return tuple(opened["numbers"])


def current_citizen(number: str) -> Actor | None:
    """The citizen as an actor on a ticket this browser has opened; None on any other ticket."""
    return citizen_actor(number, client_ip()) if number in opened_tickets(datetime.now(UTC)) else None


def opened_citizen(number: str) -> Actor:
    """The same behind an address whose reach is OPENED: whoever has not opened the ticket did not get here.

    Raises Refused as for a ticket that is not there, should an address be asked for without that reach.
    """
    citizen = current_citizen(number)
    if citizen is None:
        raise Refused(Code.NOT_FOUND)
    return citizen


def is_api() -> bool:
    return request.path.startswith(API_PREFIX)


def register_auth(app: Flask) -> None:
    """Teach Flask-Login our two ways in. Its own session protection is off: addresses of phones change."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_by_session)
    manager.request_loader(_by_bearer)


def _by_session(token: str) -> SignedIn | None:
    # The API is free of CSRF checks, so a cookie must not open it.
    if is_api():
        return None
    now = datetime.now(UTC)
    found = accounts.find_session(db.session(), token, now)
    if found is None:
        return None
    row, user = found
    is_poll = request.endpoint in _UNATTENDED and "HX-Request" in request.headers
    if not is_poll and accounts.is_touch_due(row.last_seen_at, now):
        with transaction() as rows:
            accounts.touch_session(rows, row.id, now)
    described, lent = _describe(user, token), None
    if row.substitution_id is not None:
        lent = find_lent(db.session(), row.substitution_id, user.id, now)
    return replace(
        described,
        actor=described.actor if lent is None else acting_for(described.actor, lent),
        acts_for=lent,
        has_stood_in=row.substitution_id is not None and lent is None,
        ends_at=row.created_at + SESSION_LASTS,
        # Judged by the moment of the sign-in, so that nobody loses a form they are filling in.
        must_change_password=not row.is_sso
        and current_app.config["PASSWORDS_END"]
        and is_too_old(user.password_set_at or user.created_at, row.created_at),
    )


def _by_bearer(asked: Request) -> SignedIn | None:
    authorization = asked.authorization
    if not is_api() or authorization is None or authorization.type != "bearer" or not authorization.token:
        return None
    now = datetime.now(UTC)
    found = api_tokens.find_user_by_token(db.session(), authorization.token, now)
    if found is None:
        return None
    row, user = found
    if accounts.is_touch_due(row.last_used_at, now):
        with transaction() as rows:
            api_tokens.touch_token(rows, row.id, now)
    return replace(_describe(user, ""), scopes=api_tokens.scopes_of(row))


def _describe(user: User, token: str) -> SignedIn:
    rows = db.session()
    unit = None if user.unit_id is None else find_unit(rows, user.unit_id)
    subtree = frozenset[int]() if unit is None else subtree_ids(rows, unit.id)
    return SignedIn(
        token=token,
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        staff_number=user.staff_number,
        language=user.language,
        unit_id=user.unit_id,
        unit_name="" if unit is None else unit.name,
        actor=accounts.actor_of(user, without_together(roles_of(rows, user.id)), subtree, client_ip()),
        theme=user.theme,
        density=user.density,
        has_single_keys=user.has_single_keys,
    )
