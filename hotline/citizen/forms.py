"""What may a citizen send: number and code, a rating, what was missing, a reason? Shapes only."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, MultipleFileField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, StopValidation

from hotline.services.citizen_access import Verdict
from hotline.services.data_requests import LONGEST_REASON
from hotline.web.forms import ActionForm, HotlineForm
from workflows.choices import Satisfaction, Solved
from workflows.data import REOPENING_LIMIT
from workflows.vocabulary import Word


def _one_line_end(text: Any) -> Any:
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


def _one_of(words: type[Word], message: Any) -> list[Any]:
    return [InputRequired(message), AnyOf([word.value for word in words], message)]


def _words_or_files(form: "SupplementForm", field: TextAreaField) -> None:
    if not field.data and not any(form.files.data or ()):
        raise StopValidation(_("请填写补充的情况，或添加照片"))


class FindForm(HotlineForm):
    """The number and the code of one ticket. A code of the wrong shape is simply a wrong code."""

    number = StringField(_("工单号"), validators=[InputRequired(_("请填写工单号"))])
    code = StringField(_("查询码"), validators=[InputRequired(_("请填写查询码"))])
    kept = HiddenField()


class RateForm(ActionForm):
    """Solved, satisfied, and in words what is wrong; the words are needed when the answer was not good."""

    solved = RadioField(
        _("问题是否已解决"), validators=_one_of(Solved, _("请选择问题是否已解决")), validate_choice=False
    )
    satisfaction = RadioField(
        _("您对办理是否满意"),
        validators=_one_of(Satisfaction, _("请选择您对办理是否满意")),
        validate_choice=False,
    )
    comment = TextAreaField(
        _("想说的话"), validators=[Length(max=500, message=_("请不要超过 500 字"))], filters=[_one_line_end]
    )

    @property
    def verdict(self) -> Verdict:
        return Verdict(self.solved.data, self.satisfaction.data, self.comment.data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask why when the ticket is going to be handled again."""
        is_valid = super().validate(extra_validators)
        if is_valid and not self.verdict.is_content and not self.comment.data:
            self.comment.errors = [_("请说明哪里没有解决或不满意")]
            return False
        return is_valid


class WithdrawForm(ActionForm):
    """Why the citizen takes the request back."""

    reason = TextAreaField(
        _("撤回的原因"),
        validators=[
            DataRequired(_("请填写撤回的原因")),
            Length(max=200, message=_("请不要超过 200 字")),
        ],
        filters=[_one_line_end],
    )


class SupplementForm(ActionForm):
    """What the citizen was asked to add, in words and, if they like, pictures."""

    text = TextAreaField(
        _("补充的情况"),
        validators=[
            _words_or_files,
            Length(max=2000, message=_("请不要超过 2000 字")),
        ],
        filters=[_one_line_end],
    )
    files = MultipleFileField(_("照片或文件（选填）"))


class EmailForm(ActionForm):
    """Where the citizen has their mail; whether it is an address the service says."""

    email = StringField(
        _("邮箱地址"),
        validators=[
            InputRequired(_("请填写邮箱地址")),
            Length(max=254, message=_("请不要超过 254 个字符")),
        ],
    )


class ReopenForm(ActionForm):
    """Why the matter should be taken up again."""

    # As many characters as are taken, so that the counter says what the check does.
    longest_reason = REOPENING_LIMIT

    reason = TextAreaField(
        _("重新办理的理由"),
        validators=[
            DataRequired(_("请填写重新办理的理由")),
            Length(max=REOPENING_LIMIT, message=_("请不要超过 %(count)s 字", count=REOPENING_LIMIT)),
        ],
        filters=[_one_line_end],
    )


def _why(text: Any) -> TextAreaField:
    return TextAreaField(
        text,
        validators=[
            DataRequired(_("请写明原因")),
            Length(max=LONGEST_REASON, message=_("请不要超过 500 字")),
        ],
        filters=[_one_line_end],
    )


class CorrectionForm(ActionForm):
    """What is to be put right and how it should read; whether it can read so the service says."""

    field = RadioField(
        _("要更正哪一项"), validators=[InputRequired(_("请选择要更正哪一项"))], validate_choice=False
    )
    value = TextAreaField(
        _("更正为"), validators=[DataRequired(_("请填写正确的内容"))], filters=[_one_line_end]
    )
    reason = _why(_("更正的原因"))


class ErasureForm(ActionForm):
    """Why the citizen wants erased who they are."""

    reason = _why(_("要求删除的原因"))
