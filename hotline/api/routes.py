"""Which calls does the API have: the one table from which both the routes and their document are made."""

from apiflask import APIBlueprint, APIFlask
from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from hotline.api import (
    actions,
    attachments,
    calls,
    orders,
    parts,
    reading,
    receipts,
    reference,
    rehearsals,
    tickets,
    webhooks,
)
from hotline.api import inputs as given
from hotline.api.documents import calls as call
from hotline.api.documents import orders as order
from hotline.api.documents import parts as part
from hotline.api.documents import reference as data
from hotline.api.documents import tickets as out
from hotline.api.documents.base import Listing
from hotline.api.openapi import build_document
from hotline.api.problems import answer_refusal
from hotline.api.route import Route
from hotline.web.auth import signed_in
from hotline.web.security import limiter, sender_address
from workflows.errors import Refused

PREFIX = "/api/v1"
# Per caller and process: a shield against a client that runs wild, far above honest use.
RATE_LIMIT = "30000 per minute"

_NEW_TICKET = {
    "type": "complaint",
    "content": "和平里小区 12 幢电梯停运 8 天，老人上下楼困难。",
    "channel": "phone",
    "category": "ZJ0302",
    "place": {"district": "梧桐区", "street": "和平街道", "address": "和平里小区 12 幢"},
    "caller": {"name": "陈先生", "phone": "13800138000", "confidential": False},
}
_RETURN = {
    "version": 5,
    "kind": "return",
    "assignment": "12",
    "data": {"reason": "not_our_duty", "basis": "电梯维保属物业服务企业职责", "suggested_unit": "区住建局"},
}
_CALL = {
    "call": "20261123-104512-17",
    "caller": "13800138000",
    "agent": "1027",
    "state": "ringing",
    "at": "2026-11-23T10:45:12+08:00",
}

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/tickets",
        tickets.register_ticket,
        "tickets",
        out.CreatedTicket,
        201,
        body=given.NewTicket,
        example=_NEW_TICKET,
    ),
    Route(
        "GET",
        "/tickets",
        tickets.list_tickets,
        "tickets",
        Listing[out.TicketLine],
        query=given.TicketQuery,
    ),
    Route("GET", "/tickets/<number>", tickets.get_ticket, "tickets", out.TicketOut),
    Route(
        "POST",
        "/tickets/<number>/caller",
        tickets.reveal_caller,
        "tickets",
        out.CallerOut,
        body=given.CallerLook,
        example={"purpose": "contact"},
        keeps_nothing=True,
    ),
    Route("GET", "/tickets/<number>/actions", actions.list_actions, "actions", part.Offers),
    Route(
        "POST",
        "/tickets/<number>/actions/<action>",
        actions.take_action,
        "actions",
        out.TicketOut,
        body=given.ActionBody,
        example={"version": 3, "data": {"main_unit": "WT-ZJJ", "advice": "请三日内联系诉求人"}},
        takes_version=True,
    ),
    Route(
        "POST",
        "/tickets/<number>/actions/<action>/preview",
        rehearsals.preview_action,
        "actions",
        part.RehearsalOut,
        body=given.ActionBody,
        example={"version": 3, "data": {"main_unit": "WT-ZJJ", "advice": "请三日内联系诉求人"}},
        takes_version=True,
        keeps_nothing=True,
    ),
    Route(
        "GET",
        "/tickets/<number>/events",
        parts.list_events,
        "parts",
        Listing[part.EventOut],
        query=given.PageQuery,
    ),
    Route(
        "GET",
        "/tickets/<number>/clocks",
        parts.list_clocks,
        "parts",
        Listing[part.ClockOut],
        query=given.PageQuery,
    ),
    Route(
        "GET",
        "/tickets/<number>/assignments",
        parts.list_assignments,
        "parts",
        Listing[part.AssignmentOut],
        query=given.PageQuery,
    ),
    Route(
        "GET",
        "/tickets/<number>/messages",
        parts.list_messages,
        "parts",
        Listing[part.MessageOut],
        query=given.PageQuery,
    ),
    Route(
        "GET",
        "/tickets/<number>/attachments",
        parts.list_attachments,
        "parts",
        Listing[part.AttachmentOut],
        query=given.PageQuery,
    ),
    Route(
        "POST",
        "/tickets/<number>/attachments",
        attachments.add_attachment,
        "parts",
        part.AttachmentAfter,
        201,
        is_upload=True,
    ),
    Route(
        "GET",
        "/tickets/<number>/requests",
        parts.list_requests,
        "requests",
        Listing[part.RequestOut],
        query=given.PageQuery,
    ),
    Route(
        "POST",
        "/tickets/<number>/requests",
        actions.make_request,
        "requests",
        part.RequestAfter,
        201,
        body=given.NewRequest,
        example=_RETURN,
        takes_version=True,
    ),
    Route(
        "POST",
        "/assignments/<assignment_id>/actions/<action>",
        actions.take_assignment_action,
        "actions",
        part.AssignmentAfter,
        body=given.ActionBody,
        example={"version": 4, "data": {}},
        takes_version=True,
    ),
    Route(
        "POST",
        "/requests/<request_id>/actions/<action>",
        actions.decide_request,
        "requests",
        part.RequestAfter,
        body=given.ActionBody,
        example={"version": 6, "data": {"reason": "属该单位职责"}},
        takes_version=True,
    ),
    Route(
        "GET",
        "/tickets/<number>/orders",
        orders.list_orders,
        "orders",
        Listing[order.OrderOut],
        query=given.PageQuery,
    ),
    Route(
        "POST",
        "/tickets/<number>/orders",
        orders.issue_order,
        "orders",
        order.OrderAfter,
        201,
        body=given.ActionBody,
        example={"version": 6, "data": {"level": "3", "units": ["YJ-WT-CG"], "opinion": "请书面说明原因。"}},
        takes_version=True,
    ),
    Route(
        "POST",
        "/orders/<order_id>/actions/<action>",
        orders.take_order_action,
        "orders",
        order.OrderAfter,
        body=given.ActionBody,
        example={"version": 8, "data": {"answer": "已现场督办，今日办结。"}},
        takes_version=True,
    ),
    Route(
        "POST",
        "/calls",
        calls.announce_call,
        "calls",
        call.CallOut,
        body=given.AnnouncedCall,
        example=_CALL,
    ),
    Route("GET", "/units", reference.list_units, "reference", Listing[data.UnitOut], query=given.PageQuery),
    Route(
        "GET",
        "/categories",
        reference.list_categories,
        "reference",
        Listing[data.CategoryOut],
        query=given.PageQuery,
    ),
    Route("GET", "/policies", reference.list_policies, "reference", data.Policies, query=given.PageQuery),
    Route(
        "GET", "/calendar", reference.get_calendar, "reference", data.CalendarOut, query=given.CalendarQuery
    ),
    Route(
        "POST", "/webhooks/twilio/status", receipts.receive_twilio_status, "webhooks", None, 204, is_open=True
    ),
    Route(
        "POST", "/webhooks/tencent/status", receipts.receive_tencent_status, "webhooks", None, is_open=True
    ),
    Route(
        "POST", "/webhooks/relay/status", receipts.receive_relay_status, "webhooks", None, 204, is_open=True
    ),
    Route("POST", "/webhooks/twilio/inbound", webhooks.receive_message, "webhooks", None, is_open=True),
    Route("GET", "/docs", reading.show_docs, "reading", None, is_open=True),
)


def _make_blueprint() -> Blueprint:
    made = APIBlueprint("api", __name__, url_prefix=PREFIX, enable_openapi=False)
    for route in ROUTES:
        made.add_url_rule(route.path, route.name, route.view, methods=[route.method])
    made.register_error_handler(Refused, answer_refusal)
    made.record(_describe)
    limiter.limit(lambda: current_app.config.get("API_RATE_LIMIT", RATE_LIMIT), key_func=_caller)(made)
    return made


def _describe(state: BlueprintSetupState) -> None:
    if isinstance(state.app, APIFlask):
        state.app.config["API_ROUTES"] = ROUTES
        state.app.spec_processor(lambda _generated: build_document(ROUTES, PREFIX))


def _caller() -> str:
    user = signed_in()
    return sender_address() if user is None else f"user:{user.user_id}"


blueprint = _make_blueprint()
