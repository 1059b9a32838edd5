"""What do refusals say that any move of any machine may meet?"""

from collections.abc import Mapping

from hotline.web.sentences.words import ABSENT, CONFLICT, FORBIDDEN, INVALID, Sentence
from workflows.errors import Code

SENTENCES: Mapping[str, Sentence] = {
    Code.UNKNOWN_ACTION: Sentence(
        ABSENT,
        "没有这个操作，请返回工单页重新选择。",
        "There is no such action; choose one on the ticket's page.",
    ),
    Code.NOT_YOUR_ROLE: Sentence(
        FORBIDDEN,
        "您的角色不能做这一步，请交给有权限的同事办理。",
        "Your role may not take this step; hand it to a colleague who may.",
    ),
    Code.NOT_FOUND: Sentence(
        ABSENT,
        "没有找到，请核对编号，或确认您有权查看。",
        "Nothing found; check the number, or whether you may see it.",
    ),
    Code.STALE_VERSION: Sentence(
        CONFLICT,
        "您打开页面之后，工单已被他人更新。请核对最新内容后再提交，您填写的内容已保留。",
        "Someone changed it after you opened the page. Check what is new and send again; your text is kept.",
    ),
    Code.STALE_EDITION: Sentence(
        CONFLICT,
        "您打开页面之后，另一位管理员已保存新的一版。请核对最新内容后再保存，您填写的内容已保留。",
        "Another administrator saved a newer edition meanwhile. Check it and save again; your text is kept.",
    ),
    Code.INVALID_INPUT: Sentence(
        INVALID,
        "有内容需要修改，请按各项提示更正后再提交。",
        "Some fields need mending; correct them and submit again.",
    ),
    Code.NOT_IN_THIS_STATE: Sentence(
        CONFLICT,
        "工单当前状态不能做这一步，请刷新页面，查看现在可以做什么。",
        "The ticket's present state does not allow this; reload to see what is possible now.",
    ),
    Code.OWN_WORK: Sentence(
        FORBIDDEN,
        "不能审核自己办理的内容，请由另一位同事审核。",
        "You may not approve your own work; ask a colleague.",
    ),
    Code.TOO_EARLY: Sentence(
        CONFLICT,
        "还没有到可以做这一步的时间，请稍后再试。",
        "It is too early for this step; try again later.",
    ),
    Code.CLOCK_NOT_RUNNING: Sentence(
        CONFLICT,
        "相关时限已经停止，不需要这一步。",
        "The clock has stopped already; nothing is left to do here.",
    ),
    Code.IDEMPOTENCY_MISMATCH: Sentence(
        CONFLICT,
        "这个提交编号已用于另一份内容，请刷新页面后重新提交。",
        "This key was used for another request; reload, or send a new key.",
    ),
    Code.TWIN_IN_FLIGHT: Sentence(
        CONFLICT,
        "同一份提交正在处理，请稍候刷新查看结果，不要重复提交。",
        "The same request is being worked on; wait a moment and look at the result.",
    ),
    Code.DRAFT_OPEN: Sentence(
        CONFLICT,
        "已经有一份草稿，请先改完并发布，或作废后再建。",
        "There is a draft already; publish or discard it first.",
    ),
    Code.DRAFT_CHANGED: Sentence(
        CONFLICT,
        "您打开页面之后，草稿已有改动。请核对现在的内容后再保存，您填写的内容已保留。",
        "The draft was changed after you opened the page. Check it and save again; your input is kept.",
    ),
    Code.PHRASE_CHANGED: Sentence(
        CONFLICT,
        "您打开页面之后，同事已改动这条常用语。请核对现在的内容后再保存，您填写的内容已保留。",
        "A colleague changed this phrase meanwhile. Check it and save again; your input is kept.",
    ),
    Code.NO_ADDRESS: Sentence(
        CONFLICT,
        "您的账号没有登记手机号或邮箱，请先补上。",
        "Your account has neither telephone nor mail; add one first.",
    ),
    Code.RECORD_CHANGED: Sentence(
        CONFLICT,
        "您打开页面之后，这份资料已被他人修改。请核对现在的内容后再保存，您填写的内容已保留。",
        "It was changed after you opened the page. Check it and save again; your input is kept.",
    ),
    Code.UNIT_NOT_EMPTY: Sentence(
        CONFLICT,
        "该单位还有没了结的事项，不能今天停用。请按所列各项处理，或改为以后的日期。",
        "The unit has unfinished matters; settle what is listed, or choose a later date.",
    ),
    Code.UNIT_ENDED: Sentence(
        CONFLICT,
        "该单位已停用，资料只能查看。",
        "The unit has ended; its record can only be read.",
    ),
    Code.NO_ENDING_PLANNED: Sentence(
        CONFLICT,
        "没有可以取消的停用安排，请刷新页面。",
        "There is no planned ending to cancel; reload the page.",
    ),
    Code.LAST_ADMINISTRATOR: Sentence(
        CONFLICT,
        "这是最后一位系统管理员，请先让另一位同事担任，再改动这个账号。",
        "This is the last administrator; make somebody else one before you change this account.",
    ),
    Code.OUT_OF_SCOPE: Sentence(
        FORBIDDEN,
        "这个令牌的用途不含这项操作，请管理员另发一个令牌。",
        "This token is not for that; ask an administrator for another one.",
    ),
    Code.OWN_ACCOUNT: Sentence(
        CONFLICT,
        "不能停用自己的账号或去掉自己的管理员角色，请由另一位管理员操作。",
        "You cannot close your own account or drop your own administrator's role; ask another administrator.",
    ),
    Code.DRAFT_HAS_FAULTS: Sentence(
        CONFLICT,
        "草稿还有缺漏，请按“检查”中的各项补齐后再发布。",
        "The draft has faults; mend what the checks list and publish again.",
    ),
}
