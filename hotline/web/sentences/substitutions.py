"""What do refusals say to whoever names a substitute, or is one?"""

from collections.abc import Mapping

from hotline.web.sentences.words import CONFLICT, FORBIDDEN, INVALID, Sentence
from workflows.errors import Code, FieldCode

SENTENCES: Mapping[str, Sentence] = {
    Code.STANDS_IN: Sentence(
        FORBIDDEN,
        "您正在代他人办理，不能再安排代理。请先恢复本人身份。",
        "You are standing in for somebody and cannot pass that on. Act as yourself again first.",
    ),
    Code.NOTHING_TO_LEND: Sentence(
        FORBIDDEN,
        "您没有可以请人代理的角色：系统、安全、审计管理员和接口账号的角色不能代理，请由本人办理。",
        "You hold no role that can be lent; those of the three administrators never are.",
    ),
    Code.SUBSTITUTION_OVER: Sentence(
        CONFLICT,
        "代理已结束，刚才的操作没有执行。现在是您本人的身份；需要时请返回复制填写的内容。",
        "You stand in no longer, so this was not done. You act as yourself; go back to copy what you wrote.",
    ),
}
FIELD_SENTENCES: Mapping[str, Sentence] = {
    FieldCode.NOT_A_SUBSTITUTE: Sentence(
        INVALID,
        "代理人须是同一单位、账号在用的另一位同事，请重新选择。",
        "A substitute is another colleague of the same unit with an account in use; choose again.",
    ),
    FieldCode.NOT_FOR_ONESELF: Sentence(
        INVALID,
        "不能把别人的角色交给自己代理，请选另一位同事。",
        "You cannot make yourself somebody's substitute; choose another colleague.",
    ),
    FieldCode.NOT_LENDABLE: Sentence(
        INVALID,
        "只能交出被代理人现有、且由您安排的角色，请重新勾选。",
        "Only roles this person holds, and that are yours to arrange, can be lent; choose again.",
    ),
    FieldCode.STANDS_IN_ALREADY: Sentence(
        INVALID,
        "这位同事在这段时间已经是代理人（{limit}），请改时间，或先撤销原来的代理。",
        "This colleague stands in then already ({limit}); choose another time, or revoke that first.",
    ),
    FieldCode.SOMEBODY_ELSE_STANDS_IN: Sentence(
        INVALID,
        "勾选的角色在这段时间已有代理人（{limit}），同一角色同时只能有一位代理人，请改时间或角色，"
        "或先撤销原来的代理。",
        "Somebody has one of these roles then already ({limit}); one substitute has a role at a time: choose"
        " another time or other roles, or revoke that first.",
    ),
    FieldCode.STANDS_IN_TOO_LONG: Sentence(
        INVALID,
        "一次代理最多 {limit} 天，请把结束时间提前。",
        "At most {limit} days at a time; let it end earlier.",
    ),
}
