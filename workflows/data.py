"""Which data do actions take? The lists that rows of the tables share."""

from workflows.choices import CallResult, ContactWay, Satisfaction, Solved, StatementKind
from workflows.definition import Need, NeedKind
from workflows.vocabulary import IntakeChannel, TicketType, Urgency, Word

CONTENT_LIMIT = 10_000
TITLE_LIMIT = 100
ANSWER_LIMIT = 10_000
ADVICE_LIMIT = 1000
REOPENING_LIMIT = 1000


def text(name: str, limit: int, *, required: bool = True, private: bool = False) -> Need:
    """Build the need of a text of at most `limit` code points."""
    return Need(name, NeedKind.TEXT, required, max_length=limit, is_private=private)


def choice(name: str, words: type[Word], *, required: bool = True, many: bool = False) -> Need:
    """Build the need of one word of an enumeration, or of several."""
    return Need(name, NeedKind.CHOICES if many else NeedKind.CHOICE, required, choices=words)


def flag(name: str) -> Need:
    """Build the need of a yes or no that may be left out."""
    return Need(name, NeedKind.FLAG, is_required=False)


def answer(name: str) -> Need:
    """Build the need of a yes or no to a question that may not have been put: silence is neither."""
    return Need(name, NeedKind.ANSWER, is_required=False)


# Who calls and what they say is kept in the rows made for it, never copied into the event trail.
RECORD = (
    choice("type", TicketType),
    text("title", TITLE_LIMIT, required=False, private=True),
    text("content", CONTENT_LIMIT, private=True),
    choice("channel", IntakeChannel, required=False),
    choice("urgency", Urgency, required=False),
    Need("category", NeedKind.CATEGORY, is_required=False),
    text("district", 50, required=False),
    text("street", 50, required=False),
    text("address", 200, required=False, private=True),
    text("accused", 200, required=False, private=True),
    text("citizen_name", 100, required=False, private=True),
    text("phone", 40, required=False, private=True),
    text("email", 254, required=False, private=True),
    text("id_number", 40, required=False, private=True),
    # What nothing was typed for stays as it was, hence a word of its own for taking the number away.
    flag("no_id_number"),
    flag("is_minor"),
    text("guardian_phone", 40, required=False, private=True),
    flag("is_anonymous"),
    flag("is_confidential"),
    flag("callback_wanted"),
    # Which words told them what becomes of their data: Personal Information Protection Law, article 17.
    choice("statement", StatementKind, required=False),
    Need("statement_number", NeedKind.NUMBER, is_required=False),
)
DIRECT_ANSWER = (text("answer", ANSWER_LIMIT), text("source", 200, required=False))
DISPATCH = (
    Need("main_unit", NeedKind.UNIT),
    Need("co_units", NeedKind.UNITS, is_required=False),
    text("advice", ADVICE_LIMIT, required=False),
    text("choice_reason", 200, required=False),
    flag("is_hard"),
)
DECISION = (
    *(need for need in DISPATCH if need.name in {"main_unit", "co_units", "is_hard"}),
    text("decision", 2000),
)
CONTACT = (
    Need("contacted_at", NeedKind.INSTANT),
    choice("way", ContactWay),
    text("result", 1000),
)
REVIEWED_REPLY = (flag("is_public"), text("public_answer", ANSWER_LIMIT, required=False))
ATTEMPT = (
    choice("result", CallResult),
    Need("attempted_at", NeedKind.INSTANT, is_required=False),
    text("note", 500, required=False),
)
BOOKING = (
    Need("call_at", NeedKind.INSTANT, is_to_come=True),
    text("note", 200, required=False),
)
RATING = (
    choice("solved", Solved, required=False),
    choice("satisfaction", Satisfaction, required=False),
    answer("was_contacted"),
    answer("is_truthful"),
    flag("is_explained"),
    text("comment", 500, required=False, private=True),
)
