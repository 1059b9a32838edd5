"""Who presses which button: people of the town in browsers of their own, at the forms of a ticket's pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session, sessionmaker

from hotline.web.refusals import sentence
from tests.hotline.clerks import sign_in_as
from tests.stories.town import Town

ASKS_OF_TICKET = frozenset({"ask_reopening", "ask_disclosure"})
_PARTS = {"assignment": "assignments", "request": "requests", "order": "orders"}
_SEED = "one-seed-for-every-browser-of-the-tests"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one ticket: an action of a machine, about the whole ticket or one part of it."""

    number: str
    machine: str
    action: str
    subject_id: int | None = None
    is_blind: bool = False

    @property
    def page(self) -> str:
        """The address of the page that shows it; a draft is changed on the desk, which has a form of its own."""
        if (self.machine, self.action) == ("ticket", "revise"):
            return f"/desk/drafts/{self.number}"
        return f"/requests?id={self.subject_id}" if self.is_blind else self.path

    @property
    def path(self) -> str:
        """The address that people reach it under, spelled out here rather than asked of the application."""
        if self.is_blind:
            return f"/requests/{self.subject_id}/{self.action}"
        of_ticket = f"/tickets/{self.number}"
        if self.machine == "ticket":
            return f"{of_ticket}/actions/{self.action}"
        if self.action == "issue":
            return f"{of_ticket}/orders/issue"
        if self.action in ASKS_OF_TICKET:
            return f"{of_ticket}/requests/{self.action}"
        if self.action.startswith("ask_"):
            return f"{of_ticket}/assignments/{self.subject_id}/requests/{self.action}"
        return f"{of_ticket}/{_PARTS[self.machine]}/{self.subject_id}/actions/{self.action}"


@dataclass(slots=True)
class Counter:
    """The application with the town's people in front of it."""

    app: Any
    factory: sessionmaker[Session]
    town: Town
    _browsers: dict[str, Any] = field(default_factory=dict)

    def browser(self, who: str) -> Any:
        if who not in self._browsers:
            self._browsers[who] = sign_in_as(self.app, self.factory, self.town, who)
            with self._browsers[who].session_transaction() as cookie:
                cookie["csrf_token"] = _SEED
        return self._browsers[who]

    def forget_browsers(self) -> None:
        self._browsers.clear()

    def look(self, who: str, form: Form) -> Any:
        """Open the page of a form."""
        return self.browser(who).get(form.page)

    def press(self, who: str, form: Form, version: int, data: Mapping[str, Any], language: str = "zh") -> Any:
        """Send a form as a browser would: boxes only when ticked, lists as repeated fields."""
        browser = self.browser(who)
        browser.set_cookie("lang", language)
        sent = {name: _typed(value) for name, value in data.items() if value not in (False, None)}
        return browser.post(form.path, data={**sent, "version": version, "csrf_token": self.token()})

    def token(self) -> str:
        """What the hidden field of each form of these browsers holds."""
        signer = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token")
        return str(signer.dumps(_SEED))


def says(answer: Any, code: str, language: str) -> bool:
    """Whether a page gives the reason of a refusal in the reader's language."""
    return sentence(code).in_language(language) in answer.text


def _typed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_typed(each) for each in value]
    return "1" if value is True else str(value)
