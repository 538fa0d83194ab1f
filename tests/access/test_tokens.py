"""Tokens that are not ours, not for this, or not for now."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from service.config import keys
from tests.world import Client, World, ok, refused


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unchecked."""
    return jwt.decode(token, options={"verify_signature": False})


def part(content: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def signed(head: str, body: str, key: bytes, digest: str = "sha256") -> str:
    """A token signed by hand, with keys that libraries refuse."""
    signature = hmac.new(key, f"{head}.{body}".encode(), digest).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def forgeries(token: str) -> dict[str, str]:
    """A good token made bad in one way each."""
    claims, (head, body, signature) = claims_of(token), token.split(".")
    past = datetime.now(UTC) - timedelta(seconds=1)
    return {
        "of nobody": part({"alg": "none", "typ": "JWT"}) + f".{body}.",
        "of nobody, in capitals": part({"alg": "NONE"}) + f".{body}.",
        "of nobody, with our signature": part({"alg": "none"}) + f".{body}.{signature}",
        "unsigned": f"{head}.{body}.",
        "with another key": jwt.encode(claims, b"k" * 32, "HS256"),
        "with the empty key": signed(head, body, b""),
        "with another algorithm": signed(part({"alg": "HS512", "typ": "JWT"}), body, keys().token, "sha512"),
        "with another body": head + "." + part(claims | {"sub": claims["sid"]}) + f".{signature}",
        "expired": jwt.encode(claims | {"exp": past}, keys().token, "HS256"),
        "not yet valid": jwt.encode(claims | {"nbf": datetime.now(UTC) + timedelta(hours=1)}, keys().token, "HS256"),
        "of another issuer": jwt.encode(claims | {"iss": "altri"}, keys().token, "HS256"),
        "of no issuer": jwt.encode({k: v for k, v in claims.items() if k != "iss"}, keys().token, "HS256"),
        "in two parts": f"{head}.{body}",
        "cut": token[:-5],
        "nothing": "",
        "not a token": "ciao",
    }


@pytest.mark.parametrize("how", sorted(forgeries(jwt.encode({"sub": "x", "sid": "y"}, b"k" * 32))))
def test_a_token_that_is_not_good_opens_nothing(world: World, how: str) -> None:
    user = world.as_("social_worker")
    answer = Client(world.app, token=forgeries(user.token or "")[how] or " ").get("/me")
    refused(answer, 401, "token_is_invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_good_token_signed_anew_is_good(world: World) -> None:
    """What the forgeries differ in is what they are refused for."""
    token = world.as_("social_worker").token or ""
    claims, (head, body, _) = claims_of(token), token.split(".")
    assert signed(head, body, keys().token) == token
    ok(Client(world.app, token=jwt.encode(claims, keys().token, "HS256")).get("/me"))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "bearer {token} x", "{token}"])
def test_a_request_without_a_bearer_token_opens_nothing(world: World, header: str | None) -> None:
    token = world.as_("social_worker").token
    headers = {} if header is None else {"Authorization": header.replace("{token}", token or "")}
    refused(Client(world.app).get("/me", headers=headers), 401, "token_is_invalid")


def test_a_refresh_token_is_no_access_token(world: World) -> None:
    tokens = world.user("social_worker").tokens
    refused(Client(world.app, token=tokens["refresh_token"]).get("/me"), 401, "token_is_invalid")


def test_an_access_token_refreshes_nothing(world: World) -> None:
    user = world.user("social_worker")
    refused(Client(world.app).post("/tokens/refresh", {"refresh_token": user.token}), 401, "token_is_invalid")
    ok(user.get("/me"))


@pytest.mark.parametrize("how", ["of nobody", "with another key", "expired", "of another issuer", "not a token"])
def test_a_refresh_token_that_is_not_good_refreshes_nothing(world: World, how: str) -> None:
    tokens = world.user("social_worker").tokens
    forged = forgeries(tokens["refresh_token"])[how]
    refused(Client(world.app).post("/tokens/refresh", {"refresh_token": forged}), 401, "token_is_invalid")
    assert Client(world.app).post("/tokens/refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 201


def test_the_log_in_of_another_is_not_mine(world: World) -> None:
    """Even whoever could sign tokens must name a log-in of the same user."""
    mine, others = claims_of(world.as_("social_worker").token or ""), claims_of(world.as_("coordinator").token or "")
    mixed = jwt.encode(mine | {"sid": others["sid"]}, keys().token, "HS256")
    refused(Client(world.app, token=mixed).get("/me"), 401, "login_has_ended")


def test_a_token_is_not_taken_from_the_address_the_body_or_a_cookie(world: World) -> None:
    token = world.as_("social_worker").token
    refused(Client(world.app).get(f"/me?jwt={token}"), 401, "token_is_invalid")
    refused(Client(world.app).get("/me", headers={"Cookie": f"access_token_cookie={token}"}), 401, "token_is_invalid")
    refused(Client(world.app).post("/people/search", {"access_token": token}), 401, "token_is_invalid")


def test_a_token_holds_ids_and_nothing_else(world: World) -> None:
    user = world.as_("social_worker")
    assert set(claims_of(user.token or "")) == {
        "sub",
        "sid",
        "jti",
        "iat",
        "nbf",
        "exp",
        "iss",
        "type",
        "fresh",
        "csrf",
    }
    assert claims_of(user.token or "")["sub"] == str(user.user_id)
