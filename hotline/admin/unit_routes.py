"""Which address leads to which view of units?"""

from flask import Blueprint

from hotline.admin import unit_endings, units

_POST = ["POST"]

blueprint = Blueprint("units", __name__, url_prefix="/admin/units")
blueprint.add_url_rule("", "index", units.index)
blueprint.add_url_rule("/new", "new", units.new)
blueprint.add_url_rule("/new", "create", units.create, methods=_POST)
blueprint.add_url_rule("/<code>", "show", units.show)
blueprint.add_url_rule("/<code>/edit", "edit", units.edit)
blueprint.add_url_rule("/<code>/edit", "save", units.save, methods=_POST)
blueprint.add_url_rule("/<code>/move", "moving", units.moving)
blueprint.add_url_rule("/<code>/move", "move", units.move, methods=_POST)
blueprint.add_url_rule("/<code>/end", "ending", unit_endings.ending)
blueprint.add_url_rule("/<code>/end", "end", unit_endings.end, methods=_POST)
blueprint.add_url_rule("/<code>/end/cancel", "cancel", unit_endings.cancel, methods=_POST)
