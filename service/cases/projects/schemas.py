"""What projects take and answer."""

import re
from copy import copy
from typing import Any

import marshmallow as ma
from marshmallow import validates_schema

from service.cases.programmes.schemas import SIGNERS
from service.cases.records.schemas import VERSION
from service.web import fields
from service.web.schemas import Amount, CaseFactSchema, Choice, Code, Length, Narrative, Number, Schema, Text

STATUSES = ("draft", "approved", "signed", "superseded", "revoked")
UNITS = ("ore", "giorni", "settimane", "mesi", "accessi", "incontri", "pasti", "pezzi", "altro")
FREQUENCIES = (
    "una_tantum", "giornaliera", "settimanale", "quindicinale", "mensile", "trimestrale", "annuale", "al_bisogno",
)  # fmt: skip
COMMITTED = ("person", "household", "household_member", "team_member")
FORMATS = ("facile_da_leggere", "caa", "braille", "lis", "audio", "caratteri_grandi", "altra_lingua")
FAMILY = ("direct_activation", "involved")
SIGNED_BY = ("person", "representative")
SIGNATURE_KINDS = ("autografa_scansionata", "fea", "feq", "cie")
MOST = 2**31 - 1
KEY = {"description": "Come le versioni successive riconoscono questa parte; se manca, ne nasce una nuova."}


class Quantity(Amount):
    """How much, with two decimals: "1.50"."""


class Sha256(fields.String):
    """A SHA-256 in hexadecimal."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"pattern": "^[0-9a-f]{64}$", "minLength": 64, "maxLength": 64}, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else value.hex()

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
            raise ma.ValidationError("hash_is_invalid")
        return bytes.fromhex(value)


class GoalSchema(Schema):
    """A goal: in the person's words, and in professional wording; what each level of attainment, from -2 to +2, would be."""

    key = fields.UUID(metadata=KEY)
    life_domain = Code(required=True)
    in_first_person = Narrative(load_default=None, allow_none=True)
    wording = Narrative(required=True)
    baseline = Narrative(load_default=None, allow_none=True)
    target = Narrative(load_default=None, allow_none=True)
    due_on = fields.Date(load_default=None, allow_none=True)
    responsible_id = fields.UUID(load_default=None, allow_none=True)
    gas_levels = fields.List(Narrative(), load_default=None, allow_none=True, validate=Length(5, 5))
    weight = Number(1, 100, load_default=1)


class SupportSchema(Schema):
    """A support, the body that gives it, how much and when; one of another body than the service involves the network."""

    key = fields.UUID(metadata=KEY)
    kind = Code(required=True)
    area = Code(load_default=None, allow_none=True)
    description = Narrative(load_default=None, allow_none=True)
    organisation_id = fields.UUID(load_default=None, allow_none=True)
    is_existing = fields.Boolean(load_default=False)
    goal_key = fields.UUID(load_default=None, allow_none=True)
    quantity = Quantity(load_default=None, allow_none=True)
    unit = Choice(UNITS, load_default=None, allow_none=True)
    frequency = Choice(FREQUENCIES, load_default=None, allow_none=True)
    from_on = fields.Date(load_default=None, allow_none=True)
    to_on = fields.Date(load_default=None, allow_none=True)


