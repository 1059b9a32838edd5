"""The pages of figures for supervisors and the centre's leaders: how the city and its units stand."""

from flask import Blueprint

from hotline.figures import cockpit, comparison, daily, lists, trends, wall

blueprint = Blueprint("figures", __name__)
for _path, _view in (
    ("/figures", cockpit.cockpit),
    ("/figures/units", comparison.units),
    ("/figures/units.xlsx", comparison.export_units),
    ("/figures/trends", trends.trends),
    ("/figures/trends.xlsx", trends.export_trends),
    ("/figures/daily", daily.daily),
    ("/figures/daily.xlsx", daily.export_daily),
    ("/figures/tickets", lists.tickets),
    ("/figures/tickets.xlsx", lists.export_tickets),
    ("/wall", wall.wall),
):
    blueprint.add_url_rule(_path, _view.__name__, _view)
