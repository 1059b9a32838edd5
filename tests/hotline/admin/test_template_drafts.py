"""How the words of messages change: in one draft a kind, checked text by text, and published by somebody else."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from hotline.models.people import User
from hotline.queries.template_pages import find_example, list_kinds, list_versions
from hotline.services.message_facts import hide_secrets
from hotline.services.template_drafts import (
    Publication,
    Written,
    discard,
    made_draft,
    publish,
    put_words,
    start_draft,
    words_of,
)
from hotline.services.template_trials import Trial, send_trial
from notifications.catalog import KINDS, Channel
from notifications.kind import Text
from notifications.models import OutboxMessage
from notifications.outbox import Message, put
from notifications.specimens import specimen
from notifications.template_rows import TemplateVersion
from notifications.words import Approved
from notifications.worker import send_due
from tests.notifications.samples import MORNING, Clock, ScriptedProvider, steady
from workflows.definition import Actor, ActorKind
from workflows.errors import Refused
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SMS = ("zh", Text.SMS)


class WritingDesk:
    """Two administrators and a centre leader who work on messages; nothing is committed."""

    def __init__(self, session):
        self.session = session
        self.admin = self.person("admin", Role.ADMINISTRATOR)
        self.other_admin = self.person("admin2", Role.ADMINISTRATOR)
        self.leader = self.person("centre", Role.CENTRE_LEADER)

    def person(self, name, role):
        user = User(username=name, display_name=f"{name} 的姓名", phone="13800001234", created_at=NOW)
        self.session.add(user)
        self.session.flush()
        return Actor(ActorKind.USER, name, frozenset({role}), user_id=user.id)

    def draft(self, kind="closed", number=0, sms=None, by=None):
        draft = start_draft(self.session, kind, number, by or self.admin, NOW)
        return draft if sms is None else self.write(draft, sms)

    def write(self, draft, sms, by=None, approved=None):
        texts = {**words_of(self.session, draft.kind, draft.number).texts, SMS: sms}
        written = Written(texts, {("tencent", "zh"): approved} if approved else {})
        return put_words(self.session, draft.kind, written, draft.revision, by or self.admin)

    def publish(self, draft, by=None, note="更通俗"):
        return publish(self.session, Publication(draft.kind, note, draft.revision), by or self.leader, NOW)


@pytest.fixture
def desk(session):
    return WritingDesk(session)


def refused(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def faults(refusal):
    return {(error.field, str(error.code), error.limit) for error in refusal.errors}


def test_a_draft_begins_as_a_copy_of_the_words_it_is_made_of(desk):
    draft = desk.draft()
    assert (draft.number, draft.state, draft.based_on) == (1, "draft", 0)
    assert words_of(desk.session, "closed", 1).texts == words_of(desk.session, "closed", 0).texts
    first = desk.publish(desk.write(draft, "一版{number}"))
    second = desk.draft(number=first.number)
    assert words_of(desk.session, "closed", second.number).texts[SMS] == "一版{number}"


def test_each_kind_has_one_draft_at_a_time_whoever_began_it(desk):
    desk.draft()
    assert refused(lambda: desk.draft(by=desk.other_admin)).code == "draft_open"
    desk.draft("accepted")


def test_a_kind_or_version_that_is_not_there_is_not_found(desk):
    assert refused(lambda: desk.draft("nonsense")).code == "not_found"
    assert refused(lambda: desk.draft(number=7)).code == "not_found"


def test_only_administrators_draft(desk):
    assert refused(lambda: desk.draft(by=desk.leader)).code == "not_your_role"
    draft = desk.draft()
    assert refused(lambda: desk.write(draft, "{number}", by=desk.leader)).code == "not_your_role"
    assert (
        refused(lambda: discard(desk.session, "closed", draft.revision, desk.leader)).code == "not_your_role"
    )


def test_everything_wrong_is_named_at_once_and_nothing_is_written(desk):
    draft = desk.draft()
    refusal = refused(
        lambda: desk.write(draft, "编号{nonsense}", approved=Approved("有字", ("number", "outcome")))
    )
    assert faults(refusal) == {
        ("sms_zh", "unknown_fact", "nonsense"),
        ("tencent_zh", "bad_template_number", ""),
        ("tencent_zh_facts", "not_in_text", "number"),
        ("tencent_zh_facts", "not_in_text", "outcome"),
    }
    assert words_of(desk.session, "closed", 1).texts == words_of(desk.session, "closed", 0).texts


def test_a_carriers_number_is_kept_with_the_words_it_approved(desk):
    desk.write(desk.draft(), "编号{number}", approved=Approved("1145141", ("number",)))
    assert words_of(desk.session, "closed", 1).approved == {
        ("tencent", "zh"): Approved("1145141", ("number",))
    }


def test_a_change_made_on_an_older_revision_overwrites_nothing(desk):
    draft = desk.draft()
    seen = draft.revision
    desk.write(draft, "甲{number}")
    texts = {**words_of(desk.session, "closed", 1).texts, SMS: "乙{number}"}
    late = refused(lambda: put_words(desk.session, "closed", Written(texts), seen, desk.other_admin))
    assert late.code == "draft_changed"
    assert words_of(desk.session, "closed", 1).texts[SMS] == "甲{number}"


def test_a_substitute_does_not_publish_for_whoever_had_a_hand_in_a_draft(desk):
    draft = desk.write(desk.draft(), "甲{number}", by=desk.other_admin)
    stands_in = replace(desk.leader, for_id=desk.other_admin.user_id)
    assert made_draft(desk.session, "closed", stands_in)
    assert refused(lambda: desk.publish(draft, by=stands_in)).code == "own_work"


def test_whoever_had_a_hand_in_a_draft_does_not_publish_it(desk):
    draft = desk.write(desk.draft(), "甲{number}", by=desk.other_admin)
    for maker in (desk.admin, desk.other_admin):
        assert refused(lambda maker=maker: desk.publish(draft, by=maker)).code == "own_work"
        assert made_draft(desk.session, "closed", maker)
    assert not made_draft(desk.session, "closed", desk.leader)
    published = desk.publish(draft)
    assert (published.state, published.note, published.published_at) == ("published", "更通俗", NOW)


@pytest.mark.parametrize(("note", "code"), [(" ", "required"), ("长" * 501, "too_long")])
def test_a_publication_says_why(desk, note, code):
    draft = desk.draft()
    assert [str(error.code) for error in refused(lambda: desk.publish(draft, note=note)).errors] == [code]


def test_what_changed_after_it_was_looked_at_is_not_published(desk):
    draft = desk.draft()
    publication = Publication("closed", "更通俗", draft.revision)
    desk.write(draft, "甲{number}")
    late = refused(lambda: publish(desk.session, publication, desk.leader, NOW))
    assert late.code == "draft_changed"


def test_a_draft_that_was_given_up_stays_readable_and_its_number_is_not_given_again(desk):
    draft = desk.write(desk.draft(), "甲{number}")
    discard(desk.session, "closed", draft.revision, desk.admin)
    assert words_of(desk.session, "closed", 1).texts[SMS] == "甲{number}"
    assert desk.draft().number == 2
    states = [(each.number, each.state, each.is_in_force) for each in list_versions(desk.session, "closed")]
    assert states == [(2, "draft", False), (1, "discarded", False), (0, "published", True)]


def test_the_list_shows_which_words_are_in_force_and_what_their_sms_costs(desk):
    desk.publish(desk.draft(sms="长" * 75 + "{number}"))
    desk.draft(number=1)
    line = next(line for line in list_kinds(desk.session) if line.name == "closed")
    assert (line.version.number, line.has_draft, line.segments) == (1, True, (2, 2))
    assert line.sms.startswith("长长长")
    assert [line.name for line in list_kinds(desk.session, "长长")] == ["closed"]


def told(desk, number, kind="replied", **facts):
    put(
        desk.session,
        Message(
            key=f"{number}:{kind}:{len(facts)}",
            kind=kind,
            channel=Channel.SMS,
            recipient="citizen:1",
            address="13800001234",
            language="zh",
            facts={**specimen("zh"), "number": number, **facts},
            subject=number,
            order_key=number,
            urgent=False,
            created_at=NOW,
        ),
    )


def test_words_are_tried_out_with_a_real_ticket_whose_secrets_are_masked(desk):
    told(desk, "YJ1", "accepted", query_code="135790")
    told(desk, "YJ1", link="https://x.cn/t/abcdef")
    told(desk, "YJ2", link="https://x.cn/t/uvwxyz")
    newest, asked = (
        find_example(desk.session, KINDS["replied"], number, hide_secrets) for number in ("", "YJ1")
    )
    assert (newest.number, asked.number) == ("YJ2", "YJ1")
    for language in ("zh", "en"):
        assert asked.facts[language]["link"] == "https://x.cn/t/******"
        assert asked.facts[language]["query_code"] == "******"
    assert find_example(desk.session, KINDS["replied"], "YJ9", hide_secrets) is None


def test_a_kind_that_was_never_sent_is_tried_out_with_invented_facts(desk):
    assert find_example(desk.session, KINDS["replied"], "", hide_secrets).facts["zh"] == specimen("zh")


def test_the_writer_gets_the_draft_on_their_own_telephone_whatever_is_in_force(session_factory):
    sms, mailbox = ScriptedProvider(name="sms"), ScriptedProvider(name="mailbox")
    with session_factory.begin() as session:
        desk = WritingDesk(session)
        draft = desk.draft(sms="草稿{number}")
        channels = send_trial(session, Trial("closed", draft.number, "zh"), desk.admin, MORNING)
    send_due(session_factory, {Channel.SMS: sms, Channel.MAILBOX: mailbox}, Clock(), 50, steady())
    assert channels == (Channel.SMS, Channel.MAILBOX)
    assert [each.text for each in sms.taken] == [f"草稿{specimen('zh')['number']}"]
    assert (sms.taken[0].address, sms.taken[0].subject) == ("13800001234", "")
    assert mailbox.taken[0].title


def test_whoever_no_channel_reaches_gets_no_trial_and_is_told(desk):
    user = desk.session.get(User, desk.admin.user_id)
    user.phone = None
    refusal = refused(lambda: send_trial(desk.session, Trial("answer_stopped", 0, "zh"), desk.admin, NOW))
    assert refusal.code == "no_address"


def test_of_two_who_begin_at_once_one_finds_the_others_draft(session_factory):
    with session_factory.begin() as session:
        desk = WritingDesk(session)
        people = (desk.admin, desk.other_admin)
    outcomes, together = [], threading.Barrier(2)

    def begin(actor):
        together.wait()
        try:
            with session_factory.begin() as session:
                start_draft(session, "closed", 0, actor, NOW)
            outcomes.append("begun")
        except Refused as refusal:
            outcomes.append(str(refusal.code))

    threads = [threading.Thread(target=begin, args=(replace(actor),)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["begun", "draft_open"]
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(TemplateVersion)) == 1
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
