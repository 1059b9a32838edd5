"""How do templates reach the components: the global `ui`, whose attributes are macros.

`ui.button` is the macro `button` of templates/components/button.html. A global, because a fragment rendered
alone loses the page's own `{% import %}`.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from jinja2 import Environment, TemplateNotFound
from wtforms import Field

from hotline.services.site import current_site
from hotline.web.language import current_language
from hotline.web.refusals import names_no_field


class Components:
    """Attribute access loads the component's file; it is looked for once, unless files may change."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Callable[..., str]:
        try:
            module = self._environment.get_template(f"components/{name}.html").module
        except TemplateNotFound as error:
            raise AttributeError(name) from error
        macro: Callable[..., str] = getattr(module, name)
        if not self._environment.auto_reload:
            setattr(self, name, macro)
        return macro


@dataclass(frozen=True, slots=True)
class Control:
    """What a form component needs to know of a field, whether WTForms or plain."""

    name: str
    id: str
    label: str
    value: str
    type: str
    hint: str
    errors: tuple[str, ...]
    is_required: bool

    @property
    def described_by(self) -> str:
        """Ids of the hint and the error, for aria-describedby; empty when neither is shown."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join(ids + ([f"{self.id}-error"] if self.errors else []))


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, radio group or segmented control."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the top bar; `key` is a shortcut such as `G I`."""

    label: str
    url: str
    is_current: bool = False
    key: str | None = None


def control(field: Field | str, **told: Any) -> Control:
    """Facts of a WTForms field, or of a plain name; what the template says (label, hint, …) wins."""
    known = _of_plain(field) if isinstance(field, str) else _of_wtforms(field)
    known |= {key: value for key, value in told.items() if value is not None}
    known["errors"] = _texts(known["errors"])
    known["value"] = "" if known["value"] is None else str(known["value"])
    known["id"] = known["id"] or known["name"]
    return Control(**known)


def choices(field: Field | str, options: Iterable[Any] | None, value: Any = None) -> list[Choice]:
    """Options of a WTForms choice field, or of (value, label) pairs; `value` may be one value or several."""
    if options is None and not isinstance(field, str):
        return [Choice(str(key), str(text), bool(chosen)) for key, text, chosen, *_ in field.iter_choices()]
    if value is None and not isinstance(field, str):
        value = field.data
    chosen_values = _values(value)
    pairs = [(option, option) if isinstance(option, str) else tuple(option)[:2] for option in options or ()]
    return [Choice(str(key), str(text), str(key) in chosen_values) for key, text in pairs]


def form_errors(source: Any) -> list[tuple[str, str]]:
    """(field id, message) pairs of a WTForms form, of a mapping name → messages, or of pairs."""
    if source is None:
        return []
    if hasattr(source, "_fields"):
        faults = [(field, text) for field in source for text in _texts(field.errors)]
        of_fields = [(_target(field), _named(field, text)) for field, text in faults]
        return of_fields + [("", text) for text in _texts(source.form_errors)]
    if isinstance(source, Mapping):
        return [(str(name), text) for name, messages in source.items() for text in _texts(messages)]
    return [pair if isinstance(pair, tuple) else ("", str(pair)) for pair in source]


def new_request_key() -> str:
    """A key that makes a repeated POST of the same form one act."""
    return secrets.token_urlsafe(18)


def shell_defaults() -> dict[str, object]:
    """What base.html and citizen_base.html read; the web plumbing and views override any of it."""
    absent = (
        *("account", "now", "request_id", "session_ends_at", "retry_after", "conflict", "problem"),
        *(
            "logout_url",
            "profile_url",
            "stand_in_url",
            "search_url",
            "palette_url",
            "mailbox_url",
            "help_url",
        ),
        *("privacy_url", "accessibility_url", "size_url", "language_url", "back_url"),
    )
    return {
        **dict.fromkeys(absent),
        "nav_items": (),
        "nav_counts": {},
        "is_demo": False,
        "theme": "auto",
        "density": "normal",
        "size": "normal",
        "single_keys": True,
        "home_url": "/",
        "has_errors": False,
        "session_idle": 0,
        "page_language": "zh-CN",
        "city": current_site().city,
        "city_name": current_site().city,
    }


def register_ui(app: Flask) -> None:
    """Install `ui`, its helpers and the shell's defaults; call first, so later context processors win."""
    environment = app.jinja_env
    environment.globals.update(
        ui=Components(environment),
        control=control,
        choices=choices,
        form_errors=form_errors,
        new_request_key=new_request_key,
    )
    app.context_processor(shell_defaults)


def _of_plain(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": "",
        "label": name,
        "value": "",
        "type": "text",
        "hint": "",
        "errors": (),
        "is_required": False,
    }


def _of_wtforms(field: Field) -> dict[str, Any]:
    # `_value` is what WTForms' own widgets read: it keeps the text as typed when it did not parse.
    value = field._value() if hasattr(field, "_value") else field.data  # noqa: SLF001 - see above
    return {
        "name": field.name,
        "id": field.id,
        "label": field.label.text,
        "value": value,
        "type": getattr(field.widget, "input_type", "text"),
        "hint": field.description,
        "errors": field.errors,
        "is_required": bool(field.flags.required),
    }


def _target(field: Field) -> str:
    return "" if getattr(field.widget, "input_type", "") == "hidden" else str(field.id)


def _named(field: Field, text: str) -> str:
    """Put the name of its field before a message that could be about any."""
    if not names_no_field(text):
        return text
    return f"{field.label.text}: {text}" if current_language() == "en" else f"{field.label.text}：{text}"


def _texts(messages: str | Sequence[Any] | None) -> tuple[str, ...]:
    if not messages:
        return ()
    return (messages,) if isinstance(messages, str) else tuple(str(message) for message in messages)


def _values(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    if isinstance(value, (list, tuple, set, frozenset)):
        return frozenset(str(item) for item in value)
    return frozenset({str(value)})
