"""What in a reply deserves a second look: empty phrases, and numbers that identify a person."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SHORT_ANSWER = 15
# Bounded quantifiers only: a pattern that can backtrack without limit is an attack surface.
_LEAKS = (
    ("手机号", re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")),
    ("身份证号", re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")),
)
# What an answer says, in some words or other, when it names the result it claims.
_NAMES_RESULT: Mapping[str, Sequence[str]] = {
    "resolved": ("已", "完成", "恢复", "解决", "修复"),
    "partly_resolved": ("已", "尚", "继续", "预计", "计划", "下一步", "正在"),
    "explained": ("根据", "依据", "按照", "由于", "因", "规定", "属于"),
    "unfounded": ("不属实", "未发现", "不存在", "没有发现", "不符", "未见"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at before a reply goes out; it reminds and holds up nothing."""

    is_good: bool
    words: str


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What a reply says, as far as it is written.

    `files` counts what is attached to the ticket, `words` are those in it that are watched for.
    """

    contact: str
    no_contact_reason: str
    result: str
    answer: str
    public_answer: str
    files: int
    words: tuple[str, ...] = ()


def check_reply(reply: ReplyText) -> tuple[Check, ...]:
    """Look a reply over, in the order of its form; what is not written yet is not found fault with twice."""
    leaks = list(dict.fromkeys([*find_leaks(reply.answer), *find_leaks(reply.public_answer)]))
    is_long = len(reply.answer.strip()) >= _SHORT_ANSWER
    return (
        _contact(reply),
        Check(
            _names_result(reply),
            "答复写明了结果" if _names_result(reply) else "答复里看不出办理结论所说的结果",
        ),
        Check(not reply.words, "没有不当用词" if not reply.words else f"用词不当：{'、'.join(reply.words)}"),
        Check(is_long, "长短合适" if is_long else f"少于 {_SHORT_ANSWER} 字"),
        Check(not leaks, "没有电话和证件号码" if not leaks else f"写有{'、'.join(leaks)}"),
        Check(reply.files > 0, f"附件 {reply.files} 个" if reply.files else "没有附件，可以补办理前后的照片"),
    )


def _contact(reply: ReplyText) -> Check:
    if reply.contact == "contacted":
        return Check(is_good=True, words="已联系诉求人")
    has_reason = bool(reply.contact and reply.no_contact_reason)
    return Check(
        is_good=has_reason, words="没有联系，已写原因" if has_reason else "还没有联系诉求人，也没有写原因"
    )


def _names_result(reply: ReplyText) -> bool:
    return any(word in reply.answer for word in _NAMES_RESULT.get(reply.result, ()))


def find_weak_spots(answer: str, words: Iterable[str]) -> list[str]:
    """List what makes an answer look empty or careless, for the handler; `words` of it are watched for."""
    spots = [f"用词「{word}」" for word in words]
    if len(answer.strip()) < _SHORT_ANSWER:
        spots.append(f"答复少于 {_SHORT_ANSWER} 字")
    return spots


def find_leaks(text: str) -> list[str]:
    """List the kinds of identifying numbers in a text that others may read."""
    return [name for name, pattern in _LEAKS if pattern.search(text)]
