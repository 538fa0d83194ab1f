"""Log-in, me, bodies and operators."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_jwt_extended import create_access_token, create_refresh_token, decode_token

from service.access import logins, operations, queries
from service.access.models import Login
from service.access.schemas import (
    CredentialsSchema,
    FlagWithdrawalSchema,
    MeSchema,
    NewOrganisationFlagSchema,
    NewUserSchema,
    OrganisationFlagSchema,
    OrganisationFlagsSchema,
    OrganisationPage,
    OrganisationSchema,
    RefreshSchema,
    TokensSchema,
    UserPage,
    UserSchema,
)
from service.actor import require
from service.audit.log.operations import record
from service.config import settings
from service.errors import Unauthenticated
from service.types import now
from service.web.answers import answer, answer_page, location_of, nothing
from service.web.blueprints import Blueprint
from service.web.paging import paged
from service.web.requests import once, transaction
from service.web.schemas import PageQuery

tokens = Blueprint("tokens", __name__, description="Accesso e uscita", is_public=True)
FLAG = "/organisations/<uuid:organisation_id>/flags/<uuid:flag_id>"
access = Blueprint("access", __name__, description="Enti e operatori")


@tokens.operation("POST", "/tokens", "createTokens", body=CredentialsSchema, answer=TokensSchema, status=201)
def create_tokens(body: dict[str, str]) -> Response:
    """Log in with user name and password."""
    with transaction(anonymous=True) as (session, actor):
        login = logins.log_in(session, actor, body["username"], body["password"])
    if login is None:
        raise Unauthenticated("credentials_are_wrong")
    return _tokens_of(login, status=201)


@tokens.operation("POST", "/tokens/refresh", "refreshTokens", body=RefreshSchema, answer=TokensSchema, status=201)
def refresh_tokens(body: dict[str, str]) -> Response:
    """Change the refresh token for the next pair; a token used twice ends the log-in."""
    claims = decode_token(body["refresh_token"])
    if claims["type"] != "refresh":
        raise Unauthenticated("token_is_invalid")
    with transaction(anonymous=True) as (session, actor):
        login = logins.rotate(session, actor, UUID(claims["sid"]), UUID(claims["jti"]))
    if login is None:
        raise Unauthenticated("login_has_ended")
    return _tokens_of(login, status=201)


def _tokens_of(login: Login, status: int) -> Response:
    minutes, claims = settings().access_token_minutes, {"sid": str(login.id)}
    pair = {
        "access_token": create_access_token(str(login.user_id), additional_claims=claims),
        "refresh_token": create_refresh_token(
            str(login.user_id),
            additional_claims={**claims, "jti": str(login.refresh_id)},
            expires_delta=login.expires_at - now(),
        ),
        "token_type": "Bearer",
        "expires_in": minutes * 60,
    }
    return answer(TokensSchema, pair, status=status)


@access.operation("DELETE", "/tokens/current", "endTokens", answer=None, status=204)
def end_tokens() -> Response:
    """Log out: access and refresh tokens of this log-in are worth nothing at once."""
    with transaction() as (session, actor):
        logins.log_out(session, actor)
        return nothing()


@access.operation("GET", "/me", "showMe", answer=MeSchema)
def show_me() -> Response:
    """Who I am, my roles, what they allow."""
    with transaction() as (session, actor):
        require(actor, "me:read")
        assert actor.user_id is not None  # noqa: S101 - behind a token
        me = queries.user(session, actor.user_id)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=actor.user_id)
        return answer(MeSchema, {**me, "permissions": sorted(actor.permissions)})


@access.operation("GET", "/organisations", "listOrganisations", query=PageQuery, answer=OrganisationPage)
def list_organisations(query: dict[str, Any]) -> Response:
    """Bodies, newest first."""
    with transaction() as (session, actor):
        require(actor, "organisations:read")
        rows = queries.organisations(session, **query)
        return answer_page(OrganisationSchema, paged(rows, limit=query["limit"], scope="organisations"))


@access.operation("GET", "/organisations/<uuid:organisation_id>", "showOrganisation", answer=OrganisationSchema)
def show_organisation(organisation_id: UUID) -> Response:
    """One body."""
    with transaction() as (session, actor):
        require(actor, "organisations:read")
        return answer(OrganisationSchema, queries.organisation(session, organisation_id))


@access.operation(
    "POST", "/organisations", "registerOrganisation", body=OrganisationSchema, answer=OrganisationSchema, status=201,
    creates=True,
)  # fmt: skip
def register_organisation(body: dict[str, Any]) -> Response:
    """Register a body."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.register_organisation(session, actor, **body))
        location = location_of("access.show_organisation", organisation_id=made)
        return answer(OrganisationSchema, queries.organisation(session, made), status=201, location=location)


