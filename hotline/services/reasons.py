"""Why does somebody get a message? In what capacity they hear of it, in words to put under it."""

from collections.abc import Mapping

from workflows.vocabulary import Audience, Role

FOLLOWER, SUBSTITUTE = "follower", "substitute"
_LIAISON = ("您是该承办单位的联络员", "you are the liaison of the unit that handles it")
_WORDS: Mapping[str, tuple[str, str]] = {
    Audience.CITIZEN: ("您是该诉求的诉求人", "you made this request"),
    # The citizen of a ticket that was merged into the one that goes on: no audience of the tables.
    FOLLOWER: ("您的诉求已并入该事项办理", "your request is handled together with this one"),
    Audience.AGENT: ("该工单由您登记", "you registered this ticket"),
    Audience.HANDLER: ("该分单由您承办", "you handle this share"),
    Audience.FORMER_HANDLER: ("该分单原由您承办", "you handled this share until now"),
    Audience.UNITS: _LIAISON,
    Audience.UNIT: _LIAISON,
    Audience.MAIN_UNIT: ("您是主办单位的联络员", "you are the liaison of the main unit"),
    Audience.OPEN_UNITS: _LIAISON,
    Audience.RECALLED_UNITS: ("您是原承办单位的联络员", "you are the liaison of the unit that handled it"),
    Audience.MOVED_UNIT: ("您是主办单位的联络员", "you are the liaison of the main unit"),
    Audience.PARENT_UNIT: ("您是上级承办单位的联络员", "you are the liaison of the unit above"),
    Audience.ORDERED_UNITS: ("您是被督办单位的联络员", "you are the liaison of a unit named by the order"),
    Audience.ORDERED_LEADERS: ("您是被督办单位的领导", "you lead a unit named by the order"),
    Audience.SUPPLEMENT_ASKER: ("补充情况由您要求", "you asked for the details"),
    Audience.REQUEST_ASKER: ("该申请由您提出", "you made this request"),
    Audience.REQUEST_DECIDERS: ("该申请由您审批", "you may decide it"),
    Audience.DUTY: ("您正在承办单位值班，或是它的领导", "you are on duty at the unit, or lead it"),
    Audience.CENTRE_DESK: ("该工单正等您的岗位处理", "the ticket waits for your desk"),
    Audience.UNIT_LEADER: ("您是承办单位的领导", "you lead the unit that handles it"),
    # The two of a substitution: no audiences of the tables either.
    "principal": ("您是被代理人", "somebody stands in for you"),
    SUBSTITUTE: ("您是代理人", "you stand in for somebody"),
    Role.ADMINISTRATOR: ("您是系统管理员", "you are an administrator"),
}
_ROLES: Mapping[str, Role] = {str(role): role for role in Role}


def because_words(because: str, *, is_english: bool) -> str:
    """Say in what capacity somebody is told; empty for a word that is neither an audience nor a role."""
    if because in _WORDS:
        return _WORDS[because][is_english]
    role = _ROLES.get(because)
    if role is None:
        return ""
    return f"you are on duty as {role.label_en.lower()}" if is_english else f"您是{role.label_zh}"
