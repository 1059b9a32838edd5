"""Has every provider a name on screens, and every code of ours words?"""

import pytest

from hotline.queries.delivery_words import OUTCOMES, PROVIDERS, explain, name_capacity, name_provider
from hotline.services.reasons import FOLLOWER
from notifications.catalog import KINDS, TEXTER
from notifications.providers import console, demo_carrier, mailbox, relay, smtp, tencent_sms, twilio_sms
from workflows.vocabulary import Audience, Role

CARRIERS = (
    console.ConsoleProvider,
    mailbox.MailboxProvider,
    relay.Relay,
    smtp.SmtpMail,
    tencent_sms.TencentSms,
    twilio_sms.TwilioSms,
)


def test_every_provider_has_a_name():
    assert {carrier.name for carrier in CARRIERS} | set(demo_carrier.DEMO_CARRIERS) == set(PROVIDERS)
    assert name_provider("tomorrows") == "tomorrows"
    assert name_provider(None) == ""


@pytest.mark.parametrize(
    "code", ["poison", "unknown_kind", "no_provider", "unreadable", "no_template", "hung"]
)
def test_every_code_of_the_workers_own_has_words(code):
    assert explain(code) not in ("", "其他原因")


def test_everybody_who_is_told_has_a_capacity():
    told = {each for kind in KINDS.values() for each in kind.audience} - {TEXTER}
    words = {*told, *map(str, Audience), *map(str, Role), FOLLOWER, TEXTER}
    assert [word for word in words if not name_capacity(word)] == []
    assert name_capacity("") == ""


def test_every_end_of_an_attempt_has_words():
    assert {None, "accepted", "created", "unclear", "dead"} == set(OUTCOMES)