@access.operation(
    "GET", "/organisations/<uuid:organisation_id>/flags", "listOrganisationFlags", answer=OrganisationFlagsSchema
)
def list_organisation_flags(organisation_id: UUID) -> Response:
    """What a body is as a host, past periods included."""
    with transaction() as (session, actor):
        require(actor, "organisations:read")
        return answer_page(OrganisationFlagSchema, {"items": queries.organisation_flags(session, organisation_id)})


@access.operation("GET", FLAG, "showOrganisationFlag", answer=OrganisationFlagSchema)
def show_organisation_flag(organisation_id: UUID, flag_id: UUID) -> Response:
    """One of them, also a superseded one."""
    with transaction() as (session, actor):
        require(actor, "organisations:read")
        return answer(OrganisationFlagSchema, queries.organisation_flag(session, organisation_id, flag_id))


@access.operation(
    "POST", "/organisations/<uuid:organisation_id>/flags", "flagOrganisation", body=NewOrganisationFlagSchema,
    answer=OrganisationFlagSchema, status=201, creates=True,
)  # fmt: skip
def flag_organisation(organisation_id: UUID, body: dict[str, Any]) -> Response:
    """Say what a body is as a host."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.flag_organisation(session, actor, organisation_id, **body))
        location = location_of("access.show_organisation_flag", organisation_id=organisation_id, flag_id=made)
        found = queries.organisation_flag(session, organisation_id, made)
        return answer(OrganisationFlagSchema, found, status=201, location=location)


@access.operation(
    "POST", f"{FLAG}/withdrawal", "withdrawOrganisationFlag", body=FlagWithdrawalSchema, answer=OrganisationFlagSchema
)
def withdraw_organisation_flag(organisation_id: UUID, flag_id: UUID, body: dict[str, Any]) -> Response:
    """Withdraw what was said of a body; it stays, with the reason."""
    with transaction() as (session, actor):
        operations.withdraw_organisation_flag(session, actor, organisation_id, flag_id, **body)
        return answer(OrganisationFlagSchema, queries.organisation_flag(session, organisation_id, flag_id))


@access.operation("GET", "/users", "listUsers", query=PageQuery, answer=UserPage)
def list_users(query: dict[str, Any]) -> Response:
    """Operators, newest first."""
    with transaction() as (session, actor):
        require(actor, "users:read")
        rows = queries.users(session, **query)
        record(session, actor, actor.origin.action, outcome="shown")
        return answer_page(UserSchema, paged(rows, limit=query["limit"], scope="users", id_of=lambda row: row["id"]))


@access.operation("GET", "/users/<uuid:user_id>", "showUser", answer=UserSchema)
def show_user(user_id: UUID) -> Response:
    """One operator."""
    with transaction() as (session, actor):
        require(actor, "users:read")
        found = queries.user(session, user_id)
        record(session, actor, actor.origin.action, outcome="shown", resource_id=user_id)
        return answer(UserSchema, found)


@access.operation("POST", "/users", "designateUser", body=NewUserSchema, answer=UserSchema, status=201, creates=True)
def designate_user(body: dict[str, Any]) -> Response:
    """Designate an operator with roles."""
    with transaction() as (session, actor):
        made = once(session, actor, lambda: operations.designate_user(session, actor, **body))
        location = location_of("access.show_user", user_id=made)
        return answer(UserSchema, queries.user(session, made), status=201, location=location)
