"""The forms of a page as a browser would send them, filled in where they are empty."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_PROSE = "经现场核实，情况属实，已安排人员处理。"
_BY_TYPE = {
    "date": "2027-01-08",
    "datetime-local": "2027-01-08T09:00",
    "time": "09:00",
    "number": "3",
    "tel": "13800138000",
    "email": "wang@example.com",
    "password": "Ginkgo-avenue-7",
    "search": "电梯",
}
_BY_NAME = {
    "phone": "13800138000",
    "email": "wang@example.com",
    "username": "wang.new",
    "day": "2027-01-08",
    "code": "NEWONE",
    "hours": "3",
    "minutes": "30",
    "from": "09:00",
    "to": "10:00",
}
_NEVER_SENT = {"button", "reset", "image"}


@dataclass(slots=True)
class Control:
    """One control of a form, with what it would send."""

    name: str
    kind: str
    value: str
    is_on: bool = False
    # Where it sends the form to, if elsewhere.
    action: str = ""
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    """One form that is posted, and its controls in their order."""

    action: str
    key: str
    controls: list[Control] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.controls}

    def filled_in(self, *, ticks: bool) -> dict[str, list[str] | str]:
        """What is sent: what stands there, the first of what may be chosen, something that fits what is empty."""
        sent: dict[str, list[str] | str] = {}
        for each in filter(lambda each: each.name, self.controls):
            if each.kind in {"checkbox", "radio", "submit"}:
                self._choose(each, sent, ticks=ticks)
            elif each.kind == "select":
                sent.setdefault(each.name, each.value or next(filter(None, each.options), ""))
            elif each.kind != "file":
                sent.setdefault(each.name, each.value or _fitting(each))
        return sent

    def _choose(self, each: Control, sent: dict[str, list[str] | str], *, ticks: bool) -> None:
        is_first = each.name not in sent
        if each.kind == "checkbox":
            if each.is_on or (ticks and is_first):
                sent[each.name] = [*sent.get(each.name, []), each.value]
        elif each.is_on or is_first:
            sent[each.name] = each.value


def _fitting(each: Control) -> str:
    if each.kind in _BY_TYPE:
        return _BY_TYPE[each.kind]
    return _BY_NAME.get(each.name.rpartition("-")[2], "" if each.kind == "hidden" else _PROSE)


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.forms = here, list[Form]()
        self.strays: list[tuple[str, Control]] = []
        self._open: Form | None = None
        self._select: Control | None = None
        self._area: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_posted = held.get("method", "").lower() == "post"
            self._open = Form(held.get("action") or self.here, held.get("id", "")) if is_posted else None
            self.forms += [self._open] if self._open else []
        elif tag in {"input", "button", "select", "textarea"}:
            self._control(tag, held)
        elif tag == "option" and self._select is not None:
            self._select.options.append(held.get("value", ""))
            if "selected" in held:
                self._select.value = held.get("value", "")

    def _control(self, tag: str, held: dict[str, str]) -> None:
        kind = (
            held.get("type", "submit" if tag == "button" else "text") if tag in {"input", "button"} else tag
        )
        elsewhere = held.get("formaction") or held.get("hx-post") or ""
        made = Control(held.get("name", ""), kind, held.get("value", ""), "checked" in held, elsewhere)
        if tag == "select":
            self._select = made
        if tag == "textarea":
            self._area = made
        if kind in _NEVER_SENT or "disabled" in held or not (made.name or elsewhere):
            return
        if held.get("form"):
            self.strays.append((held["form"], made))
        elif self._open is not None:
            self._open.controls.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        self._select = None if tag == "select" else self._select
        self._area = None if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data.strip()


def forms_of(page: str, here: str) -> list[Form]:
    """Every form of a page that is posted, by each of its buttons; one without an address goes to `here`."""
    reader = _Reader(here)
    reader.feed(page)
    reader.close()
    for key, control in reader.strays:
        for form in reader.forms:
            if form.key == key:
                form.controls.append(control)
    return [*reader.forms, *(other for form in reader.forms for other in _elsewhere(form))]


def _elsewhere(form: Form) -> Iterator[Form]:
    """The same form as its other buttons send it."""
    for button in form.controls:
        if button.action:
            others = [each for each in form.controls if each.kind != "submit" or each is button]
            yield Form(button.action, form.key, others)
