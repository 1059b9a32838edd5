"""What does a form say beside a field, before anybody types?"""

from collections.abc import Mapping

_ONLY_WHEN_TICKED = "勾选“公开答复”后才公布；有并入的工单时会告知各位诉求人。不能有姓名、电话和证件号码。"
_HINTS: Mapping[str, str] = {
    "about": "对哪一项考核结果有异议。",
    "advice": "写给承办单位，说明办理要求。",
    "answer": "写给诉求人：先写结论，再写依据和联系人。",
    "assignment": "这一份由原单位收回，改派给下面选的单位。",
    "basis": "写明职责依据或法律依据。",
    "choice_reason": "所选单位不在职责目录推荐之列时必填。",
    "citizen_words": "诉求人会在进度页看到，写明原因，不要写姓名和电话。",
    "co_units": "按住 Ctrl 可以选择多个单位。",
    "condition": "写明具备什么条件就可以恢复办理。",
    "contacted_at": "不能早于受理，也不能晚于现在。",
    "decision": "写明由谁主办、依据是什么，会记入职责目录的修订建议。",
    "evidence": "写明事实和依据，有材料的先作为附件上传。",
    "handed_over_at": "电话实际转接的时间，不能晚于现在。",
    "is_hard": "疑难工单适用更长的时限。",
    "line": "先把电话转过去，再在这里记录。",
    "master": "填写一件在办工单的编号，可以从疑似重复的工单中选。",
    "missing": "诉求人会看到这句话，写清楚还缺什么。",
    "no_contact_reason": "没有联系到诉求人时必填。",
    "path": "告诉诉求人可以找谁、走什么途径。",
    "plan": "分阶段写明做什么、何时做、由谁负责。",
    "public_answer": "会对外公开，不能有姓名、电话和证件号码。",
    "purpose": "批准后 30 分钟内可以查看一次，查看会留痕。",
    "question": "写明要问什么、请诉求人做什么。中心联系后转达答复，您看不到身份，办理时限照常计算。",
    "review_on": "到这一天系统自动恢复办理并继续计时，最长 90 天。",
    "source": "例如知识库条目名称和版本。",
    "suggested_unit": "您认为应当承办的单位，输入名称或拼音首字母查找；同意退单时派单员可以直接改派过去。",
    "units": "可以多选。",
    "visibility": "选择“诉求人可见”后，诉求人能在进度页看到。",
    "words": "可以不写。写了的话，承办单位会看到。",
}
_OF_ACTIONS: Mapping[tuple[str, str], str] = {
    ("add_co_handler", "unit"): "已经承办这件工单的单位不在列表里。",
    ("add_co_handler", "advice"): "写明请协办单位做什么。",
    ("answer", "answer"): "写给督办人：做了什么、结果如何、还要多久。",
    ("approve_reply", "public_answer"): _ONLY_WHEN_TICKED,
    ("ask_exclusion", "evidence"): "写明理由和依据，有材料的先作为附件上传。",
    ("ask_reopening", "reason"): "写明出现了什么新情况，或答复中哪一项没有兑现。",
    ("ask_supplement", "answer_by"): "补充期间各项时限暂停，到期没有补充的按现有情况继续办理。",
    ("book_call", "call_at"): "工作日 9:00–20:00，不晚于回访时限；到时排在待回访的最前面。",
    ("book_call", "note"): "例如诉求人方便接听的原因，诉求人不会看到。",
    ("withdraw_order", "reason"): "写明为什么撤回，被督办单位会看到。",
    ("close_order", "opinion"): "写明督办结论，被督办单位会看到。",
    ("close_without_callback", "public_answer"): _ONLY_WHEN_TICKED,
    ("decide_dispute", "main_unit"): "决定之后该单位不得再退单。",
    ("escalate", "level"): "只能比现在的级别高；四级以上同时告知中心领导。",
    ("invalidate", "reason"): "提请和判定必须是两个人。",
    ("issue", "answer_by"): "不填的话按时限规则计算。",
    ("issue", "opinion"): "写明要求被督办单位做什么、反馈什么。",
    ("merge", "reason"): "可以不写。写明为什么是同一件事。",
    ("propose_invalid", "reason"): "由另一位审核员决定。",
    ("raise_dispute", "reason"): "写明各单位的理由和争议焦点，中心领导据此决定。",
    ("reclassify", "category"): "不改的项目不用选。",
    ("reclassify", "reason"): "改动会影响时限，写明依据。",
    ("redirect", "unit"): "已经承办这件工单的单位不在列表里。",
    ("refuse_answer", "answer_by"): "不填的话按时限规则重新计算。",
    ("refuse_answer", "units"): "不选就是全部退回。",
    ("reopen", "reason"): "诉求人和承办单位都会看到工单重新启动。",
    ("sub_dispatch", "advice"): "写给下级单位，说明办什么、何时反馈。",
    ("sub_dispatch", "answer_by"): "不能晚于这件工单自己的期限。",
    ("sub_dispatch", "unit"): "只能下派给本单位的下级。",
    ("add_details", "text"): "诉求人主动补充的情况，承办单位会收到提醒；计时不受影响。",
    ("supplement", "text"): "补充之后立即恢复办理和计时。",
    ("give", "person"): "名单是承办单位的其他经办人员；对方会收到通知，以后可以再指派，或交还单位。",
    ("take_back", "reason"): "下级单位会看到。",
    ("unmerge", "reason"): "解除后回到派单池，单独办理。",
    ("view_identity", ""): "只能查看这一次，离开或刷新后不再显示；查看会留痕。",
}
_NOTHING: Mapping[tuple[str, str], str] = {
    ("give", "person"): (
        "本单位没有其他可以指派的经办人员。可以由现在的经办人继续办理，或下派下级单位、请有关单位协办；"
        "要增加经办人员，请系统管理员在“人员与角色”中为同事开通账号。"
    ),
}


def hint_of(action: str, name: str) -> str:
    """Say what helps to fill in a field of an action, or to take it where nothing is filled in."""
    return _OF_ACTIONS.get((action, name)) or _HINTS.get(name, "")


def nothing_of(action: str, name: str) -> str:
    """Say what can be done instead where a field has nothing to choose from."""
    return _NOTHING.get((action, name), "")
