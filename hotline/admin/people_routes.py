"""Which address leads to which view of accounts?"""

from flask import Blueprint

from hotline.admin import people, people_acts

_POST = ["POST"]

blueprint = Blueprint("people", __name__, url_prefix="/admin/users")
blueprint.add_url_rule("", "index", people.index)
blueprint.add_url_rule("/new", "new", people.new)
blueprint.add_url_rule("/new", "create", people.create, methods=_POST)
blueprint.add_url_rule("/of/<username>", "show", people.show)
blueprint.add_url_rule("/of/<username>/edit", "edit", people.edit)
blueprint.add_url_rule("/of/<username>/edit", "save", people.save, methods=_POST)
blueprint.add_url_rule("/of/<username>/deactivate", "deactivate", people_acts.deactivate, methods=_POST)
blueprint.add_url_rule("/of/<username>/reactivate", "reactivate", people_acts.reactivate, methods=_POST)
blueprint.add_url_rule("/of/<username>/unlock", "unlock", people_acts.unlock, methods=_POST)
blueprint.add_url_rule("/of/<username>/sessions/end", "end_sessions", people_acts.end_sessions, methods=_POST)
blueprint.add_url_rule("/of/<username>/link", "link", people_acts.link, methods=_POST)
