"""What does somebody write who plays a telephone of the demo city? Shapes only."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from hotline.services.identity import takes_sms
from hotline.web.forms import ActionForm

LONGEST = 500
_NO_MOBILE = "请填写能发短信的手机号，例如 13800138000"


class TextForm(ActionForm):
    """One SMS to the hotline: the telephone it comes from, and its words."""

    phone = StringField("我的手机号", validators=[DataRequired("请填写手机号")])
    words = TextAreaField(
        "短信内容",
        validators=[
            DataRequired("请填写短信内容"),
            Length(max=LONGEST, message=f"请不要超过 {LONGEST} 字"),
        ],
    )

    def validate_phone(self, field: Any) -> None:
        """Only a mobile sends SMS; any invented one will do."""
        if not takes_sms(field.data or ""):
            raise ValidationError(_NO_MOBILE)
