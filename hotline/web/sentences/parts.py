"""What do refusals say about shares, requests and supervision orders?"""

from collections.abc import Mapping

from hotline.web.sentences.words import CONFLICT, FORBIDDEN, Sentence
from workflows.errors import Code

SENTENCES: Mapping[str, Sentence] = {
    Code.NOT_YOUR_UNIT: Sentence(
        FORBIDDEN,
        "这件分单不在您的单位，请由承办单位办理。",
        "This assignment belongs to another unit; that unit has to act.",
    ),
    Code.MAIN_NOT_REPLIED: Sentence(
        CONFLICT,
        "主办单位还没有反馈，请等主办单位反馈后再试。",
        "The main unit has not replied; wait for its reply.",
    ),
    Code.CO_HANDLERS_OPEN: Sentence(
        CONFLICT,
        "还有协办单位没有反馈，请等其反馈或撤回协办。",
        "A supporting unit has not replied; wait for it or recall it.",
    ),
    Code.REPLY_NEEDS_A_SECOND_LOOK: Sentence(
        CONFLICT,
        "答复中有需要再核对的地方，请修改，或确认无误后再提交。",
        "Something in the reply needs a second look; mend it, or confirm it and submit again.",
    ),
    Code.OPEN_REQUEST: Sentence(
        CONFLICT,
        "还有同类申请等待审批，请等审批结果，或先撤回该申请。",
        "A request is still waiting for a decision; wait for it, or cancel it first.",
    ),
    Code.RETURN_WAITS: Sentence(
        CONFLICT,
        "退单申请还在等待审批，批量时不签收；仍要签收的，请打开这件工单单独签收。",
        "Its return waits for a decision, so it is not signed with others; open it to sign for it.",
    ),
    Code.RETURN_WINDOW_OVER: Sentence(
        CONFLICT,
        "退单期限已过，请继续办理，或联系派单员。",
        "The time for returning it is over; go on handling it, or call the dispatcher.",
    ),
    Code.RETURN_FORBIDDEN: Sentence(
        CONFLICT,
        "退单申请已被驳回，本单不能再退，请继续办理。",
        "A return was refused before, so this ticket cannot be returned; go on handling it.",
    ),
    Code.OWN_REQUEST: Sentence(
        FORBIDDEN,
        "不能审批自己提出的申请，请由另一位同事审批。",
        "You may not decide your own request; ask a colleague.",
    ),
    Code.OWN_DISPUTE: Sentence(
        FORBIDDEN,
        "不能决定自己提交的会商，请由另一位领导决定。",
        "You may not decide a dispute you raised; ask another leader.",
    ),
    Code.OWN_ORDER: Sentence(
        FORBIDDEN,
        "不能反馈自己下发的督办单，请由单位的另一位同事反馈。",
        "You may not answer an order you issued; ask a colleague in the unit.",
    ),
    Code.OWN_ORDER_ANSWER: Sentence(
        FORBIDDEN,
        "不能审核自己写的督办反馈，请由另一位督办员办理。",
        "You may not judge your own answer to the order; ask another supervisor.",
    ),
    Code.HOLDS_IT_ALREADY: Sentence(
        CONFLICT,
        "已经由这位同事经办，请选择另一位。",
        "This colleague holds it already; choose another.",
    ),
    Code.IN_NOBODYS_HAND: Sentence(
        CONFLICT,
        "这件分单没有交给个人，已在单位，不需要交还。",
        "No person holds this share; it lies with the unit already.",
    ),
    Code.UNIT_HAS_IT_ALREADY: Sentence(
        CONFLICT, "该单位已有本单的分单，请另选单位。", "That unit has this ticket already; choose another."
    ),
    Code.UNIT_NOT_BELOW: Sentence(
        CONFLICT,
        "只能下派给本单位的下级单位，请重新选择。",
        "You may pass it only to a unit below yours; choose again.",
    ),
    Code.SHARE_NOT_LIVE: Sentence(
        CONFLICT,
        "这件分单已退回或收回，请刷新页面，另选一件在办的分单。",
        "This share was returned or recalled; reload and choose one that is still in hand.",
    ),
    Code.NOT_MAIN_SHARE: Sentence(
        CONFLICT,
        "只有主办单位可以做这一步，请联系主办单位。",
        "Only the main unit may do this; speak to the main unit.",
    ),
    Code.EXTENSION_TOO_LATE: Sentence(
        CONFLICT,
        "已经来不及申请延期，请尽快办理并反馈。",
        "It is too late to ask for more time; handle it and reply soon.",
    ),
    Code.EXTENSIONS_SPENT: Sentence(
        CONFLICT,
        "延期次数或天数已经用完，请按现在的时限办理。",
        "No more time can be given; keep to the present due date.",
    ),
    Code.NO_EXTENSION: Sentence(
        CONFLICT,
        "这类工单不能延期，请按时限办理。",
        "Tickets of this kind cannot be extended; keep to the due date.",
    ),
    Code.LEADER_DECIDES: Sentence(
        FORBIDDEN,
        "再次延期由中心领导审批，请转交中心领导。",
        "A further extension is for a centre leader to decide; hand it on.",
    ),
    Code.ENDORSEMENT_NEEDED: Sentence(
        CONFLICT,
        "这项申请要先由上级单位审核，请等上级单位处理。",
        "The unit above has to endorse this request first; wait for it.",
    ),
    Code.ENDORSED_ALREADY: Sentence(
        CONFLICT,
        "上级单位已经审核同意，请等热线中心审批。",
        "The unit above has endorsed it already; wait for the centre's decision.",
    ),
    Code.UPHELD_ALREADY: Sentence(
        CONFLICT,
        "这一项的考核申诉已经成立，不需要再申诉。",
        "An appeal about this was upheld already; there is no need for another.",
    ),
    Code.APPEAL_WINDOW_OVER: Sentence(
        CONFLICT,
        "办结后的申请期限已过，不能再申请，如有疑问请联系督办员。",
        "The time for asking after closing is over; speak to a supervisor.",
    ),
    Code.TICKET_NOT_CLOSED: Sentence(
        CONFLICT,
        "工单还没有办结，请办结后再申请。",
        "The ticket is not closed yet; ask once it is.",
    ),
    Code.NOT_CONFIDENTIAL: Sentence(
        CONFLICT,
        "本单不是保密工单，不需要申请，可以直接查看诉求人。",
        "This ticket is not confidential; the citizen can be looked up without a request.",
    ),
    Code.DISCLOSURE_OVER: Sentence(
        CONFLICT,
        "已经查看过，或查看期限已过，如仍需要，请重新申请。",
        "It was viewed already, or the time is over; make a new request if you still need it.",
    ),
    Code.UNIT_NOT_ORDERED: Sentence(
        CONFLICT,
        "这份督办单没有下发给该单位，请选择被督办的单位。",
        "This order does not name that unit; choose one that it names.",
    ),
    Code.ANSWERED_ALREADY: Sentence(
        CONFLICT,
        "贵单位已经反馈，请等督办员审核。",
        "Your unit has answered already; wait for the supervisor.",
    ),
    Code.ORDER_ANSWERED: Sentence(
        CONFLICT,
        "已有单位反馈，督办单不能撤回。各单位都反馈后，请退回反馈或督办办结。",
        "A unit has answered, so it cannot be withdrawn. When all answers are in, refuse them or close it.",
    ),
    Code.DECIDED_ALREADY: Sentence(
        CONFLICT,
        "这项申请已经处理过，请看处理结果；诉求人如有异议，可以重新申请。",
        "This request was answered already; look at the answer. The citizen may ask again.",
    ),
    Code.HELD: Sentence(
        CONFLICT,
        "这件工单设了保留，不能删除。请填写原因后选“不同意”，或请管理员先解除保留。",
        "The ticket is held, so nothing can be erased. Refuse with a reason, or have the hold lifted first.",
    ),
    Code.NOT_SETTLED: Sentence(
        CONFLICT,
        "工单还在办理或还有未决申请，现在不能删除。请办结后再处理，或填写原因后选“不同意”。",
        "The ticket goes on, so nothing can be erased yet. Wait until it is over, or refuse with a reason.",
    ),
}
