"""What access takes and answers."""

from typing import Any

from marshmallow import validate

from service.actor import ROLES
from service.config import EMAIL
from service.web import fields
from service.web.schemas import Choice, Instant, Length, Schema, Text, page_of

ORGANISATION_KINDS = ("comune", "azienda", "asst", "ats", "service", "third_sector", "school", "company", "other")
FLAGS = ("social_agriculture", "green", "third_sector", "profit")
NATURES = ("public", "health", "school", "third_sector", "profit", "other")


class Email(fields.String):
    """An e-mail address of at most 254 characters (RFC 5321)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=[Length(3, 254), validate.Regexp(EMAIL, error="email_is_invalid")], **options)


class CredentialsSchema(Schema):
    """A user name and a password."""

    username = fields.String(required=True, validate=Length(1, 100))
    password = fields.String(required=True, validate=Length(1, 200), load_only=True)


class TokensSchema(Schema):
    """A short access token and the refresh token that makes the next pair, once."""

    access_token = fields.String(required=True, validate=Length(1, 2000))
    refresh_token = fields.String(required=True, validate=Length(1, 2000))
    token_type = Choice(["Bearer"], required=True)
    expires_in = fields.Integer(required=True, metadata={"format": "int32", "minimum": 0, "maximum": 3600})


class RefreshSchema(Schema):
    """The refresh token of the last pair."""

    refresh_token = fields.String(required=True, validate=Length(1, 2000))


class RoleSchema(Schema):
    """A role in a body."""

    role = Choice(sorted(ROLES), required=True)
    organisation_id = fields.UUID(required=True)


class UserSchema(Schema):
    """An operator."""

    id = fields.UUID(required=True)
    username = fields.String(required=True, validate=Length(1, 100))
    display_name = Text(required=True)
    email = Email(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    roles = fields.List(fields.Nested(RoleSchema), required=True, validate=Length(0, 100))


class NewUserSchema(Schema):
    """An operator to designate. Passwords of 12 characters at least, without rules of composition (NIST SP 800-63B)."""

    username = fields.String(
        required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9._-]{1,63}\Z", error="username_is_invalid")
    )
    display_name = Text(required=True)
    email = Email(load_default=None, allow_none=True)
    password = fields.String(required=True, validate=Length(12, 200), load_only=True)
    roles = fields.List(fields.Nested(RoleSchema), required=True, validate=Length(1, 20))


class MeSchema(UserSchema):
    """Who I am and what my roles allow."""

    permissions = fields.List(fields.String(validate=Length(1, 100)), required=True, validate=Length(0, 200))


class OrganisationSchema(Schema):
    """A body."""

    id = fields.UUID(required=True, dump_only=True)
    name = Text(required=True)
    kind = Choice(ORGANISATION_KINDS, required=True)
    nature = Choice(NATURES, required=True)
    istat_code = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{6}\Z", error="istat_code_is_invalid")
    )


class NewOrganisationFlagSchema(Schema):
    """What a body is as a host, from a day on; `to_on` is the first day without it."""

    flag = Choice(FLAGS, required=True)
    identified_on = fields.Date(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(load_default=None, allow_none=True)


class OrganisationFlagSchema(Schema):
    """What a body is as a host; `superseded_at` is set when it was recorded by mistake."""

    id = fields.UUID(required=True)
    flag = Choice(FLAGS, required=True)
    identified_on = fields.Date(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    superseded_at = Instant(required=True, allow_none=True)


class OrganisationFlagsSchema(Schema):
    """All that a body is as a host."""

    items = fields.List(fields.Nested(OrganisationFlagSchema), required=True, validate=Length(0, 1000))


class FlagWithdrawalSchema(Schema):
    """Why what was said of a body does not hold."""

    reason = Text(longest=500, required=True)


UserPage = page_of(UserSchema)
OrganisationPage = page_of(OrganisationSchema)
