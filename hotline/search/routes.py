"""Which address leads to which view of the search?"""

from flask import Blueprint

from hotline.search import exporting, finding, kept, palette

blueprint = Blueprint("search", __name__)
blueprint.add_url_rule("/search", "index", finding.search)
blueprint.add_url_rule("/search/export", "ask_export", exporting.ask_export, methods=["GET", "POST"])
blueprint.add_url_rule("/search/views", "views", kept.views)
blueprint.add_url_rule("/search/views", "save_view", kept.save_view, methods=["POST"])
blueprint.add_url_rule("/search/views/new", "name_view", kept.name_view)
blueprint.add_url_rule("/search/views/<int:view_id>", "edit_view", kept.edit_view)
blueprint.add_url_rule("/search/views/<int:view_id>", "change_view", kept.change_view, methods=["POST"])
blueprint.add_url_rule(
    "/search/views/<int:view_id>/delete", "delete_view", kept.delete_view, methods=["POST"]
)
blueprint.add_url_rule("/palette", "palette", palette.look_up)
