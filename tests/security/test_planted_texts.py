"""Texts with attacks in them are texts wherever they come out, and opening a page changes nothing."""

from dataclasses import dataclass, field
from itertools import islice

import pytest
from sqlalchemy import Connection, String, select, type_coerce

from database import Base, db
from hotline.web.security import limiter
from tests.security.markup import COMPUTED, MARK, PAYLOADS, TEMPLATES, live_markup
from tests.security.planting import plant
from tests.security.round import Round, Seen, asked_of_no_row, asked_otherwise

pytestmark = pytest.mark.xdist_group("city")

# What reading leaves behind on purpose: who looked, that somebody is at work, and who has a ticket open.
_KEPT_OF_READING = {"audit_records", "user_sessions", "ticket_claims", "taken_rows"}
_COUNTED = {"knowledge_entries": "hits"}
_MOST_ASKED_OTHERWISE = 12
# More than any database counts to.
_NO_ROW = "9" * 25


@dataclass
class Findings:
    pages: set[str] = field(default_factory=set)
    marked: int = 0
    alive: list[str] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    reflected: int = 0


def digest(connection: Connection) -> dict[str, tuple[int, str]]:
    """For every table how many rows it has and what they say."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in _KEPT_OF_READING:
            columns = [column for column in table.c if column.name != _COUNTED.get(table.name)]
            rows = connection.execute(select(*(type_coerce(column, String) for column in columns))).all()
            found[table.name] = (len(rows), str(hash(tuple(sorted(map(repr, rows))))))
    return found


class Inspector:
    """Looks at each page, and asks for it again with an attack in each of its parameters, and of rows there cannot be."""

    def __init__(self, walk: Round) -> None:
        self.walk = walk
        self.found = Findings()

    def look(self, seen: Seen) -> None:
        self._note(seen)
        if not seen.is_page:
            return
        self.found.pages.add(seen.endpoint)
        self.found.marked += MARK in seen.answer.text
        number = len(self.found.pages)
        hostile = PAYLOADS[number % len(PAYLOADS)] + TEMPLATES[number % len(TEMPLATES)] + "%_\\'\"; --"
        asked = [
            *islice(asked_otherwise(seen.path, seen.answer.text, hostile), _MOST_ASKED_OTHERWISE),
            *asked_of_no_row(seen.path, _NO_ROW),
        ]
        for path in asked:
            answer = self.walk.browser(seen.username).get(path, headers=self.walk.headers)
            self.found.reflected += 1
            self._note(Seen(seen.username, path, seen.endpoint, answer))

    def _note(self, seen: Seen) -> None:
        if seen.answer.status_code >= 500:
            self.found.broken.append(str(seen))
        if seen.is_page:
            page = seen.answer.text
            self.found.alive.extend(f"{seen}: {part}" for part in live_markup(page))
            self.found.computed.extend(f"{seen}: {word}" for word in COMPUTED if word in page)


@pytest.fixture(scope="module")
def round_made(copy_city):
    app = copy_city()
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        limiter.reset()
        with db.engine.begin() as connection:
            planted = plant(connection)
            connection.exec_driver_sql("PRAGMA user_version")
        walk = Round(app, {"User-Agent": PAYLOADS[0], "Referer": f"http://localhost/{PAYLOADS[3]}"})
        for username in ("agent", "dispatcher", "supervisor", ""):
            walk.browser(username)
        with db.engine.connect() as connection:
            before = digest(connection)
    inspector = Inspector(walk)
    walk.walk(inspector.look)
    with app.app_context(), db.engine.connect() as connection:
        after = digest(connection)
    return planted, inspector.found, before, after


def test_planted_markup_is_text_on_every_page(round_made):
    planted, found, *_ = round_made
    assert planted > 5_000
    assert len(found.pages) > 90
    assert found.marked > 60
    assert found.reflected > 300
    assert found.alive == []


def test_planted_templates_are_text_on_every_page(round_made):
    assert round_made[1].computed == []


def test_no_text_and_no_parameter_breaks_a_page(round_made):
    assert round_made[1].broken == []


def test_opening_every_page_changes_nothing(round_made):
    *_, before, after = round_made
    assert {name for name in before if before[name] != after[name]} == set()


PLACES = (
    "<p>{}</p>",
    '<p title="{}">x</p>',
    "<p title='{}'>x</p>",
    "<p title={}>x</p>",
    "<p {}>x</p>",
    '<a href="{}">x</a>',
    "<textarea>{}</textarea>",
    "<!-- {} -->",
)


def test_an_attack_that_came_through_would_be_seen():
    unseen = [
        payload for payload in PAYLOADS if not any(live_markup(place.format(payload)) for place in PLACES)
    ]
    # Written in a code that nothing of ours decodes.
    assert all(
        payload.startswith(("&lt;", "%3C", "＜", "\\u003c", "[x]", "![x]", "` ", " onclick"))
        for payload in unseen
    ), unseen
