"""What a token is for is all it opens, on every route of the API, and nobody gives out more than there is."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.models.audit import AuditRecord
from hotline.models.directory import DirectoryChange
from hotline.models.people import ApiToken, Scope, User, UserKind
from hotline.services import accounts, api_tokens
from hotline.services.accounts import NewUser
from hotline.services.api_tokens import Grant
from hotline.services.directory_changes import Signed
from hotline.services.separation import BY_OPERATOR
from hotline.services.token_grants import grant_token, scopes_for
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from tests.hotline.clerks import hidden_of
from tests.hotline.supervisor.small_city import SmallCity
from workflows.definition import SYSTEM, Actor, ActorKind
from workflows.errors import Code, FieldCode, Refused
from workflows.vocabulary import Role

NOW = datetime.now(UTC)
ALL_ROLES = frozenset(Role) - {Role.CITIZEN, Role.SYSTEM} - BY_OPERATOR
OPERATOR = Signed(SYSTEM, NOW, "试验")
MONTH = NOW + timedelta(days=30)
# By its scope alone; what only reads is every other GET, what acts every other POST.
INTAKE, CALLS = {"api.register_ticket"}, {"api.announce_call"}
REFERENCE = {"api.list_units", "api.list_categories", "api.list_policies", "api.get_calendar"}


def make_account(session, username, *roles, kind=UserKind.SYSTEM):
    new = NewUser(username, username, roles=frozenset(roles), kind=kind)
    return accounts.create_user(session, new, NOW)


def api_routes(app):
    """Every route under a token: endpoint, method, an address that names nothing there is."""
    for rule in app.url_map.iter_rules():
        if ACCESS[rule.endpoint] is Who.PUBLIC or not rule.rule.startswith("/api/"):
            continue
        path = re.sub(r"<int:\w+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "none", path)
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule.endpoint, method, path


def wanted(endpoint: str, method: str) -> set[Scope]:
    if endpoint in INTAKE:
        return {Scope.INTAKE}
    if endpoint in CALLS:
        return {Scope.CALLS}
    if endpoint in REFERENCE:
        return {Scope.READ, Scope.WRITE, Scope.INTAKE}
    return {Scope.READ} if method == "GET" else {Scope.WRITE}


def test_each_route_opens_to_the_scopes_it_names_and_to_no_other(app, client, session_factory, monkeypatch):
    monkeypatch.setitem(app.config, "API_RATE_LIMIT", "100000 per minute")
    with session_factory.begin() as session:
        user = make_account(session, "machine", *ALL_ROLES)
        tokens = {
            scope: api_tokens.issue_token(session, user.id, Grant("一项", frozenset({scope})), NOW)
            for scope in Scope
        }
    routes = list(api_routes(app))
    assert len(routes) >= 24
    wrong, opened, refused = [], 0, 0
    for endpoint, method, path in routes:
        for scope, token in tokens.items():
            headers = {"Authorization": f"Bearer {token}"}
            answer = client.open(path, method=method, headers=headers, json={} if method != "GET" else None)
            is_refused = answer.status_code == 403 and answer.json["code"] == "out_of_scope"
            opened, refused = opened + (not is_refused), refused + is_refused
            if is_refused is (scope in wanted(endpoint, method)):
                wrong.append((method, path, scope.value, answer.status_code))
    assert wrong == []
    assert opened + refused == 4 * len(routes)
    assert refused >= 3 * (len(routes) - len(REFERENCE))


def test_a_token_from_before_there_were_scopes_does_all_it_did(client, session_factory):
    with session_factory.begin() as session:
        user = make_account(session, "machine", Role.IMPORTER)
        token = api_tokens.issue_token(session, user.id, Grant("旧的"), NOW)
        session.execute(update(ApiToken).values(scopes="read write intake calls"))
    answer = client.get("/api/v1/tickets", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def refusals_of(session, user_id, grant, signed=OPERATOR):
    with pytest.raises(Refused) as caught:
        grant_token(session, user_id, grant, signed)
    return {(error.field, error.code) for error in caught.value.errors} or caught.value.code


def test_no_token_is_for_more_than_its_account_may_nor_without_an_end(session):
    importer = make_account(session, "importer", Role.IMPORTER)
    telephone = make_account(session, "telephone", Role.TELEPHONE)
    reading = frozenset({Scope.READ})
    assert refusals_of(session, importer.id, Grant("x", frozenset({Scope.CALLS}), MONTH)) == {
        ("scopes", FieldCode.BEYOND_ACCOUNT)
    }
    assert refusals_of(session, telephone.id, Grant("x", frozenset({Scope.INTAKE}), MONTH)) == {
        ("scopes", FieldCode.BEYOND_ACCOUNT)
    }
    assert refusals_of(session, importer.id, Grant("", frozenset(), MONTH)) == {
        ("scopes", FieldCode.NOTHING_CHOSEN),
        ("name", FieldCode.REQUIRED),
    }
    for end in (None, NOW, NOW + timedelta(days=365, seconds=1)):
        assert refusals_of(session, importer.id, Grant("x", reading, end)) == {
            ("days", FieldCode.NOT_IN_RANGE)
        }
    importer.is_active = False
    assert refusals_of(session, importer.id, Grant("x", reading, MONTH)) == Code.NOT_FOUND


def test_nobody_gets_a_token_for_whoever_watches_over_them_or_for_another_person(session):
    watchers = (Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDIT_ADMINISTRATOR)
    for role in watchers:
        assert scopes_for(frozenset({role, Role.AGENT})) == frozenset()
        account = make_account(session, f"of-{role.value}", role)
        found = refusals_of(session, account.id, Grant("x", frozenset({Scope.READ}), MONTH))
        assert found == {("user", FieldCode.NO_TOKEN_FOR_ROLE)}
    person = make_account(session, "lin", Role.DISPATCHER, kind=UserKind.PERSON)
    machine = make_account(session, "machine", Role.DISPATCHER)
    granted = Grant("x", frozenset({Scope.WRITE}), MONTH)
    for role in ALL_ROLES - {Role.ADMINISTRATOR}:
        signed = Signed(Actor(ActorKind.USER, "某人", frozenset({role})), NOW, "试验")
        assert refusals_of(session, machine.id, granted, signed) == Code.NOT_YOUR_ROLE
    administrator = Signed(Actor(ActorKind.USER, "管理员", frozenset({Role.ADMINISTRATOR})), NOW, "试验")
    assert refusals_of(session, person.id, granted, administrator) == {("user", FieldCode.NOT_A_SYSTEM)}
    assert grant_token(session, machine.id, granted, administrator).startswith("hl_")


def test_an_administrator_gives_a_token_out_sees_it_once_and_stops_it(app, client, session_factory):
    administrator = SmallCity(session_factory).sign_in(app, "administrator")
    form = hidden_of(administrator.get("/admin/users/new").text, "/admin/users/new")
    written = {"username": "gateway", "display_name": "市政务平台", "roles": ["importer"], "is_system": "y"}
    made = administrator.post("/admin/users/new", data={**form, **written, "reason": "接入"})
    assert "set-password" not in administrator.get(made.headers["Location"]).text
    with session_factory() as session:
        gateway = session.scalars(select(User).where(User.username == "gateway")).one()
    form = hidden_of(administrator.get("/admin/tokens").text, "/admin/tokens")
    wish = {"user": gateway.id, "name": "政务平台对接", "scopes": ["intake", "read"], "days": "30"}
    refused = administrator.post(
        "/admin/tokens", data={**form, **wish, "scopes": ["calls"], "reason": "接入"}
    )
    assert refused.status_code == 422
    assert "这个账号本身不能来电" in refused.text
    assert administrator.post("/admin/tokens", data={**form, **wish, "reason": "接入"}).status_code == 303
    shown = administrator.get("/admin/tokens").text
    token = re.search(r"hl_[\w-]{20,}", shown)[0]
    again = administrator.get("/admin/tokens").text
    assert token not in again
    assert "从未使用" in again
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/units", headers=headers).status_code == 200
    assert "从未使用" not in administrator.get("/admin/tokens").text
    action = re.search(r"/admin/tokens/\d+/revoke", again)[0]
    stop = hidden_of(administrator.get("/admin/tokens").text, action)
    assert administrator.post(action, data=stop).status_code == 303
    assert client.get("/api/v1/units", headers=headers).status_code == 401
    assert "已吊销" in administrator.get("/admin/tokens").text
    with session_factory() as session:
        acts = session.scalars(
            select(DirectoryChange.act).where(DirectoryChange.subject_id == gateway.id)
        ).all()
        audited = session.scalars(select(AuditRecord.endpoint).where(AuditRecord.kind == "set_up")).all()
        kept = [str(row.changed) for row in session.scalars(select(DirectoryChange))]
    assert acts == ["created", "token_issued", "token_revoked"]
    assert {"tokens.issue", "tokens.revoke"} <= set(audited)
    assert token not in "".join(kept)
