"""What may an administrator type on the board of messages: why it stops, and how many SMS a day may have?"""

from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from hotline.queries.typed import number_in
from hotline.web.forms import HotlineForm
from hotline.web.ui import new_request_key
from notifications.policy import Caps

_MOST_PER_PERSON = 1_000
_MOST_PER_DAY = 10_000_000


class _Whole:
    """Asks for a whole number from 0 to `most`."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __call__(self, _form: Any, field: Any) -> None:
        text = (field.data or "").replace(",", "")
        if number_in(text, self._most) is None:
            message = f"“{field.label.text}”请填写 0 到 {self._most:,} 的整数，0 表示不设上限"
            raise StopValidation(message)


class PauseForm(HotlineForm):
    """Why nothing goes out for a while."""

    request_key = HiddenField(default=new_request_key, validators=[Length(max=255)])
    why = StringField(
        "暂停原因",
        validators=[
            DataRequired("请填写暂停原因，值班的人要知道何时可以恢复"),
            Length(max=200, message="暂停原因请不要超过 200 字"),
        ],
    )


class CapsForm(HotlineForm):
    """The most SMS of a day: to one citizen, and parts paid for in all."""

    request_key = HiddenField(default=new_request_key, validators=[Length(max=255)])
    per_person = StringField(
        "每位诉求人每天最多（条）",
        validators=[InputRequired("请填写每位诉求人每天最多几条，0 表示不设上限"), _Whole(_MOST_PER_PERSON)],
    )
    per_day = StringField(
        "全市每天最多（计费条）",
        validators=[InputRequired("请填写全市每天最多几条，0 表示不设上限"), _Whole(_MOST_PER_DAY)],
    )

    @classmethod
    def of(cls, caps: Caps) -> "CapsForm":
        """Fill the form with the caps that hold."""
        held = {"per_person": str(caps.per_person or 0), "per_day": str(caps.segments_per_day or 0)}
        return cls(formdata=None, data=held)

    @property
    def caps(self) -> Caps:
        """The caps that were typed; 0 lifts one."""
        numbers = [int(field.data.replace(",", "")) or None for field in (self.per_person, self.per_day)]
        return Caps(*numbers)
