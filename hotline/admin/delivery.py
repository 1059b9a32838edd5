"""The board of messages: what waits, what goes out, what fails, and the few levers an administrator has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.admin.delivery_forms import CapsForm, PauseForm
from hotline.admin.minute_bars import draw
from hotline.queries.dead_letters import DeadPage, list_causes, list_dead_letters
from hotline.queries.delivery import Sending, read_sending
from hotline.queries.provider_health import list_providers
from hotline.queries.wording import MESSAGE_CHANNELS
from hotline.services.site import current_site
from hotline.web.access import may_call
from hotline.web.pages import is_fragment_wanted, render
from hotline.web.ui import form_errors
from notifications import switch
from notifications.policy import Caps, day_start
from notifications.spending import count_segments_of_day, read_caps

_LONGEST_MARK = 64
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Which dead letters are shown: of one cause or of all, and from which on."""

    cause: str = ""
    before: str = ""

    @classmethod
    def read(cls) -> "Asked":
        """Read the address, or the form that was sent from it."""
        return cls(*(request.values.get(name, "")[:_LONGEST_MARK] for name in ("cause", "before")))

    def url(self, **changes: str) -> str:
        """Give the address of the board that shows them."""
        query: dict[str, Any] = {"cause": self.cause, "before": self.before, **changes}
        return url_for("delivery.board", **{name: value for name, value in query.items() if value})


@dataclass(frozen=True, slots=True)
class Spent:
    """What SMS have cost since midnight, and what they may."""

    segments: int
    caps: Caps

    @property
    def percent(self) -> int:
        """How much of the day's cap is gone; 0 where there is none."""
        most = self.caps.segments_per_day
        return min(_WHOLE, round(self.segments / most * _WHOLE)) if most else 0


@dataclass(frozen=True, slots=True)
class Returned:
    """A form that comes back: which one, what is wrong, and which letters were ticked."""

    pause: PauseForm | None = None
    caps: CapsForm | None = None
    problems: Sequence[tuple[str, str]] = ()
    picked: Collection[str] = field(default=())

    @property
    def complaints(self) -> Sequence[tuple[str, str]]:
        """List what the summary shows."""
        forms = (form for form in (self.pause, self.caps) if form is not None)
        return [*self.problems, *(error for form in forms for error in form_errors(form))]


def board() -> Response:
    """The page; htmx asks for its living parts every 30 seconds."""
    return answer(Returned())


def answer(returned: Returned, status: int = 200) -> Response:
    """Show the board as it is now, with a form as it was sent."""
    session, now = db.session(), datetime.now(UTC)
    asked = Asked.read()
    sending, letters, spent = _read(session, asked, now)
    return render(
        "admin/delivery/board.html",
        block="living",
        status=status,
        is_part=is_fragment_wanted(),
        asked=asked,
        sending=sending,
        bars=draw(sending.minutes),
        causes=list_causes(session),
        letters=letters,
        providers=list_providers(session, now),
        stands=switch.read(session),
        spent=spent,
        channels=MESSAGE_CHANNELS,
        may_act=may_call("delivery.redrive"),
        may_open=may_call("tickets.show"),
        returned=returned,
        pause_form=returned.pause or PauseForm(formdata=None),
        caps_form=returned.caps or CapsForm.of(spent.caps),
        has_errors=bool(returned.complaints),
        now=now,
    )


def _read(session: Session, asked: Asked, now: datetime) -> tuple[Sending, DeadPage, Spent]:
    zone = current_site().zone
    return (
        read_sending(session, day_start(now, zone), now),
        list_dead_letters(session, asked.cause, asked.before),
        Spent(count_segments_of_day(session, now, zone), read_caps(session)),
    )