class CommitmentSchema(Schema):
    """What somebody binds themselves to do: a member of the team or of the household is named by id."""

    key = fields.UUID(metadata=KEY)
    who = Choice(COMMITTED, required=True)
    team_member_id = fields.UUID(load_default=None, allow_none=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    area = Code(load_default=None, allow_none=True)
    what = Narrative(required=True)
    is_conditional = fields.Boolean(load_default=False)


class ResponsibleSchema(Schema):
    """Who answers for what; one is the referente per l'attuazione."""

    key = fields.UUID(metadata=KEY)
    team_member_id = fields.UUID(required=True)
    role = Text(required=True)
    task = Narrative(required=True)
    is_referent = fields.Boolean(load_default=False)


class ProjectFieldsSchema(Schema):
    """What a project says beside its parts."""

    preferences = Narrative(allow_none=True)
    preferences_missing_reason = Narrative(allow_none=True)
    review_months = Number(1, 60, allow_none=True)
    check_method = Narrative(allow_none=True)
    next_check_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    family_involvement = Choice(FAMILY, allow_none=True)
    is_family_possible = fields.Boolean(allow_none=True)
    accommodations = fields.List(Narrative(), validate=Length(0, 50))
    accessible_formats = fields.List(Choice(FORMATS), validate=Length(0, len(FORMATS)))


class ProjectChangesSchema(ProjectFieldsSchema):
    """A change of a draft (merge patch): a list given replaces the whole list; parts that keep their key stay the same."""

    goals = fields.List(fields.Nested(GoalSchema), validate=Length(0, 50))
    supports = fields.List(fields.Nested(SupportSchema), validate=Length(0, 100))
    commitments = fields.List(fields.Nested(CommitmentSchema), validate=Length(0, 100))
    responsibles = fields.List(fields.Nested(ResponsibleSchema), validate=Length(0, 50))


class NewProjectSchema(ProjectChangesSchema):
    """A draft: its content, or the number of the version that it starts from as a copy."""

    drafted_on = fields.Date(required=True)
    from_version = Number(1, MOST)

    @validates_schema(skip_on_field_errors=True)
    def content_or_copy(self, data: dict[str, Any], **_: Any) -> None:
        """A copy is changed after it is made."""
        if "from_version" in data and data.keys() - {"from_version", "drafted_on"}:
            raise ma.ValidationError("copy_goes_without_content", "from_version")


class ApprovalSchema(Schema):
    """The day of the approval."""

    approved_on = fields.Date(required=True)


class RevocationSchema(Schema):
    """Why and since when a version that is not signed is of no effect."""

    revoked_on = fields.Date(required=True)
    reason = Narrative(required=True)


class NewSignatureSchema(Schema):
    """A signature put on paper or otherwise, recorded; a member of the household is named by id, and so is the guardian who
    signs for the person. `file_hash`: of the signed document among the case's files; if absent, of the print kept."""

    signer = Choice(SIGNERS, required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    guardian_id = fields.UUID(load_default=None, allow_none=True)
    kind = Choice(SIGNATURE_KINDS, load_default="autografa_scansionata")
    signed_on = fields.Date(required=True)
    file_hash = Sha256(load_default=None, allow_none=True)


class RefusalSchema(Schema):
    """Who will not sign, and why."""

    signer = Choice(SIGNERS, required=True)
    person_id = fields.UUID(load_default=None, allow_none=True)
    refused_on = fields.Date(required=True)
    reason = Narrative(required=True)


class SignatureSchema(Schema):
    """A signature, or a refusal to sign, and the hash of the content that it is about."""

    id = fields.UUID(required=True)
    signer = Choice(SIGNERS, required=True)
    person_id = fields.UUID(required=True, allow_none=True)
    signed_by = Choice(SIGNED_BY, required=True)
    guardian_id = fields.UUID(required=True, allow_none=True)
    capacity = Text(required=True, allow_none=True)
    kind = Choice(SIGNATURE_KINDS, required=True)
    is_refusal = fields.Boolean(required=True)
    refusal_reason = Narrative(required=True, allow_none=True)
    signed_on = fields.Date(required=True)
    content_hash = Sha256(required=True)
    file_hash = Sha256(required=True, allow_none=True)


class ProjectSchema(CaseFactSchema):
    """One version of the project."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True, metadata=VERSION)
    from_version = fields.Integer(required=True, allow_none=True, metadata=VERSION)
    status = Choice(STATUSES, required=True)
    version = fields.Integer(required=True, metadata=VERSION)
    author_id = fields.UUID(required=True)
    drafted_on = fields.Date(required=True)
    approved_on = fields.Date(required=True, allow_none=True)
    approved_by = fields.UUID(required=True, allow_none=True)
    signed_on = fields.Date(required=True, allow_none=True)
    revoked_on = fields.Date(required=True, allow_none=True)
    revoked_by = fields.UUID(required=True, allow_none=True)
    revoke_reason = Narrative(required=True, allow_none=True)
    preferences = Narrative(required=True, allow_none=True)
    preferences_missing_reason = Narrative(required=True, allow_none=True)
    review_months = Number(1, 60, required=True, allow_none=True)
    check_method = Narrative(required=True, allow_none=True)
    next_check_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    family_involvement = Choice(FAMILY, required=True, allow_none=True)
    is_family_possible = fields.Boolean(required=True, allow_none=True)
    accommodations = fields.List(Narrative(), required=True, validate=Length(0, 50))
    accessible_formats = fields.List(Choice(FORMATS), required=True, validate=Length(0, len(FORMATS)))
    goals = fields.List(fields.Nested(GoalSchema), required=True, validate=Length(0, 50))
    supports = fields.List(fields.Nested(SupportSchema), required=True, validate=Length(0, 100))
    commitments = fields.List(fields.Nested(CommitmentSchema), required=True, validate=Length(0, 100))
    responsibles = fields.List(fields.Nested(ResponsibleSchema), required=True, validate=Length(0, 50))
    signatures = fields.List(fields.Nested(SignatureSchema), required=True, validate=Length(0, 100))


class ProjectsSchema(Schema):
    """The versions of the project."""

    items = fields.List(fields.Nested(ProjectSchema), required=True, validate=Length(0, 1000))


class DifferencesQuery(Schema):
    """The version to compare with: differences go from that one to the one in the address."""

    other = Number(1, MOST, strict=False, required=True, data_key="with")


def _some_of(schema: type[ma.Schema]) -> type[ma.Schema]:
    """The same fields, each of them there or not."""
    some = {name: copy(field) for name, field in schema().fields.items() if name != "key"}
    for field in some.values():
        field.required = False
    return Schema.from_dict(some, name=f"Some{schema.__name__.removesuffix('Schema')}")


def _changed(schema: type[ma.Schema], **more: ma.fields.Field[Any]) -> type[ma.Schema]:
    """The fields that are unlike, with the value of one version and of the other."""
    some = _some_of(schema)
    sides = {side: fields.Nested(some, required=True) for side in ("before", "after")}
    return Schema.from_dict({**more, **sides}, name=f"Changed{schema.__name__.removesuffix('Schema')}")


def _differences_of(part: type[ma.Schema], most: int) -> fields.Nested:
    name = part.__name__.removesuffix("Schema")
    lists = {
        side: fields.List(fields.Nested(part), required=True, validate=Length(0, most)) for side in ("added", "removed")
    }
    changed = fields.Nested(_changed(part, key=fields.UUID(required=True)))
    return fields.Nested(
        Schema.from_dict(
            {**lists, "changed": fields.List(changed, required=True, validate=Length(0, most))},
            name=f"{name}Differences",
        ),
        required=True,
    )


class DifferencesSchema(CaseFactSchema):
    """What changed from one version to another: of the project itself, and of each part, known again by its key."""

    from_version = fields.Integer(required=True, metadata=VERSION)
    to_version = fields.Integer(required=True, metadata=VERSION)
    project = fields.Nested(_changed(ProjectFieldsSchema), required=True, attribute="fields")
    goals = _differences_of(GoalSchema, 50)
    supports = _differences_of(SupportSchema, 100)
    commitments = _differences_of(CommitmentSchema, 100)
    responsibles = _differences_of(ResponsibleSchema, 50)
