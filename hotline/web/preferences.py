"""How does somebody choose the look of their screens and switch the single keys off?"""

from flask import Blueprint, Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from hotline.models.people import Density, Theme
from hotline.services.preferences import Preferences, choose_preferences
from hotline.web.auth import current_account
from hotline.web.forms import HotlineForm
from hotline.web.pages import render
from hotline.web.transaction import transaction

_SEE_OTHER = 303

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")


def _choices_of(words: type[Theme | Density]) -> list[SelectChoice]:
    return [SelectChoice(word.value, word.label_zh) for word in words]


class PreferencesForm(HotlineForm):
    """The look of all screens of one person."""

    theme = RadioField("颜色", choices=_choices_of(Theme), validators=[InputRequired()])
    density = RadioField("疏密", choices=_choices_of(Density), validators=[InputRequired()])
    has_single_keys = BooleanField("单个字母也当快捷键")


@blueprint.get("")
def index() -> Response:
    """What is chosen now."""
    user = current_account()
    chosen = {"theme": user.theme, "density": user.density, "has_single_keys": user.has_single_keys}
    return _page(PreferencesForm(data=chosen))


@blueprint.post("")
def choose() -> BaseResponse:
    """Keep what was chosen, and show it."""
    form = PreferencesForm()
    if not form.validate():
        return _page(form, 422)
    chosen = Preferences(Theme(form.theme.data), Density(form.density.data), form.has_single_keys.data)
    user_id = current_account().user_id
    with transaction() as session:
        choose_preferences(session, user_id, chosen)
    flash("已保存，您的每一页都按新的设置显示", "success")
    return redirect(url_for(".index"), _SEE_OTHER)


def _page(form: PreferencesForm, status: int = 200) -> Response:
    return render("preferences.html", status=status, form=form, has_errors=bool(form.errors))
