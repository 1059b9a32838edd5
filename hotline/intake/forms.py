"""What does a reviewer decide about a new ticket: approve with corrections, send back, or not accept?"""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from hotline.queries.categories import CategoryLeaf
from hotline.web.forms import ActionForm
from hotline.web.language import current_language
from hotline.web.refusals import field_sentence
from workflows.choices import RejectionReason
from workflows.errors import FieldError, Refused
from workflows.vocabulary import Urgency


class DecisionForm(ActionForm):
    """The base of the three decisions: refusals of the workflow come back beside their fields."""

    def asked(self) -> Mapping[str, Any]:
        """What the workflow is told."""
        raise NotImplementedError

    def blame(self, refusal: Refused) -> None:
        """Put a refusal's words beside the fields it names, or above the form."""
        errors: Sequence[FieldError] = refusal.errors or (FieldError(refusal.field or "", refusal.code),)
        for error in errors:
            text, field = field_sentence(error, current_language()), self._fields.get(error.field)
            if field is None:
                self.form_errors.append(text)
            else:
                field.errors = [*field.errors, text]

    @property
    def has_faults(self) -> bool:
        return bool(self.errors or self.form_errors)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Each fault with the name of its field, for the list above the form."""
        named = [(str(each.id), f"{each.label.text}：{text}") for each in self for text in each.errors]
        return [*named, *(("", text) for text in self.form_errors)]


class ApprovalForm(DecisionForm):
    """What an approval may correct."""

    category = SelectField("诉求分类", choices=[], validate_choice=False)
    urgency = RadioField(
        "紧急程度",
        choices=[SelectChoice(word.value, word.label_zh) for word in Urgency],
        validate_choice=False,
    )
    is_confidential = BooleanField("个人信息保密")

    def offer_categories(self, leaves: Sequence[CategoryLeaf]) -> None:
        """Fill the choices of the category."""
        self.category.choices = [SelectChoice(leaf.code, leaf.path) for leaf in leaves]

    def asked(self) -> Mapping[str, Any]:
        """The category stays as it is when none is chosen."""
        texts = {name: self[name].data for name in ("category", "urgency") if self[name].data}
        return {**texts, "is_confidential": bool(self.is_confidential.data)}


class ReturnForm(DecisionForm):
    """Why the record goes back to the agent."""

    reason = TextAreaField(
        "退回原因", id="return-reason", description="写明缺什么、要补什么，话务员按此联系诉求人。"
    )

    def asked(self) -> Mapping[str, Any]:
        """The agent reads the reason as it stands."""
        return {"reason": self.reason.data}


class RejectionForm(DecisionForm):
    """Why the matter is not the hotline's, and where the citizen can go instead."""

    reason = RadioField(
        "不予受理理由",
        id="reject-reason",
        choices=[SelectChoice(word.value, word.label_zh) for word in RejectionReason],
        validate_choice=False,
    )
    path = StringField("建议途径", description="写给诉求人：应向哪个机关、以什么方式提出。")

    def asked(self) -> Mapping[str, Any]:
        """The citizen reads both."""
        return {"reason": self.reason.data, "path": self.path.data}
