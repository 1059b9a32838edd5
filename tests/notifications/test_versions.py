"""In which words a message goes out: the version in force at its first attempt, and the same ever after."""

import pytest
from sqlalchemy import select

from notifications import outbox
from notifications.catalog import KINDS, Channel
from notifications.kind import Text
from notifications.models import OutboxMessage
from notifications.providers.base import TemporaryFailure
from notifications.shipped import shipped_words
from notifications.template_rows import TemplateText, TemplateVersion, VendorTemplate
from notifications.words import Approved
from notifications.worker import send_due
from tests.notifications.samples import MORNING, Clock, ScriptedProvider, message, steady


@pytest.fixture
def write(session_factory):
    """Write the words of a version of "closed"; the SMS says what is given, the rest is as shipped."""

    def write(number, sms, state="published", approved=()):
        with session_factory.begin() as session:
            version = TemplateVersion(
                kind="closed",
                number=number,
                state=state,
                based_on=0,
                drafted_at=MORNING,
                revision=f"r{number}",
            )
            session.add(version)
            session.flush()
            words = shipped_words(KINDS["closed"]) | {("zh", Text.SMS): sms}
            for (language, text), said in words.items():
                session.add(TemplateText(version_id=version.id, language=language, text=text, words=said))
            for provider, code, facts in approved:
                session.add(
                    VendorTemplate(
                        version_id=version.id, provider=provider, language="zh", number=code, facts=facts
                    )
                )

    return write


@pytest.fixture
def sms():
    return ScriptedProvider(name="sms")


@pytest.fixture
def put(session_factory):
    def put(key, **changes):
        with session_factory.begin() as session:
            outbox.put(session, message(key=key, kind="closed", **changes))

    return put


def send(session_factory, provider, clock):
    send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady())


def numbers(session_factory):
    with session_factory() as session:
        return list(session.scalars(select(OutboxMessage.template_number).order_by(OutboxMessage.id)))


def test_a_message_goes_out_in_the_newest_published_words(session_factory, write, put, sms):
    put("1")
    send(session_factory, sms, Clock())
    write(1, "一版{number}")
    write(2, "二版{number}")
    write(3, "草稿{number}", state="draft")
    write(4, "作废{number}", state="discarded")
    put("2")
    send(session_factory, sms, Clock())
    assert [each.text[:2] for each in sms.taken] == ["【1", "二版"]
    assert numbers(session_factory) == [0, 2]


def test_what_waits_is_written_in_the_words_of_the_day_it_goes_out(session_factory, write, put, sms):
    put("1")
    write(1, "一版{number}")
    send(session_factory, sms, Clock())
    assert [each.text[:2] for each in sms.taken] == ["一版"]


@pytest.mark.parametrize("first", ["shipped", "own"])
def test_every_attempt_says_the_same(session_factory, write, put, sms, first):
    if first == "own":
        write(1, "一版{number}")
    clock = Clock()
    put("1")
    sms.script = [TemporaryFailure("busy")]
    send(session_factory, sms, clock)
    write(2, "二版{number}")
    clock.advance(hours=1)
    send(session_factory, sms, clock)
    assert [each.text[:2] for each in sms.taken] == ["【1" if first == "shipped" else "一版"]


def test_a_message_that_asks_for_a_version_is_written_in_it(session_factory, write, put, sms):
    write(1, "一版{number}")
    write(2, "草稿{number}", state="draft")
    put("1", template_number=2)
    put("2", template_number=0)
    send(session_factory, sms, Clock())
    send(session_factory, sms, Clock())
    assert [each.text[:2] for each in sms.taken] == ["草稿", "【1"]


@pytest.mark.parametrize("words", ["没有的{nonsense}", "不成对{number"])
def test_words_that_this_release_cannot_fill_give_way_to_the_shipped_ones(
    session_factory, write, put, sms, words
):
    write(1, words)
    put("1")
    send(session_factory, sms, Clock())
    assert [each.text[:2] for each in sms.taken] == ["【1"]


def test_what_carriers_approved_of_the_words_goes_with_them(session_factory, write, put, sms):
    write(1, "一版{number}", approved=[("tencent", "1145141", "number outcome"), ("other", "7", "")])
    put("1")
    send(session_factory, sms, Clock())
    assert sms.taken[0].approved == {
        "tencent": Approved("1145141", ("number", "outcome")),
        "other": Approved("7", ()),
    }
