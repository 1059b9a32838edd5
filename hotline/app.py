"""What is the application made of: one list, top to bottom."""

from pathlib import Path

from apiflask import APIFlask
from flask import Blueprint
from flask_migrate import Migrate
from jinja2 import StrictUndefined
from sqlalchemy import make_url
from werkzeug.routing import IntegerConverter

from config import Settings, SettingsError
from database import db, engine_options
from hotline.admin import calendars, categories, duty_hours, retention, saved_forms, statements, tokens
from hotline.admin import delivery_routes as delivery
from hotline.admin import people_routes as people
from hotline.admin import policy_routes as policies
from hotline.admin import template_routes as message_templates
from hotline.admin import unit_routes as units
from hotline.admin import views as admin
from hotline.admin import words as watch_words
from hotline.api import routes as api
from hotline.audit import reveals
from hotline.audit import views as audit
from hotline.callback import views as callback
from hotline.catalogue import views as catalogue
from hotline.citizen import submitting
from hotline.citizen import views as citizen
from hotline.cli import register_commands
from hotline.department import views as department
from hotline.desk import routes as desk
from hotline.dispatch import views as dispatch
from hotline.figures import views as figures
from hotline.intake import views as intake
from hotline.knowledge import routes as knowledge
from hotline.mailbox import views as mailbox
from hotline.requests import views as requests
from hotline.review import views as review
from hotline.rosters import views as rosters
from hotline.search import routes as search
from hotline.services.password_rules import configure_passwords
from hotline.services.site import configure_site
from hotline.substitutions import views as substitutions
from hotline.supervisor import views as supervisor
from hotline.tickets import views as tickets
from hotline.web import (
    health,
    language,
    own_password,
    own_sessions,
    passwords,
    preferences,
    second_factor,
    sign_in,
    single_sign_on,
    styleguide,
)
from hotline.web.access import register_access, register_reach
from hotline.web.assets import register_assets
from hotline.web.audit import register_audit
from hotline.web.auth import register_auth
from hotline.web.errors import register_errors
from hotline.web.filters import register_filters
from hotline.web.health import register_counting
from hotline.web.language import register_language
from hotline.web.menu_counts import register_menu_counts
from hotline.web.pages import register_pages
from hotline.web.request_log import register_request_log
from hotline.web.security import configure_security, csrf, limiter, register_security
from hotline.web.single_sign_on import register_single_sign_on
from hotline.web.transaction import register_transactions
from hotline.web.ui import register_ui
from notifications.providers.registry import find_template_fault, rings_nowhere
from sealing import configure_sealing

_ROOT = Path(__file__).resolve().parents[1]

BLUEPRINTS: tuple[Blueprint, ...] = (
    api.blueprint,
    citizen.blueprint,
    submitting.blueprint,
    sign_in.blueprint,
    single_sign_on.blueprint,
    second_factor.blueprint,
    passwords.blueprint,
    own_password.blueprint,
    own_sessions.blueprint,
    language.blueprint,
    preferences.blueprint,
    health.blueprint,
    mailbox.blueprint,
    styleguide.blueprint,
    admin.blueprint,
    units.blueprint,
    people.blueprint,
    duty_hours.blueprint,
    calendars.blueprint,
    policies.blueprint,
    message_templates.blueprint,
    delivery.blueprint,
    audit.blueprint,
    reveals.blueprint,
    categories.blueprint,
    retention.blueprint,
    saved_forms.blueprint,
    statements.blueprint,
    tokens.blueprint,
    watch_words.blueprint,
    callback.blueprint,
    catalogue.blueprint,
    department.blueprint,
    desk.blueprint,
    dispatch.blueprint,
    figures.blueprint,
    intake.blueprint,
    knowledge.blueprint,
    requests.blueprint,
    review.blueprint,
    rosters.blueprint,
    search.blueprint,
    substitutions.blueprint,
    supervisor.blueprint,
    tickets.blueprint,
)


def create_app(settings: Settings) -> APIFlask:
    """Build the application. Hooks run in the order of the registrations below, answers in the reverse.

    Raises SettingsError for a file named in the settings that cannot be used.
    """
    app = _bare_app(settings)
    db.init_app(app)
    Migrate(
        app, db, directory=str(_ROOT / "migrations"), render_as_batch=settings.is_sqlite, compare_type=True
    )
    register_request_log(app)
    register_counting(app)
    register_assets(app)
    register_security(app, settings)
    register_transactions(app)
    register_auth(app)
    register_single_sign_on(app, settings)
    register_access(app)
    register_audit(app)
    csrf.init_app(app)
    limiter.init_app(app)
    register_reach(app)
    register_language(app, settings)
    register_filters(app)
    register_ui(app)
    register_menu_counts(app)
    register_pages(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
        if (blueprint.url_prefix or "").startswith("/api/"):
            csrf.exempt(blueprint)  # only bearer tokens and signatures count there, never cookies
    register_errors(app)
    register_commands(app)
    return app


def _check_templates(settings: Settings) -> None:
    """Raise SettingsError for a file of templates that no message could go out with."""
    fault = find_template_fault(settings.tencent_templates) if settings.tencent_templates else None
    if fault is not None:
        raise SettingsError([f"TENCENT_TEMPLATES: {fault}"])


class RowIds(IntegerConverter):
    """The numbers of rows in addresses: what no database counts to is no address."""

    regex = r"\d{1,18}"


def _bare_app(settings: Settings) -> APIFlask:
    _check_templates(settings)
    _make_room(settings)
    _configure(settings)
    app = APIFlask(
        "hotline",
        title="Hotline",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        root_path=str(_ROOT),
        template_folder="templates",
        static_folder="static",
        instance_path=str(_ROOT / "instance"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        IS_DEMO=settings.is_demo,
        NEEDS_SECOND_FACTOR=not settings.is_demo,
        PASSWORDS_END=not settings.is_demo,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    configure_security(app, settings)
    _choose_parts(app)
    return app


def _choose_parts(app: APIFlask) -> None:
    """Set how addresses, JSON and templates are read and written."""
    app.url_map.converters["int"] = RowIds
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined, "autoescape": True}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _configure(settings: Settings) -> None:
    """Tell what is below the web what it needs to know of the installation."""
    configure_sealing(settings.sealing_keys)
    configure_passwords(settings.password_profile, settings.password_words, settings.breached_passwords)
    configure_site(
        settings.base_url,
        settings.city_zone,
        rings_nowhere=rings_nowhere(settings),
        city_name=settings.city_name,
    )


def _make_room(settings: Settings) -> None:
    """SQLite makes its file but not the folder it lies in."""
    database = make_url(settings.database_url).database
    if settings.is_sqlite and database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
