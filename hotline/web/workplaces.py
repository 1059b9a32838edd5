"""Where does a refused form come back to? To the page it was filled in on, with all that was typed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from flask import Response, current_app, g
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from hotline.web.access import may_call
from hotline.web.action_forms import FormField
from hotline.web.security import safe_next
from hotline.web.ticket_panel import MoveForm


@dataclass(frozen=True, slots=True)
class SentBack:
    """The form of a move that was refused; without a `form` nothing was, and what was typed goes on.

    `ticket` is the number where no form tells it.
    """

    form: MoveForm | None = None
    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    status: int = 200
    ticket: str = ""

    @property
    def number(self) -> str:
        return self.form.number if self.form else self.ticket

    @property
    def request_key(self) -> str:
        return self.form.request_key if self.form else ""

    @property
    def action(self) -> str:
        return self.form.move.target.action if self.form else ""

    @property
    def subject_id(self) -> int | None:
        return self.form.move.target.subject_id if self.form else None

    def of(self, *actions: str) -> "SentBack":
        """Give what came back of these actions' form; nothing if it was another one on the page."""
        return self if self.action in actions else SentBack()

    def about(self, subject_id: int) -> "SentBack":
        """Give what came back about this part of the ticket; nothing if it was about another."""
        return self if self.subject_id == subject_id else SentBack()

    def in_place_of(self, form: MoveForm | None) -> MoveForm | None:
        """Give what came back if it is a form of the same move, else the page's own with what was typed."""
        if form is None or self.form is None:
            return form and self._filled(form)
        return self.form if form.move.target == self.form.move.target else form

    def value(self, name: str) -> str:
        """What was typed into a field, whether the action asks for it or not."""
        return self.typed.get(name, "")

    def errors(self, name: str) -> tuple[str, ...]:
        """What is wrong with a field."""
        return next((each.errors for each in self._fields if each.name == name), ())

    def summary(self, at: str = "f-{}") -> list[tuple[str, str]]:
        """List what is wrong for the head of the page; `at` makes the id of a field of its name.

        Without `at` the page has no such field, and nothing leads to one.
        """
        named = [
            (at.format(each.name), f"{each.label}：{text}") for each in self._fields for text in each.errors
        ]
        return named or ([("", self.form.problem)] if self.form else [])

    def _filled(self, form: MoveForm) -> MoveForm:
        if not any(each.name in self.typed for each in form.fields):
            return form
        filled = (replace(each, values=tuple(self.typed.getlist(each.name))) for each in form.fields)
        return replace(form, fields=tuple(filled))

    @property
    def _fields(self) -> tuple[FormField, ...]:
        return self.form.fields if self.form else ()


Shown = Callable[[SentBack, str], Response]
_PAGES: dict[str, Shown] = {}


def comes_back_to(endpoint: str) -> Callable[[Shown], Shown]:
    """Have a page show again the forms refused that name it as the place they were filled in (`here`)."""

    def keep(shown: Shown) -> Shown:
        _PAGES[endpoint] = shown
        return shown

    return keep


def answer_where_typed(sent: SentBack, here: str) -> Response | None:
    """Show the page somebody worked in; None where that is no such page or not theirs to open."""
    here = safe_next(here, "")
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(here).path, method="GET")
    except (HTTPException, ValueError):
        return None
    shown = _PAGES.get(endpoint)
    if shown is None or not may_call(endpoint):
        return None
    g.shown_path = urlsplit(here).path
    return shown(sent, here)
