"""What does an agent write down of a call? Shape only; what a type must have is the workflow's business."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from hotline.models.organisation import Area, AreaLevel
from hotline.queries.categories import CategoryLeaf
from hotline.web.forms import ActionForm
from hotline.web.language import current_language
from hotline.web.refusals import field_sentence
from workflows.choices import StatementKind
from workflows.data import CONTENT_LIMIT
from workflows.errors import FieldError, Refused
from workflows.vocabulary import TicketType, Urgency

ANSWER_FIELDS = ("answer", "source")
TEXTS = (
    "type",
    "urgency",
    "citizen_name",
    "phone",
    "email",
    "guardian_phone",
    "id_number",
    "district",
    "street",
    "address",
    "content",
    "category",
    "title",
    "accused",
)
# What the caller says is urged with goes into the ticket as its words.
_SHOWN_AS = {"words": "content"}


class CallForm(ActionForm):
    """The desk's form, for a new call and for a draft taken up again."""

    # As many characters as are taken, so that the counter says what the check does.
    longest_content = CONTENT_LIMIT

    type = RadioField(
        "诉求类型",
        choices=[SelectChoice(word.value, word.label_zh) for word in TicketType],
        default=TicketType.HELP.value,
        validate_choice=False,
    )
    urgency = RadioField(
        "紧急程度",
        choices=[SelectChoice(word.value, word.label_zh) for word in Urgency],
        default=Urgency.ORDINARY.value,
        validate_choice=False,
    )
    citizen_name = StringField("诉求人")
    phone = StringField("联系电话")
    email = StringField("电子邮箱")
    is_confidential = BooleanField("个人信息保密")
    is_anonymous = BooleanField("匿名")
    is_minor = BooleanField("诉求人是未成年人")
    guardian_phone = StringField("监护人电话", description="短信发给监护人；不填时只告知有进展，不提内容。")
    id_number = StringField(
        "证件号码",
        description="仅在实名举报、社保、养老等必须核实身份时填写，只用于办理本件；加密保存，到期删除。",
    )
    no_id_number = BooleanField("删除已登记的证件号码")
    address = StringField("事发地址")
    district = SelectField("区县", choices=[], validate_choice=False)
    street = StringField("街道（镇）")
    content = TextAreaField("诉求内容", description="按「时间、地点、人物、事情、诉求」记录。")
    category = SelectField("诉求分类", choices=[], validate_choice=False)
    title = StringField("标题", description="留空时依内容自动生成。")
    accused = StringField("被投诉、被举报对象", description="举报必填，投诉尽量填写。")
    callback_wanted = RadioField(
        "回访",
        choices=[SelectChoice("yes", "需要"), SelectChoice("no", "不需要")],
        default="yes",
        validate_choice=False,
    )
    answer = TextAreaField("直接答复")
    source = StringField("答复依据", description="知识条目编号，或三方通话的单位和时间。")

    # Ticked once the words beside it were read out; the number says which version that was.
    is_told = BooleanField("已向来电人读出")
    statement_number = HiddenField()

    # Which call at the desk this form belongs to, and how often it was kept when the page was made.
    call = HiddenField()
    call_version = HiddenField()

    def record(self) -> dict[str, Any]:
        """What the workflow is told of the call; empty fields are left out."""
        texts = {name: self[name].data for name in TEXTS if self[name].data}
        flags = {
            "is_anonymous": bool(self.is_anonymous.data),
            "is_minor": bool(self.is_minor.data),
            "is_confidential": bool(self.is_confidential.data),
            "callback_wanted": self.callback_wanted.data or "yes",
        }
        if self.no_id_number.data and "id_number" not in texts:
            flags["no_id_number"] = True
        return {**texts, **flags, **self._told()}

    def _told(self) -> dict[str, Any]:
        number = self.statement_number.data or ""
        is_told = self.is_told.data and number.isascii() and number.isdigit()
        return {"statement": StatementKind.SPOKEN.value, "statement_number": number} if is_told else {}

    def direct_answer(self) -> dict[str, Any]:
        """What the agent told the caller, and where it is written."""
        return {name: self[name].data for name in ANSWER_FIELDS if self[name].data}

    def offer_categories(self, leaves: Sequence[CategoryLeaf]) -> None:
        """Fill the choices of the category."""
        self.category.choices = [SelectChoice(leaf.code, leaf.path) for leaf in leaves]

    def offer_districts(self, areas: Sequence[Area]) -> None:
        """Fill the choices of the district; what was typed and is none of them stays to be mended."""
        names = [area.name for area in areas if area.level == AreaLevel.DISTRICT]
        typed = self.district.data
        kept = [typed] if typed and typed not in names else []
        self.district.choices = [SelectChoice(name, name) for name in ("", *kept, *names)]

    def say_kept(self, masked: Mapping[str, str]) -> None:
        """Say in the hints what is on record and not shown; it stays where nothing is typed."""
        for name, text in masked.items():
            self[name].description = f"已登记 {text}，留空不改。"

    def blame(self, refusals: Iterable[Refused]) -> None:
        """Put each refusal's words beside the field it names, or above the form when it names none."""
        for refusal in refusals:
            for error in _errors_of(refusal):
                text = field_sentence(error, current_language())
                field = self._fields.get(_SHOWN_AS.get(error.field, error.field))
                if field is None:
                    self.form_errors.append(text)
                elif text not in field.errors:
                    field.errors = [*field.errors, text]

    @property
    def has_faults(self) -> bool:
        return bool(self.errors or self.form_errors)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Each fault with the name of its field, for the list above the form."""
        named = [(str(each.id), f"{each.label.text}：{text}") for each in self for text in each.errors]
        return [*named, *(("", text) for text in self.form_errors)]

    @property
    def headline(self) -> str | None:
        """What stands above the faults: nothing special while something typed is to be mended."""
        return None if any(each.errors for each in self) else "这次没有办成"

    @property
    def wants_answer(self) -> bool:
        """Whether the part for the direct answer stands open."""
        return any(self[name].data or self[name].errors for name in ANSWER_FIELDS)


def _errors_of(refusal: Refused) -> Iterable[FieldError]:
    if refusal.errors:
        return refusal.errors
    return (FieldError(refusal.field or "", refusal.code),)


def starting_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not known, so that the defaults of the form hold."""
    return {name: value for name, value in values.items() if value not in (None, "")}
