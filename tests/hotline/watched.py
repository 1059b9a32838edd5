"""Words that a city of these tests watches for."""

from datetime import UTC, datetime

from hotline.models.watch_words import WordKind, WordVersion
from hotline.services.watch_words import GroupInput, put_group
from workflows.definition import Actor, ActorKind
from workflows.vocabulary import Role

ADMINISTRATOR = Actor(ActorKind.USER, "管理员", frozenset({Role.ADMINISTRATOR}))
EMPTY_PHRASES = ("已阅", "按规定办理", "正在研究", "请耐心等待")


def watch(factory, kind: WordKind, *words: str, exceptions: tuple[str, ...] = ()) -> WordVersion:
    """Publish a group of words; one for emergencies leads to the fire brigade."""
    given = GroupInput(
        name="测试词组",
        kind=kind,
        words=words,
        exceptions=exceptions,
        line="119" if kind is WordKind.EMERGENCY else "",
        procedure="先问位置。",
        reason="测试",
    )
    with factory.begin() as session:
        return put_group(session, None, given, ADMINISTRATOR, (0, datetime.now(UTC)))
