"""Signing a project, refusing to, revoking what is not signed: with the last signature the case moves."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from service.actor import Actor, require
from service.cases.files.queries import has_content
from service.cases.path.approving import check_budget
from service.cases.printing.queries import kept_prints
from service.cases.projects.models import ProjectVersion, Signature
from service.cases.projects.queries import (
    approved_version,
    demanded_signatures,
    signed_version,
    standing_signatures,
    version_row,
)
from service.cases.records.models import Case
from service.cases.records.operations import (
    allowed_move,
    check_not_future,
    locked_case,
    mark,
    move,
    programme_of,
    record_on,
    superseded,
)
from service.cases.teams.operations import require_manager
from service.errors import Conflict, Forbidden, NotFound, invalid_field
from service.people.guardians.queries import representatives
from service.types import new_id, now

REPRESENTED = ("person", "household", "legal_representative")
"""The signers for whom somebody else may sign, by power over the person."""
REPLACED = "replaced_by_signature"


def sign_project(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, signer: str, signed_on: date,
    person_id: UUID | None = None, guardian_id: UUID | None = None, kind: str = "autografa_scansionata",
    file_hash: bytes | None = None,
) -> None:  # fmt: skip
    """Record a signature on an approved version; with the last one that is demanded, the project is signed.

    A signature takes the place of a refusal of the same signer. `person_id`: the member who signs for the household.
    `guardian_id`: who signs for the person, by legal protection. `file_hash`: SHA-256 of the signed document among the case's
    files; unless told, of the print kept at approval. D.Lgs 147/2017 art. 6; DM 23/11/2016 art. 2.
    """
    case, version = _approved(session, actor, case_id, number, expected)
    _check_signer(session, actor, case, version, signer, person_id)
    _check_day(version, signed_on, "#/signed_on")
    capacity = _capacity(session, case, signer, person_id, guardian_id, signed_on)
    signed_file = _signed_file(session, version, file_hash)
    standing = _standing(session, version, signer, person_id)
    if standing is not None:
        if not standing.is_refusal:
            raise Conflict("signer_has_signed")
        if guardian_id is not None:
            raise Conflict("person_has_refused")
        superseded(session, actor, Signature, standing.id, case_id, REPLACED)
        session.flush()
    _add(session, actor, version, signer=signer, person_id=person_id, guardian_id=guardian_id, capacity=capacity,
         signed_by="person" if guardian_id is None else "representative", kind=kind, signed_on=signed_on,
         file_hash=signed_file)  # fmt: skip
    _complete(session, actor, case, version)
    record_on(session, actor, case, "project:sign", version.id, "signatures")


def refuse_signature(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, signer: str, refused_on: date,
    reason: str, person_id: UUID | None = None,
) -> None:  # fmt: skip
    """Record that somebody will not sign an approved version: it waits for their signature, or for another version."""
    case, version = _approved(session, actor, case_id, number, expected)
    _check_signer(session, actor, case, version, signer, person_id)
    _check_day(version, refused_on, "#/refused_on")
    standing = _standing(session, version, signer, person_id)
    if standing is not None:
        raise Conflict("signer_has_refused" if standing.is_refusal else "signer_has_signed")
    _add(session, actor, version, signer=signer, person_id=person_id, signed_on=refused_on, is_refusal=True,
         refusal_reason=reason)  # fmt: skip
    record_on(session, actor, case, "signature:refuse", version.id, "signatures")


def withdraw_signature(
    session: Session, actor: Actor, case_id: UUID, number: int, signature_id: UUID, *, expected: int, reason: str
) -> None:
    """A signature or a refusal recorded by mistake: it stays, superseded, with the reason. Only before all have signed."""
    case, version = _approved(session, actor, case_id, number, expected)
    mistaken = superseded(session, actor, Signature, signature_id, case_id, reason)
    if mistaken.version_id != version.id:
        raise NotFound("fact_is_unknown")
    if mistaken.signer == "case_manager":
        require_manager(session, actor, case)
    version.version += 1
    _complete(session, actor, case, version)  # a refusal that never was may have been all that stood in the way
    record_on(session, actor, case, "signature:withdraw", signature_id, "superseded_at")


def revoke_project(
    session: Session, actor: Actor, case_id: UUID, number: int, *, expected: int, revoked_on: date, reason: str
) -> None:
    """Give up a version that is not signed; the case goes where the programme says. A draft is given up by who may write
    it, what was approved by a coordinator of the service."""
    case = locked_case(session, actor, "projects:draft", case_id)
    version = version_row(session, case_id, number, expected)
    if version.status == "approved":
        require(actor, "projects:approve")
        if case.service_id not in actor.organisations("coordinator"):
            raise Forbidden("organisation_is_not_yours")
    elif version.status != "draft":
        raise Conflict("version_is_in_another_state", version.status)
    last_on = version.approved_on or version.drafted_on
    if revoked_on < last_on:
        raise invalid_field("#/revoked_on", "date_is_before_last_step", last_on)
    move(session, actor, case, "revoke", revoked_on, "#/revoked_on")
    version.status, version.revoked_on, version.revoked_at = "revoked", revoked_on, now()
    version.revoked_by, version.revoke_reason = actor.user_id, reason
    version.version += 1
    record_on(session, actor, case, "project:revoke", version.id, "status", "revoke_reason")


def _approved(session: Session, actor: Actor, case_id: UUID, number: int, expected: int) -> tuple[Case, ProjectVersion]:
    case = locked_case(session, actor, "projects:sign", case_id)
    version = version_row(session, case_id, number, expected)
    if version.status != "approved":
        raise Conflict("version_is_in_another_state", version.status)
    return case, version


def _check_signer(
    session: Session, actor: Actor, case: Case, version: ProjectVersion, signer: str, person_id: UUID | None
) -> None:
    signers = programme_of(session, case).project.signers
    if signer not in signers:
        raise invalid_field("#/signer", "value_is_unknown", ", ".join(signers))
    if (signer == "household") != (person_id is not None):
        raise invalid_field("#/person_id", "person_goes_with_household")
    if (signer, person_id) not in demanded_signatures(session, case, version.id, signers):
        raise invalid_field("#/person_id", "person_is_no_signer")
    if signer == "case_manager":
        require_manager(session, actor, case)


def _capacity(
    session: Session, case: Case, signer: str, person_id: UUID | None, guardian_id: UUID | None, on: date
) -> str | None:
    """In what quality a guardian signs for the person or the member: legal protection in force on the day, with that power."""
    if guardian_id is None:
        if signer == "legal_representative":
            raise invalid_field("#/guardian_id", "field_is_missing")
        return None
    if signer not in REPRESENTED:
        raise invalid_field("#/guardian_id", "signer_is_not_represented")
    may_sign = {one["id"]: one["kind"] for one in representatives(session, person_id or case.person_id, on)}
    if guardian_id not in may_sign:
        raise invalid_field("#/guardian_id", "guardian_may_not_sign", on)
    return str(may_sign[guardian_id])


def _signed_file(session: Session, version: ProjectVersion, file_hash: bytes | None) -> bytes | None:
    """The document that was signed. Versions approved before prints were kept have none."""
    if file_hash is None:
        kept = kept_prints(session, version.id).get("full")
        return kept.sha256 if kept else None
    if not has_content(session, version.case_id, file_hash):
        raise invalid_field("#/file_hash", "file_is_unknown")
    return file_hash


def _check_day(version: ProjectVersion, day: date, pointer: str) -> None:
    check_not_future(day, pointer)
    if version.approved_on is not None and day < version.approved_on:
        raise invalid_field(pointer, "date_is_before_last_step", version.approved_on)


def _standing(session: Session, version: ProjectVersion, signer: str, person_id: UUID | None) -> Signature | None:
    found = standing_signatures(session, version.id)
    return next((one for one in found if (one.signer, one.person_id) == (signer, person_id)), None)


def complete_open_version(session: Session, actor: Actor, case: Case) -> None:
    """Somebody who was to sign is asked no more: the version that waited for them alone is signed, where it may be now. What
    they do is not stopped by a case that stands still."""
    version = approved_version(session, case.id)
    if version is not None and programme_of(session, case).may("sign", case.stage, actor.role_names):
        _complete(session, actor, case, version)


def _add(session: Session, actor: Actor, version: ProjectVersion, **values: object) -> None:
    session.add(Signature(id=new_id(), case_id=version.case_id, version_id=version.id, content_hash=version.content_hash,
                          recorded_by=actor.user_id, **values))  # fmt: skip
    version.version += 1


def _complete(session: Session, actor: Actor, case: Case, version: ProjectVersion) -> None:
    """When nobody is awaited and nobody refuses, the project is signed and the version in force until now superseded.

    DM 23/11/2016 art. 2: the project has its budget, where the programme asks for it before it is signed.
    """
    standing = standing_signatures(session, version.id)
    rules = programme_of(session, case).project
    signed = {(one.signer, one.person_id) for one in standing}
    demanded = set(demanded_signatures(session, case, version.id, rules.signers))
    refused = any(one.is_refusal and (one.signer, one.person_id) in demanded for one in standing)
    if demanded - signed or refused or not standing:
        return
    check_budget(session, case)
    signed_on = max(one.signed_on for one in standing if not one.is_refusal)
    before = signed_version(session, case.id)
    if before is not None:
        before.status = "superseded"
        before.version += 1
        session.flush()  # one version is in force at a time
    version.status, version.signed_on, version.signed_at = "signed", signed_on, now()
    # The last signature may be recorded after later steps: its day is the one on the paper.
    mark(session, actor, case, allowed_move(session, actor, case, "sign"), signed_on)
