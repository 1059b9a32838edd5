"""The page of all messages: whom each is for, how it travels, what it says and how many SMS it is paid as."""

from collections.abc import Iterable, Mapping

from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS
from notifications.catalog import KINDS, TEXTER, Channel, Kind, QuietRule
from notifications.policy import QUIET_FROM, QUIET_UNTIL
from notifications.render import count_segments, render
from notifications.specimens import specimen
from workflows.checks import WORKFLOWS
from workflows.vocabulary import Audience, Role

_HEAD = f"""# Messages

Written by `flask --app wsgi check-messages --write`; a test fails when it is stale. Every kind of message of
the catalogue (`notifications/catalog.py`), whom the tables tell it, and its words in both languages filled
with invented facts. Characters and SMS are counted for these and, after the slash, for the longest ones.
A Chinese SMS holds 70 characters, or 67 in each of several parts; one in plain Latin letters 160, or 153.

What is not urgent rings no telephone between {QUIET_FROM:%H:%M} and {QUIET_UNTIL:%H:%M} in the city, unless
it answers what somebody has just done; an urgent ticket rings for staff at any hour. Channels are in order of
preference: a citizen hears by the first that reaches them, and by the next when it fails; units and staff by
each they have.
"""
_SECTIONS: Mapping[str, str] = {
    "To citizens": "citizen",
    "To whoever wrote an SMS": TEXTER,
    "To units": "",
    "To staff": "",
}
_EXTRA = {
    TEXTER: "whoever wrote",
    Role.ADMINISTRATOR: "administrators",
    "principal": "whoever is stood in for",
    "substitute": "whoever stands in",
}
_LANGUAGES = ("zh", "en")


def render_page() -> str:
    """Write the whole page."""
    told = _audiences()
    parts = [_HEAD]
    for heading in _SECTIONS:
        kinds = [kind for kind in KINDS.values() if _section(kind) == heading]
        parts.append(f"## {heading}\n")
        parts.extend(_entry(kind, told.get(kind.name, ())) for kind in kinds)
    return "\n".join(parts)


def _section(kind: Kind) -> str:
    named = next((heading for heading, who in _SECTIONS.items() if who and who in kind.audience), "")
    return named or ("To units" if Channel.SMS in kind.channels else "To staff")


def _audiences() -> Mapping[str, Iterable[str]]:
    found: dict[str, dict[str, None]] = {}
    for workflow in WORKFLOWS:
        for row in workflow.transitions:
            for notice in row.notices:
                found.setdefault(notice.kind, {})[notice.audience.label_en.lower()] = None
    return found


def _entry(kind: Kind, told: Iterable[str]) -> str:
    channels = " → ".join(f"{channel} {MESSAGE_CHANNELS[channel]}" for channel in kind.channels)
    lines = [
        f"### `{kind.name}` {MESSAGE_KINDS[kind.name]}\n",
        f"For {', '.join(told) or _otherwise(kind)} · {channels} · {_ringing(kind)}\\",
        f"Facts: {', '.join(sorted(kind.needs)) or 'none'}{_optional(kind)}{_further(kind)}\n",
        "| | words | characters | SMS |",
        "|---|---|---|---|",
    ]
    lines += [_sms(kind, language) for language in _LANGUAGES if Channel.SMS in kind.channels]
    lines += [_title(kind, language) for language in _LANGUAGES if Channel.EMAIL in kind.channels]
    return "\n".join([*lines, ""])


def _otherwise(kind: Kind) -> str:
    """Name whom a kind is for that no table tells."""
    labels = {str(word): word.label_en.lower() for word in (*Role, *Audience)}
    named = sorted(_EXTRA.get(who) or labels[who] for who in kind.audience)
    stands_for = sorted(each.name for each in KINDS.values() if each.neutral == kind.name)
    if stands_for:
        return "citizens in place of " + ", ".join(f"`{name}`" for name in stands_for)
    return ", ".join(named) or "whoever the messages were for that it stands for"


def _ringing(kind: Kind) -> str:
    if kind.is_urgent:
        return "urgent"
    if Channel.SMS not in kind.channels:
        return "rings nowhere"
    return "at once, also at night" if kind.quiet is QuietRule.SEND else "waits for the morning"


def _optional(kind: Kind) -> str:
    names = sorted(kind.may_use - {"link", "because"})
    return f"; if known {', '.join(names)}" if names else ""


def _further(kind: Kind) -> str:
    said = [
        "may be opted out of" if kind.may_opt_out else "",
        "invites a rating" if kind.invites_rating else "",
        f"reminds: {kind.reminds}" if kind.reminds else "",
        f"confidential: `{kind.neutral}`" if kind.neutral else "",
        f"vendor template `{kind.template_code}`" if kind.template_code else "",
    ]
    return "".join(f" · {each}" for each in said if each)


def _sms(kind: Kind, language: str) -> str:
    usual, longest = (_words(kind, language, is_long=is_long) for is_long in (False, True))
    characters = f"{len(usual)} / {len(longest)}"
    paid = f"{count_segments(usual)} / {count_segments(longest)}"
    return f"| sms {language} | {_cell(usual)} | {characters} | {paid} |"


def _words(kind: Kind, language: str, *, is_long: bool) -> str:
    facts = {name: specimen(language, is_long=is_long)[name] for name in kind.facts}
    return render(kind, Channel.SMS, language, facts).text


def _title(kind: Kind, language: str) -> str:
    facts = {name: specimen(language)[name] for name in kind.facts}
    mail = render(kind, Channel.EMAIL, language, {**facts, "link": "", "because": ""})
    text = mail.text.rsplit("\n", 1)[0].strip()
    return f"| mail {language} | **{_cell(mail.title)}** {_cell(text)} | | |"


def _cell(text: str) -> str:
    """Keep a text in its cell of a table."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "<br>".join(lines).replace("|", "\\|")
