"""How does a citizen come to their ticket with what they typed before, and how do they leave it?"""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hotline.web.auth import leave_tickets
from hotline.web.kept_form import open_form, owner_of_ticket
from hotline.web.pages import render

_SEE_OTHER = 303


def arrive(number: str, kept: str) -> Response:
    """Lead to the ticket; what was typed before the code was asked for is handed back first."""
    form = open_form(kept, owner_of_ticket(number))
    if form is None:
        return redirect(url_for("citizen.status", number=number), _SEE_OTHER)
    return render("citizen/resend.html", kept=form)


def leave_for_good(number: str) -> Response:
    """Shut every ticket this browser opened: whoever takes it next sees none."""
    leave_tickets()
    flash(_("已离开诉求 %(number)s。再次查看需要重新输入查询码。", number=number), "success")
    return redirect(url_for("citizen.find"), _SEE_OTHER)
