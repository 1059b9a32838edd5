"""What does a carrier of SMS learn of a message? What its text says, and nothing that anybody typed."""

import pytest

from notifications.catalog import KINDS, Channel
from notifications.kind import LANGUAGES, WRITTEN, Text
from notifications.render import list_facts_by_sms, render
from notifications.shipped import shipped_words
from notifications.word_checks import Finding, WordFault, check_words
from notifications.words import Approved, Words
from notifications.worker import send_due
from tests.notifications.samples import FACTS, Clock, ScriptedProvider, message, steady

BY_SMS = [kind for kind in KINDS.values() if Channel.SMS in kind.channels]
TYPED = "某人写的一句话"
CANARIES = {**{name: f"<{name}>" for name in FACTS}, **dict.fromkeys(WRITTEN, TYPED)}


@pytest.fixture
def sent(session_factory, put):
    """What one provider of a channel is handed of one message of each kind that travels so."""

    def send(channel: Channel, language: str):
        kinds = [kind for kind in KINDS.values() if channel in kind.channels]
        for kind in kinds:
            one = {"kind": kind.name, "channel": channel, "language": language, "facts": CANARIES}
            put(message(key=f"{kind.name}", order_key=kind.name, address="13800001234", **one))
        provider = ScriptedProvider()
        while send_due(session_factory, {channel: provider}, Clock(), 50, steady()):
            pass
        assert {each.kind for each in provider.taken} == {kind.name for kind in kinds}
        return provider.taken

    return send


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_carrier_learns_exactly_what_the_sms_says(sent, language):
    for each in sent(Channel.SMS, language):
        said = {name for name in CANARIES if f"<{name}>" in each.text}
        # A fact that is told by its being there is named without being said.
        assert said <= set(each.facts) <= list_facts_by_sms(KINDS[each.kind], language), each.kind
        assert TYPED not in f"{each.text}{each.facts}", each.kind


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.MAILBOX])
def test_a_mail_is_its_words_and_no_facts_beside_them(sent, channel):
    assert all(each.facts == {} for each in sent(channel, "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BY_SMS, ids=lambda kind: kind.name)
def test_no_shipped_sms_says_what_somebody_typed(kind, language):
    known = {name: f"<{name}>" for name in kind.facts_by_sms}
    assert render(kind, Channel.SMS, language, known).text == (
        render(kind, Channel.SMS, language, {**known, **dict.fromkeys(WRITTEN, TYPED)}).text
    )


def test_what_somebody_typed_is_told_by_mail():
    assert set().union(*(kind.facts for kind in KINDS.values())) >= WRITTEN
    assert TYPED in render(KINDS["rejected"], Channel.EMAIL, "zh", CANARIES).text


def test_a_city_cannot_write_it_into_an_sms():
    kind = KINDS["rejected"]
    words = {**shipped_words(kind), ("zh", Text.SMS): "{number}可以{path}"}
    assert check_words(kind, words) == (Finding("zh", Text.SMS, WordFault.UNKNOWN_FACT, "path"),)
    body = {**shipped_words(kind), ("zh", Text.BODY): "{number}可以{path}"}
    assert check_words(kind, body) == ()


def test_words_that_say_it_all_the_same_are_no_sms():
    words = Words(1, {("zh", Text.SMS): "{number}可以{path}"})
    with pytest.raises(KeyError):
        render(KINDS["rejected"], Channel.SMS, "zh", CANARIES, words)


def test_a_carrier_learns_what_its_own_approved_text_names_too():
    words = Words(1, {("zh", Text.SMS): "已办结"}, {("tencent", "zh"): Approved("7", ("outcome", "path"))})
    assert list_facts_by_sms(KINDS["closed"], "zh", words) == {"number", "outcome"}
