"""Before an act is done: the words of its messages and when they go, just as the worker then sends them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.ticket import Citizen, Ticket
from hotline.services.address_book import addresses_now
from hotline.services.lifecycle import Command
from hotline.services.rehearsal import rehearse, rehearse_registration
from hotline.services.site import configure_site, current_site
from hotline.services.tellings import Telling
from notifications.addresses import address_hash
from notifications.catalog import Channel
from notifications.models import OptOut
from notifications.policy import Caps
from notifications.providers.base import Outgoing
from notifications.render import count_segments
from notifications.spending import Use, choose_caps, note_uses
from notifications.template_rows import TemplateState, TemplateText, TemplateVersion
from notifications.worker import send_due
from tests.hotline.ticket_story import (
    LONG_ANSWER,
    RECORD,
    City,
    dispatched,
    found_city,
    registered,
    share_step,
    step,
)
from tests.notifications.samples import Clock, ScriptedProvider, steady
from workflows.grace import GRACE

CITY = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CITY).astimezone(UTC)
NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=CITY).astimezone(UTC)
SEVEN = datetime(2026, 11, 24, 7, 0, tzinfo=CITY).astimezone(UTC)
OPENING = datetime(2026, 11, 24, 8, 30, tzinfo=CITY).astimezone(UTC)
PHONE = RECORD["phone"]


@pytest.fixture(autouse=True)
def ringing():
    """An installation whose SMS reach telephones."""
    before = current_site()
    configure_site("https://hotline.example", "Asia/Shanghai")
    yield
    configure_site(before.base_url, before.zone.key, rings_nowhere=before.rings_nowhere)


@pytest.fixture
def city(session_factory) -> City:
    with session_factory.begin() as session:
        return found_city(session)


def a_dispatch(session: Session, city: City, now: datetime, **changes) -> Command:
    ticket = registered(session, city, now - timedelta(days=2), **changes)
    return Command(ticket.number, "dispatch", {"main_unit": city.units["housing"], "advice": "请三日内办理"})


def foretold(session: Session, city: City, command: Command, who: str, now: datetime) -> list[Telling]:
    return list(rehearse(session, command, city.actors[who], now).tellings)


def to_citizen(tellings: list[Telling]) -> Telling:
    return next(each for each in tellings if each.sort == "citizen")


class Post:
    """The worker with a provider for each channel, at a moment that the test chooses."""

    def __init__(self, session_factory) -> None:
        self._factory, self.clock = session_factory, Clock()
        self._providers = {channel: ScriptedProvider(str(channel)) for channel in Channel}

    def send(self, at: datetime) -> Mapping[tuple[str, str], Outgoing]:
        self.clock.at = at
        while send_due(self._factory, self._providers, self.clock, 50, steady(book=addresses_now)):
            pass
        taken = [each for provider in self._providers.values() for each in provider.taken]
        return {(each.recipient, str(each.channel)): each for each in taken}


@pytest.fixture
def post(session_factory) -> Post:
    return Post(session_factory)


def test_what_is_foretold_is_what_the_worker_sends(session_factory, city, post):
    with session_factory.begin() as session:
        session.execute(update(Unit).values(liaison_phone="13900007777"))
        command = a_dispatch(session, city, NOON)
    post.send(NOON - timedelta(hours=1))
    with session_factory.begin() as session:
        told = foretold(session, city, command, "zhao", NOON)
        step(session, city, command.number, "zhao", "dispatch", NOON, command.data)
    sent = {**post.send(NOON + GRACE)}
    assert {each.channel for each in told} == {"sms", "email"}
    for each in told:
        outgoing = sent[each.recipient, each.channel]
        words = each.outlook.words
        assert (words.text, words.title) == (_starred(outgoing.text), _starred(outgoing.title))
        assert each.outlook.segments == (count_segments(outgoing.text) if each.channel == "sms" else 0)
        assert (each.outlook.waits_until, each.outlook.reason) == (None, "")


def _starred(text: str) -> str:
    head, mark, tail = text.partition("/t/")
    token = tail.split()[0] if tail.split() else ""
    return head + mark + "*" * len(token) + tail[len(token) :]


def test_an_sms_of_the_night_is_foretold_for_the_morning_and_goes_then(session_factory, city, post):
    with session_factory.begin() as session:
        command = a_dispatch(session, city, NIGHT)
    post.send(NOON)
    with session_factory.begin() as session:
        outlook = to_citizen(foretold(session, city, command, "zhao", NIGHT)).outlook
        step(session, city, command.number, "zhao", "dispatch", NIGHT, command.data)
    assert (outlook.waits_until, outlook.reason) == (SEVEN, "quiet_hours")

    def texts(at: datetime) -> set[str]:
        return {each.text for (_, channel), each in post.send(at).items() if channel == "sms"}

    assert outlook.words.text not in texts(SEVEN - timedelta(minutes=1))
    assert outlook.words.text in texts(SEVEN)


def test_where_no_telephone_rings_nothing_waits_for_the_morning(session_factory, city):
    configure_site("https://hotline.example", "Asia/Shanghai", rings_nowhere=True)
    with session_factory.begin() as session:
        command = a_dispatch(session, city, NIGHT)
        assert to_citizen(foretold(session, city, command, "zhao", NIGHT)).outlook.reason == ""


def test_whoever_opted_out_is_told_in_another_way(session_factory, city):
    with session_factory.begin() as session:
        command = a_dispatch(session, city, NOON)
        session.add(OptOut(address_hash=address_hash(Channel.SMS, PHONE), channel="sms", at=NOON))
        outlook = to_citizen(foretold(session, city, command, "zhao", NOON)).outlook
        assert (outlook.waits_until, outlook.reason, outlook.instead) == (None, "opted_out", Channel.MAILBOX)
        session.execute(update(Citizen).values(email="chen@example.cn"))
        outlook = to_citizen(foretold(session, city, command, "zhao", NOON)).outlook
        assert outlook.instead is Channel.EMAIL


def test_at_the_cap_of_the_day_it_is_foretold_that_no_sms_goes(session_factory, city):
    with session_factory.begin() as session:
        command = a_dispatch(session, city, NOON)
        choose_caps(session, Caps(per_person=1))
        note_uses(session, [Use("earlier", address_hash(Channel.SMS, PHONE), True, 1, NOON)])
        outlook = to_citizen(foretold(session, city, command, "zhao", NOON)).outlook
    assert outlook.reason == "person_cap"


def test_a_reminder_is_foretold_for_the_units_opening(session_factory, city):
    with session_factory.begin() as session:
        number = dispatched(session, city, NOON).number
        command = Command(number, "urge", {"words": "请加快"})
        told = foretold(session, city, command, "li", NIGHT)
    urged = next(each for each in told if each.kind == "urged")
    assert (urged.outlook.waits_until, urged.outlook.reason) == (OPENING, "off_duty")


def test_what_must_wait_for_an_earlier_message_is_foretold_so(session_factory, city, post):
    with session_factory.begin() as session:
        # The night's dispatch waits for the morning, and the receipt for the urging stands behind it.
        number = dispatched(session, city, NIGHT).number
    post.send(NIGHT + GRACE)
    with session_factory.begin() as session:
        urging = Command(number, "urge", {"words": "请加快"})
        told = foretold(session, city, urging, "li", NIGHT + timedelta(minutes=1))
    outlook = next(each for each in told if each.kind == "urge_noted").outlook
    assert (outlook.waits_until, outlook.reason) == (SEVEN, "earlier_message")


def test_the_query_code_is_starred_out(session_factory, city):
    with session_factory.begin() as session:
        data = {**RECORD, "category": city.category}
        told = rehearse_registration(session, data, ("submit_trusted", {}), city.actors["li"], NOON).tellings
    assert "查询码******。" in told[0].outlook.words.text


def test_the_token_of_a_link_is_starred_out(session_factory, city):
    with session_factory.begin() as session:
        number = dispatched(session, city, NOON).number
        share_step(session, city, number, "wang", "sign", NOON)
        reply = {"contact": "contacted", "result": "resolved", "answer": LONG_ANSWER}
        share_step(session, city, number, "wang", "submit_reply", NOON, reply)
        share_step(session, city, number, "liu", "approve_unit_reply", NOON)
        told = to_citizen(foretold(session, city, Command(number, "approve_reply", {}), "sun", NOON))
        token = session.query(Ticket).filter_by(number=number).one().link_token
    assert f"/t/{'*' * len(token)} " in told.outlook.words.text
    assert token not in told.outlook.words.text


def test_in_confidence_the_words_tell_nothing_of_the_matter(session_factory, city):
    with session_factory.begin() as session:
        command = a_dispatch(session, city, NOON, is_confidential=True)
        told = to_citizen(foretold(session, city, command, "zhao", NOON))
    assert told.kind == "neutral_news"
    assert "住建局" not in told.outlook.words.text


def test_a_citys_own_words_are_foretold(session_factory, city):
    with session_factory.begin() as session:
        command = a_dispatch(session, city, NOON)
        version = TemplateVersion(
            kind="dispatched",
            number=1,
            state=TemplateState.PUBLISHED,
            based_on=0,
            drafted_at=NOON,
            published_at=NOON,
            revision="r",
        )
        session.add(version)
        session.flush()
        session.add(
            TemplateText(version_id=version.id, language="zh", text="sms", words="【云江】{number}已派{unit}")
        )
        session.flush()
        outlook = to_citizen(foretold(session, city, command, "zhao", NOON)).outlook
    assert outlook.words.text == f"【云江】{command.number}已派梧桐区住建局"


def test_looking_ahead_takes_nothing_from_the_day(session_factory, city):
    with session_factory.begin() as session:
        command = a_dispatch(session, city, NOON)
        choose_caps(session, Caps(per_person=1, segments_per_day=9))
        for _ in range(3):
            assert to_citizen(foretold(session, city, command, "zhao", NOON)).outlook.reason == ""
