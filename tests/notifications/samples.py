"""What do the tests of the notification engine send: sample facts, a message and a provider that does as told."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from notifications.catalog import Channel
from notifications.outbox import Message
from notifications.providers.base import Accepted, Outgoing
from notifications.worker import Options

# A Monday, 10:00 in the city.
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)

FACTS = {
    "asker": "何敏",
    "asked": "更正：姓名",
    "principal": "李四",
    "substitute": "张三",
    "roles": "承办人、单位领导",
    "starts": "11月23日9:00",
    "ends": "11月27日18:00",
    "ending": "撤销",
    "because": "您是该承办单位的联络员",
    "stage": "办理中",
    "tails": "00012、00034",
    "told": "有一张督办单；退回重办",
    "lines": "有一张督办单\n退回重办",
    "used": "16000",
    "most": "20000",
    "share": "80",
    "number": "20261123000123",
    "query_code": "482913",
    "site": "hotline.example",
    "unit": "梧桐区城市管理局",
    "due": "11月30日17:30",
    "entry": "公积金提取条件",
    "sign_due": "11月24日10:00",
    "left": "4小时",
    "reason": "不属于职责范围",
    "path": "人民法院诉讼",
    "link": "https://hotline.example/t/8Kd2Pq",
    "outcome": "已解决",
    "urgency": "紧急",
    "decision": "不同意",
    "level": "四级：挂牌督办",
    "date": "11月27日",
    "line": "119",
    "master": "20261120000007",
    "request": "不合理诉求剔除",
    "clock": "办理",
    "total": "3",
    "parts": "已超期1项、即将到期2项",
    "calendar": "云江市工作日历",
    "years": "2027",
    "scope": "全市",
    "red": "12",
    "orange": "3",
    "yellow": "20",
    "today": "7",
    "forecast": "2",
    "longest": "20261110000031 超期 8 个工作日\n20261112000005 超期 6 个工作日 2 小时",
    "count": "12",
    "person": "何敏",
    "why": "短时间多次",
    "latest": "办理时限已超期（应于11月30日17:30）；已下发督办单（四级：挂牌督办，12月10日17:30前反馈）",
    "missed": "办理时限临近到期（11月30日17:30）\n办理时限已超期（应于11月30日17:30）",
}

ACCEPTED = Message(
    key="event:1:accepted:citizen:1:sms",
    kind="accepted",
    channel=Channel.SMS,
    recipient="citizen:1",
    address="13800001234",
    language="zh",
    facts=FACTS,
    subject="20261123000123",
    order_key="20261123000123:citizen:1",
    urgent=False,
    created_at=MORNING,
)


def message(**changes) -> Message:
    """A message with a key of its own unless one is given."""
    changes.setdefault("key", "-".join(f"{name}={value}" for name, value in sorted(changes.items())))
    return replace(ACCEPTED, **changes)


@dataclass
class Clock:
    """A clock that a test moves."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)

    def seconds(self) -> float:
        return self.at.timestamp()


@dataclass
class ScriptedProvider:
    """Takes every message, or first does what the script says: an exception to raise, one per call."""

    name: str = "scripted"
    script: list[Exception | None] = field(default_factory=list)
    taken: list[Outgoing] = field(default_factory=list)
    asked: int = 0
    look: Callable[[], None] | None = None

    def send(self, outgoing: Outgoing) -> Accepted:
        self.asked += 1
        if self.look is not None:
            self.look()
        wrong = self.script.pop(0) if self.script else None
        if wrong is not None:
            raise wrong
        self.taken.append(outgoing)
        return Accepted(reference=f"{outgoing.id}/{self.asked}")


def steady(**changes) -> Options:
    """Options without jitter and without rests."""
    return Options(spread=lambda: 0.0, rest=lambda seconds: None, **changes)
