"""Which address leads to the board of messages and its levers?"""

from flask import Blueprint

from hotline.admin import delivery, delivery_acts

_POST = ["POST"]

blueprint = Blueprint("delivery", __name__, url_prefix="/admin/delivery")
blueprint.add_url_rule("", "board", delivery.board)
blueprint.add_url_rule("/pause", "pause", delivery_acts.pause, methods=_POST)
blueprint.add_url_rule("/resume", "resume", delivery_acts.resume, methods=_POST)
blueprint.add_url_rule("/redrive", "redrive", delivery_acts.redrive, methods=_POST)
blueprint.add_url_rule("/caps", "choose", delivery_acts.choose, methods=_POST)
