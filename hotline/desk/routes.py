"""Which address leads to which view of the desk?"""

from flask import Blueprint

from hotline.desk import citing, exporting, filling, mine, search, views

blueprint = Blueprint("desk", __name__)
blueprint.add_url_rule("/desk", "index", views.index)
blueprint.add_url_rule("/desk", "register", views.register, methods=["POST"])
blueprint.add_url_rule("/desk/assist", "assist", views.assist, methods=["POST"])
blueprint.add_url_rule("/desk/cite", "cite", citing.cite, methods=["POST"])
blueprint.add_url_rule("/desk/fill", "fill", filling.fill, methods=["POST"])
blueprint.add_url_rule("/desk/preview", "preview", views.preview, methods=["POST"])
blueprint.add_url_rule("/desk/urge", "urge", views.urge, methods=["POST"])
blueprint.add_url_rule("/desk/drafts/<number>", "draft", views.draft)
blueprint.add_url_rule("/desk/drafts/<number>", "revise", views.revise, methods=["POST"])
blueprint.add_url_rule("/desk/mine", "mine", mine.mine)
blueprint.add_url_rule("/search", "search", search.search)
blueprint.add_url_rule("/search/export", "ask_export", exporting.ask_export, methods=["GET", "POST"])
