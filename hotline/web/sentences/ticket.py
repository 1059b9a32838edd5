"""What do refusals of the ticket's own moves say?"""

from collections.abc import Mapping

from hotline.web.sentences.words import CONFLICT, FORBIDDEN, INVALID, Sentence
from workflows.errors import Code

SENTENCES: Mapping[str, Sentence] = {
    Code.NOT_YOUR_TICKET: Sentence(
        FORBIDDEN,
        "这件工单不是您登记的，请由登记人或诉求人办理。",
        "This ticket is not yours; whoever registered it has to act.",
    ),
    Code.UNDO_TOO_LATE: Sentence(
        CONFLICT,
        "已过可以撤销的时间，通知已经发出；请改用调单、收回等操作，并说明理由。",
        "It is too late to undo this, the messages have gone; redirect or take back instead, with a reason.",
    ),
    Code.UNDO_OVERTAKEN: Sentence(
        CONFLICT,
        "这一步之后工单又有变化，不能再撤销；请打开工单查看现在可以做什么。",
        "The ticket has changed since, so this step cannot be undone; open it to see what can be done now.",
    ),
    Code.UNDO_NOT_YOURS: Sentence(
        FORBIDDEN,
        "只有刚才操作的本人可以撤销，请与其联系。",
        "Only whoever did this can undo it; ask them.",
    ),
    Code.TOLD_ALREADY: Sentence(
        CONFLICT,
        "这一步的通知已经发出，不能再撤销；请改用调单、收回等操作。",
        "Messages about this step have gone out, so it cannot be undone; redirect or take back instead.",
    ),
    Code.NO_TRUSTED_INTAKE: Sentence(
        FORBIDDEN,
        "您没有直接提交派单的权限，请改用“提交”，由审核员审核。",
        "You have no right to skip review; submit it for review instead.",
    ),
    Code.REPORTS_NEED_DISPATCH: Sentence(
        CONFLICT,
        "举报不能直接答复，请提交派单，由承办单位核查。",
        "A report of wrongdoing cannot be answered directly; submit it for dispatch.",
    ),
    Code.UNIT_INACTIVE: Sentence(
        CONFLICT, "所选单位已停用，请另选承办单位。", "The chosen unit is no longer active; choose another."
    ),
    Code.UNIT_ACCUSED: Sentence(
        CONFLICT,
        "被举报的单位不能承办本单，请选择其上级或监管单位。",
        "The accused unit may not handle this; choose its superior or supervising unit.",
    ),
    Code.REASON_FOR_CHOICE_NEEDED: Sentence(
        INVALID,
        "所选单位不在职责目录推荐之列，请填写选择理由。",
        "The chosen unit is not the one the catalogue suggests; give your reason.",
    ),
    Code.CALLBACK_WANTED: Sentence(
        CONFLICT,
        "诉求人需要回访，请选择“审核通过”转入回访。",
        "The citizen wants to be called back; approve the reply so that the call is made.",
    ),
    Code.CALLBACK_NOT_WANTED: Sentence(
        CONFLICT,
        "诉求人不需要回访，请直接选择“办结”。",
        "The citizen wants no callback; close the ticket instead.",
    ),
    Code.PUBLIC_ANSWER_MISSING: Sentence(
        CONFLICT, "还没有可公开的答复，请先补写。", "There is no public answer yet; write it first."
    ),
    Code.PUBLIC_ANSWER_LEAKS: Sentence(
        CONFLICT,
        "公开答复中有电话或证件号码，请删去后再提交。",
        "The public answer holds a phone or ID number; remove it and submit again.",
    ),
    Code.NOT_CONTENT: Sentence(
        CONFLICT,
        "诉求人没有表示满意，请选择“重办”，或填写解释说明情况。",
        "The citizen is not content; send it for rework, or say how it was explained.",
    ),
    Code.CONTENT_NEEDS_NO_REWORK: Sentence(
        CONFLICT,
        "诉求人已表示满意，不需要重办，请选择“办结”。",
        "The citizen is content; close the ticket instead.",
    ),
    Code.SAFETY_REPORT: Sentence(
        CONFLICT,
        "涉及安全的举报不能撤回，如有新情况请补充说明。",
        "A report about safety cannot be withdrawn; add what is new instead.",
    ),
    Code.IDENTITY_NOT_CHECKED: Sentence(
        CONFLICT, "请先核实诉求人身份，再做这一步。", "Check the citizen's identity first."
    ),
    Code.WINDOW_OPEN: Sentence(
        CONFLICT,
        "办结后的申请期限还没有结束，期满后系统会自动归档。",
        "The time for objections is not over; the ticket is archived by itself after it.",
    ),
    Code.TICKET_NOT_IN_PROCESS: Sentence(
        CONFLICT,
        "工单不在办理中，不能做这一步，请刷新页面，查看工单现在的状态。",
        "The ticket is not in process; reload to see how it stands.",
    ),
    Code.MASTER_NOT_OPEN: Sentence(
        CONFLICT,
        "主单已经办结，不能再并入，请改填一件在办的工单编号。",
        "The master is closed; name a ticket that is still open.",
    ),
    Code.MASTER_IS_ITSELF: Sentence(
        CONFLICT,
        "工单不能并入自己，请填写另一件工单的编号。",
        "A ticket cannot follow itself; name another one.",
    ),
    Code.MERGE_CYCLE: Sentence(
        CONFLICT,
        "所填工单已并入其他工单，请改填它的主单编号。",
        "The ticket you named follows another one; name that one instead.",
    ),
    Code.HAS_FOLLOWERS: Sentence(
        CONFLICT,
        "已有其他工单并入本单，本单不能再并入别的工单，请改为把对方并入本单。",
        "Other tickets follow this one; merge the other ticket into this one instead.",
    ),
    Code.CONFIDENTIAL_MIX: Sentence(
        CONFLICT,
        "保密工单与其他工单不能并案，请分别办理。",
        "A confidential ticket cannot be merged with another; handle each on its own.",
    ),
    Code.NOT_MERGED: Sentence(
        CONFLICT,
        "本单没有并案，不需要这一步，请刷新页面。",
        "This ticket is not merged; reload the page.",
    ),
    Code.RATED_ALREADY: Sentence(
        CONFLICT,
        "这次的答复已经评价过，不能再评；如仍未解决，请来电说明。",
        "This answer has been rated already; call us if it is still not solved.",
    ),
    Code.NOT_ANSWERED_DIRECTLY: Sentence(
        CONFLICT,
        "只有直接答复的诉求在这里评价；其他诉求请等待回访，回访时评价。",
        "Only a direct answer is rated here; other requests are rated at the callback.",
    ),
    Code.MASTER_NOT_ANSWERED: Sentence(
        CONFLICT,
        "主单还没有答复，请等答复后再评价。",
        "The master has no answer yet; rate it once it has one.",
    ),
    Code.ANSWER_FOR_FOLLOWERS_MISSING: Sentence(
        CONFLICT,
        "有其他工单并入本单，请先填写可以告知各位诉求人的公开答复。",
        "Other citizens follow this ticket; write a public answer for all of them first.",
    ),
    Code.URGED_RECENTLY: Sentence(
        CONFLICT,
        "刚刚已经催办过，请过几个小时再催。",
        "It was urged a short time ago; wait some hours before the next time.",
    ),
    Code.SECOND_PERSON_NEEDED: Sentence(
        FORBIDDEN,
        "提请的人不能自己判定，请由另一位审核员决定。",
        "Whoever proposed it may not decide it; ask another reviewer.",
    ),
    Code.NO_PROPOSAL: Sentence(
        CONFLICT,
        "还没有人提请判无效，请先提请，再由另一位审核员决定。",
        "Nobody has proposed it as invalid; propose it first, another reviewer decides.",
    ),
    Code.PROPOSED_ALREADY: Sentence(
        CONFLICT,
        "已经提请判无效，请等另一位审核员决定。",
        "It has been proposed as invalid already; wait for another reviewer's decision.",
    ),
    Code.NOTHING_CHANGED: Sentence(
        CONFLICT,
        "内容没有变化，请至少修改一项再提交。",
        "Nothing was changed; change something before you submit.",
    ),
    Code.TOO_MANY_ROWS_TAKEN: Sentence(
        CONFLICT,
        "24 小时内直接导出的工单合计不能超过 1,000 行。请在搜索页申请批量导出，由安全管理员批准。",
        "At most 1,000 rows of tickets may be taken out in 24 hours; ask for a bulk export in the search.",
    ),
    Code.ANSWER_NAMES_CALLER: Sentence(
        INVALID,
        "转达的内容里有诉求人的姓名、电话或证件号码，承办单位会看到。请删去后再提交。",
        "The answer names the citizen or shows a number of theirs, which the unit would read; take it out.",
    ),
    Code.NOT_YOURS_TO_REVEAL: Sentence(
        FORBIDDEN,
        "您现在不能查看这件工单的诉求人身份：只有在办的承办单位和热线中心可以查看，保密工单须申请查看保密身份。",
        "You may not see who called now: only units at work on it and the centre may; "
        "a sealed identity has to be asked for.",
    ),
    Code.TOO_MANY_REVEALS: Sentence(
        CONFLICT,
        "您 24 小时内查看诉求人身份的次数已满。请稍后再看；确需多看的，请安全管理员调整上限。",
        "You have seen as many callers as one may in 24 hours; look again later, "
        "or ask the security administrator for more.",
    ),
    Code.LEVEL_NOT_HIGHER: Sentence(
        CONFLICT,
        "新级别要高于现在的督办级别，请重新选择。",
        "The new level must be higher than the present one; choose again.",
    ),
    Code.NO_DISPUTE_YET: Sentence(
        CONFLICT,
        "退单不足两次，职责目录里也有承办单位，还不能提交会商，请先派单。",
        "It was not returned twice and the catalogue knows its unit; dispatch it first.",
    ),
    Code.NOT_REOPENABLE: Sentence(
        CONFLICT,
        "这样办结的工单不能重启，如有新情况，请登记新工单。",
        "A ticket closed in this way cannot be reopened; register a new one if there is anything new.",
    ),
    Code.REOPEN_WINDOW_OVER: Sentence(
        CONFLICT,
        "可以重启的期限已过，如有新情况，请登记新工单。",
        "The time for reopening is over; register a new ticket if there is anything new.",
    ),
    Code.NOT_EXCLUDED: Sentence(
        CONFLICT,
        "本单没有剔除，不需要恢复考核，请刷新页面。",
        "This ticket is not excluded, so nothing is to be undone; reload the page.",
    ),
    Code.EXCLUDED_ALREADY: Sentence(
        CONFLICT,
        "本单已经剔除，不需要再次申请。",
        "This ticket is excluded already; nothing is left to ask for.",
    ),
    Code.OPEN_ORDER: Sentence(
        CONFLICT,
        "还有督办单没有办结，请先办结督办单。",
        "A supervision order is still open; close it first.",
    ),
    Code.CLAIMED_BY_ANOTHER: Sentence(
        CONFLICT,
        "另一位同事正在处理这件工单，请先处理其他工单。",
        "A colleague is working on this ticket; take another one.",
    ),
}
