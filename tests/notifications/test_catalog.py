"""Has every kind of message its words, and do they use exactly the facts that the kind declares."""

import pytest
from jinja2 import meta

from notifications import render
from notifications.catalog import KINDS, Channel, Kind, UnknownKindError, channels_for

ENVIRONMENT = render._ENVIRONMENT
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
LANGUAGES = ("zh", "en")


def files_of(kind: Kind) -> set[str]:
    return {
        f"{lang}/{name}" for lang in LANGUAGES for channel in kind.channels for name in render.FILES[channel]
    }


def facts_used(name: str) -> set[str]:
    tree = ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0])
    used = meta.find_undeclared_variables(tree)
    for other in meta.find_referenced_templates(tree):
        used |= facts_used(other)
    return used


@EVERY_KIND
def test_every_kind_has_exactly_the_files_of_its_channels_in_both_languages(kind):
    folder = render.FOLDER / kind.name
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == files_of(kind)


@EVERY_KIND
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_declares_exactly_the_facts_its_words_use(kind, language):
    used = set()
    for name in files_of(kind):
        if name.startswith(language):
            used |= facts_used(f"{kind.name}/{name}")
    assert used == kind.facts


def test_no_folder_of_words_is_without_a_kind():
    folders = {path.name for path in render.FOLDER.iterdir() if not path.name.startswith("_")}
    assert folders == set(KINDS)


def test_no_text_that_rings_a_phone_holds_a_free_reason_unless_it_comes_from_a_list():
    with_reason = {
        kind.name
        for kind in KINDS.values()
        if Channel.SMS in kind.channels and "reason" in facts_used(f"{kind.name}/zh/sms.txt")
    }
    assert with_reason == {"rejected", "return_decided"}


def test_a_kind_that_stands_in_for_another_says_no_more_than_number_code_and_day():
    stand_ins = {KINDS[kind.neutral] for kind in KINDS.values() if kind.neutral}
    assert {name for kind in stand_ins for name in kind.needs} == {"number", "query_code", "date"}
    assert {kind.neutral for kind in stand_ins} == {""}


def test_whatever_citizens_hear_of_has_words_that_tell_nothing_of_the_matter():
    heard = [kind for kind in KINDS.values() if kind.audience == {"citizen"}]
    assert [kind.name for kind in heard if not kind.neutral and not kind.name.startswith("neutral_")] == []


def test_a_rating_may_be_invited_in_neutral_words_too():
    inviting = [kind for kind in KINDS.values() if kind.invites_rating and kind.neutral]
    assert inviting
    assert all(KINDS[kind.neutral].invites_rating for kind in inviting)


def test_the_channels_of_a_kind_come_in_order():
    assert channels_for("accepted") == (Channel.SMS, Channel.EMAIL, Channel.MAILBOX)
    assert channels_for("co_reply") == (Channel.SMS, Channel.EMAIL)
    assert channels_for("intake_returned") == (Channel.MAILBOX, Channel.EMAIL)


def test_a_kind_nobody_wrote_is_named_in_the_error():
    with pytest.raises(UnknownKindError, match="no_such_kind"):
        channels_for("no_such_kind")
