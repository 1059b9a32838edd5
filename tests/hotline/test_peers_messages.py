"""Faults of other systems' messages: promised and not sent, or sent with what nobody should read."""

from pathlib import Path

import pytest

from hotline.services.lifecycle import ENGINES
from notifications.catalog import KINDS, Channel, get_kind
from workflows.vocabulary import Audience

TEMPLATES = Path(__file__).parents[2] / "templates" / "messages"
CITIZEN = frozenset({Audience.CITIZEN})
UNITS = frozenset(
    {
        Audience.UNIT,
        Audience.UNITS,
        Audience.MAIN_UNIT,
        Audience.OPEN_UNITS,
        Audience.RECALLED_UNITS,
        Audience.MOVED_UNIT,
        Audience.PARENT_UNIT,
        Audience.ORDERED_UNITS,
    }
)
# What a person said, who they are and where they live is read in the system, behind a login.
PERSONAL = ("phone", "citizen", "name", "address", "content", "title", "accused", "answer", "text", "words")
NOTICES = sorted(
    {
        (notice.audience, notice.kind)
        for engine in ENGINES.values()
        for row in engine.workflow.transitions
        for notice in row.notices
    }
)


@pytest.mark.parametrize(("audience", "kind"), NOTICES)
def test_a_message_a_table_promises_has_a_way_to_everybody_it_is_for(audience, kind):
    """Signalen's screen promised a mail after negative feedback that the server never sent."""
    channels = set(get_kind(kind).channels)
    if audience in CITIZEN | UNITS:
        assert {Channel.SMS, Channel.EMAIL} <= channels
    else:
        assert Channel.MAILBOX in channels


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_message_carries_personal_data_or_what_a_person_said(kind):
    """Signalen leaked external addresses and staff names into mail, history and PDF."""
    facts = get_kind(kind).facts
    assert not facts & set(PERSONAL)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_has_one_set_of_texts_in_both_languages(kind):
    """A template key that was not unique stopped Signalen's sending."""
    for language in ("zh", "en"):
        names = {path.name for path in (TEMPLATES / kind / language).iterdir()}
        assert ("sms.txt" in names) == (Channel.SMS in get_kind(kind).channels)
        assert ("email_subject.txt" in names) == (Channel.EMAIL in get_kind(kind).channels)
