"""Which address leads to which view of the knowledge base?"""

from flask import Blueprint

from hotline.knowledge import deciding, reading, writing

_POST = ["POST"]

blueprint = Blueprint("knowledge", __name__, url_prefix="/knowledge")
blueprint.add_url_rule("", "index", reading.index)
blueprint.add_url_rule("/queue", "queue", deciding.queue)
blueprint.add_url_rule("/new", "new", writing.new)
blueprint.add_url_rule("/new", "create", writing.create, methods=_POST)
blueprint.add_url_rule("/<number>", "show", reading.show)
blueprint.add_url_rule("/<number>/versions", "versions", reading.versions)
blueprint.add_url_rule("/<number>/use", "tell_use", reading.tell_use, methods=_POST)
blueprint.add_url_rule("/<number>/versions", "start", writing.start, methods=_POST)
blueprint.add_url_rule("/<number>/draft", "edit", writing.edit)
blueprint.add_url_rule("/<number>/draft", "save", writing.save, methods=_POST)
blueprint.add_url_rule("/<number>/moves/<name>", "move", deciding.move, methods=_POST)
blueprint.add_url_rule("/<number>/corrections", "doubt", deciding.doubt, methods=_POST)
blueprint.add_url_rule("/<number>/corrections/<int:correction_id>", "reply", deciding.reply, methods=_POST)
