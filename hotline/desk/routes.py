"""Which address leads to which view of the desk?"""

from flask import Blueprint

from hotline.desk import calls, citing, filling, mine, views

# SQLite takes no larger number.
_CALL = "<int(max=9223372036854775807):call_id>"

blueprint = Blueprint("desk", __name__)
blueprint.add_url_rule("/desk", "index", views.index)
blueprint.add_url_rule("/desk", "register", views.register, methods=["POST"])
blueprint.add_url_rule("/desk/assist", "assist", views.assist, methods=["POST"])
blueprint.add_url_rule("/desk/calls", "calls", calls.calls)
blueprint.add_url_rule("/desk/calls", "keep", calls.keep, methods=["POST"])
blueprint.add_url_rule(f"/desk/calls/{_CALL}/take", "take", calls.take, methods=["POST"])
blueprint.add_url_rule(f"/desk/calls/{_CALL}/put-aside", "put_aside", calls.put_aside, methods=["POST"])
blueprint.add_url_rule("/desk/cite", "cite", citing.cite, methods=["POST"])
blueprint.add_url_rule("/desk/fill", "fill", filling.fill, methods=["POST"])
blueprint.add_url_rule("/desk/preview", "preview", views.preview, methods=["POST"])
blueprint.add_url_rule("/desk/urge", "urge", views.urge, methods=["POST"])
blueprint.add_url_rule("/desk/drafts/<number>", "draft", views.draft)
blueprint.add_url_rule("/desk/drafts/<number>", "revise", views.revise, methods=["POST"])
blueprint.add_url_rule("/desk/mine", "mine", mine.mine)
