"""Looking up what the print of a project says: names, words for codes, money; and the prints that are kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.queries import names_of_operators, names_of_organisations
from service.budget.funds.models import Fund
from service.budget.lines.models import BudgetLine
from service.budget.lines.queries import lines_with_funds
from service.cases.files.models import File
from service.cases.printing import printed
from service.cases.printing.document.words import joined, told
from service.cases.printing.labels import labels
from service.cases.printing.models import Print
from service.cases.programmes.queries import definition
from service.cases.programmes.rules import Definition
from service.cases.projects.models import Goal, ProjectCommitment, ProjectVersion, Signature, Support
from service.cases.projects.queries import demanded_signatures, people_named
from service.cases.projects.rules import Signing
from service.cases.records.models import Case, CasePerson
from service.cases.records.queries import case_people
from service.cases.records.rules import case_code
from service.cases.teams.models import TeamMember
from service.cases.teams.queries import members
from service.codes import label_of
from service.people.guardians.operations import CODES
from service.people.guardians.queries import guardians, representatives
from service.people.queries import names_of_people
from service.texts import terms
from service.types import today


@dataclass(frozen=True)
class Kept:
    """A print kept of a version: its file, whom it names, the SHA-256 of its bytes, and when it was approved."""

    layout: str
    file_id: UUID
    people: frozenset[UUID]
    sha256: bytes
    approved_at: datetime


def kept_prints(session: Session, version_id: UUID) -> dict[str, Kept]:
    """The prints kept of a version, by layout: none of a draft, and of versions approved before prints were kept."""
    columns = (Print.layout, Print.file_id, Print.people, File.sha256, File.recorded_at)
    statement = select(*columns).join(File, File.id == Print.file_id).where(Print.version_id == version_id)
    return {
        row.layout: Kept(row.layout, row.file_id, frozenset(row.people), row.sha256, row.recorded_at)
        for row in session.execute(statement)
    }


def printed_project(
    session: Session, case: Case, version: ProjectVersion, approved_at: datetime | None = None
) -> tuple[printed.PrintedProject, frozenset[UUID]]:
    """A version (read whole) as it is printed today, and everybody whom that names. `approved_at`: the budget is that of the
    approval. The number of statements does not depend on how much it says."""
    found = _Names(session, case, version)
    programme = definition(session, case.programme, case.programme_version)
    demanded = demanded_signatures(session, case, version.id, programme.project.signers)
    places = {goal.key: place for place, goal in enumerate(version.goals, 1)}
    said = printed.PrintedProject(
        service=found.bodies[case.service_id], programme=programme.label, sources=programme.sources,
        person=_person(found, found.subject), case_code=case_code(case.id), version=version.number,
        status=labels("statuses")[version.status], is_draft=version.content_hash is None, drafted_on=version.drafted_on,
        generated_on=today(), approved_on=version.approved_on,
        content_hash=version.content_hash.hex() if version.content_hash else None,
        household=tuple(_person(found, one) for one in found.household),
        team=tuple(_member(found, one) for one in found.team if one.to_on is None),
        case_manager=found.manager,
        ends_on=version.ends_on, preferences=version.preferences, why_unexpressed=version.preferences_missing_reason,
        family=_family(version), accommodations=tuple(version.accommodations),
        formats=tuple(labels("formats")[one] for one in version.accessible_formats),
        goals=tuple(_goal(found, programme, one) for one in version.goals),
        supports=tuple(_support(found, programme, places, one) for one in version.supports),
        commitments=tuple(_commitment(found, programme, one) for one in version.commitments),
        responsibles=tuple(printed.Responsible(who=found.member(one.team_member_id), task=one.task, role=one.role,
                                               is_referent=one.is_referent)
                           for one in version.responsibles),
        checks=_checks(version), budget=_budget(session, case.id, approved_at),
        signers=tuple(_signers(found, demanded, version)),
    )  # fmt: skip
    return said, found.everybody


class _Names:
    """Who is who in one case: read once, each kind in one statement."""

    def __init__(self, session: Session, case: Case, version: ProjectVersion) -> None:
        people = case_people(session, case.id)
        self.subject = next(one for one in people if one.role == "subject")
        self.household = [one for one in people if one.to_on is None and case.household_id is not None]
        self.team = members(session, case.id)
        self._members = {one.id: one for one in self.team}
        on_team = {one.person_id for one in self.team if one.person_id is not None}
        named = {one.person_id for one in people} | people_named(version) | on_team
        self.people = names_of_people(session, named)
        self.operators = names_of_operators(session, filter(None, (one.user_id for one in self.team)))
        signed = filter(None, (one.guardian_id for one in version.signatures))
        self.guardians = guardians(session, signed)
        self.instead = representatives(session, self.subject.person_id, version.approved_on or today())
        bodies = {case.service_id, *(one.organisation_id for one in self.team),
                  *(one.organisation_id for one in version.supports)}  # fmt: skip
        self.bodies = names_of_organisations(session, filter(None, bodies))
        guarding = (one["guardian_id"] for one in (*self.guardians.values(), *self.instead))
        self.everybody = frozenset(named | set(filter(None, guarding)))

    @property
    def manager(self) -> str | None:
        """The case manager of today."""
        return next(
            (self.member(one.id) for one in self.team if one.role == "case_manager" and one.to_on is None), None
        )

    def person(self, person_id: UUID) -> str | None:
        """A person's name, where the actor may see it."""
        known = self.people.get(person_id)
        return f"{known.given_name} {known.family_name}" if known else None

    def member(self, member_id: UUID) -> str:
        """A member's name, or what they are where there is none."""
        one = self._members[member_id]
        named = one.full_name
        if one.user_id is not None:
            named = self.operators.get(one.user_id)
        elif one.person_id is not None:
            named = self.person(one.person_id)
        return named or one.function or labels("member_roles")[one.role]

    def signer(self, signer: str, person_id: UUID | None) -> str | None:
        """The name of who signs, where it is known beforehand."""
        if signer in ("person", "household"):
            return self.person(person_id or self.subject.person_id)
        return self.manager if signer == "case_manager" else None


def _person(found: _Names, one: CasePerson) -> printed.Member:
    known = found.people.get(one.person_id)
    return printed.Member(name=found.person(one.person_id) or "", birth_date=known.birth_date if known else None,
                          relation=labels("household_roles")[one.role])  # fmt: skip


def _member(found: _Names, one: TeamMember) -> printed.TeamMember:
    body = found.bodies.get(one.organisation_id, "") if one.organisation_id else ""
    return printed.TeamMember(name=found.member(one.id), body=body, role=labels("member_roles")[one.role],
                              component=terms()["components"][one.component]["it"])  # fmt: skip


def _goal(found: _Names, programme: Definition, goal: Goal) -> printed.Goal:
    return printed.Goal(
        life_domain=_word(programme.project.life_domains, goal.life_domain), wording=goal.wording,
        in_first_person=goal.in_first_person, baseline=goal.baseline, target=goal.target, due_on=goal.due_on,
        levels=tuple(goal.gas_levels or ()), weight=goal.weight,
        responsible=found.member(goal.responsible_id) if goal.responsible_id else None,
    )  # fmt: skip


def _support(found: _Names, programme: Definition, places: Mapping[UUID, int], support: Support) -> printed.Support:
    return printed.Support(
        label=_word(programme.project.supports, support.kind), is_existing=support.is_existing,
        description=support.description,
        body=found.bodies.get(support.organisation_id) if support.organisation_id else None,
        quantity=support.quantity, unit=_labelled("unit" if support.quantity == 1 else "units", support.unit),
        frequency=_labelled("frequencies", support.frequency), from_on=support.from_on, to_on=support.to_on,
        goal=places[support.goal_key] if support.goal_key else None,
        area=_word(programme.project.support_areas, support.area) if support.area else None,
    )  # fmt: skip


def _commitment(found: _Names, programme: Definition, one: ProjectCommitment) -> printed.Commitment:
    named = found.member(one.team_member_id) if one.team_member_id else None
    named = found.person(one.person_id) if one.person_id else named
    named = found.signer("person", None) if one.who == "person" else named
    return printed.Commitment(who=named or labels("committed")[one.who], what=one.what, is_conditional=one.is_conditional,
                              area=_word(programme.project.commitment_areas, one.area) if one.area else None)  # fmt: skip


def _family(version: ProjectVersion) -> str | None:
    if version.is_family_possible is False:
        return "non può essere coinvolta"
    return _labelled("family", version.family_involvement)


def _checks(version: ProjectVersion) -> tuple[printed.Check, ...]:
    if version.review_months is None and not version.check_method and version.next_check_on is None:
        return ()
    return (printed.Check(interval_months=version.review_months, method=version.check_method or "",
                          next_on=version.next_check_on),)  # fmt: skip


def _budget(session: Session, case_id: UUID, approved_at: datetime | None) -> tuple[printed.BudgetLine, ...]:
    """The lines of today; of an approved version, those that it was approved with."""
    return tuple(_budget_line(line, fund) for line, fund in lines_with_funds(session, case_id, approved_at))


def _budget_line(line: BudgetLine, fund: Fund | None) -> printed.BudgetLine:
    """A resource in kind that costs nothing is printed without an amount: it says how much it is."""
    return printed.BudgetLine(
        label=line.description, source=fund.name if fund else labels("sources")[line.source], is_in_kind=line.in_kind,
        quantity=line.quantity, unit=_labelled("unit" if line.quantity == 1 else "units", line.unit),
        amount=None if line.in_kind and not line.cost else line.cost,
    )  # fmt: skip


def _signers(found: _Names, demanded: Iterable[Signing], version: ProjectVersion) -> Iterator[printed.Signer]:
    """Who must sign, in the programme's order, and how it went; then whoever signed and need not have."""
    signed = {(one.signer, one.person_id): one for one in version.signatures}
    for signing in dict.fromkeys((*demanded, *signed)):
        yield _signer(found, *signing, signed.get(signing))


def _signer(found: _Names, signer: str, person_id: UUID | None, signature: Signature | None) -> printed.Signer:
    label, name = labels("signers")[signer], found.signer(signer, person_id)
    if signature is None:
        instead = found.instead if signer in ("person", "legal_representative") else ()
        return printed.Signer(label=label, name=name, instead=tuple(_power(one) for one in instead if one["full_name"]))
    if signature.is_refusal:
        return printed.Signer(label=label, name=name, refused_on=signature.signed_on, reason=signature.refusal_reason)
    if signature.guardian_id is None:
        return printed.Signer(label=label, name=name, signed_on=signature.signed_on)
    guardian = found.guardians[signature.guardian_id]
    return printed.Signer(label=label, name=guardian["full_name"], signed_on=signature.signed_on,
                          capacity=joined(_kind(guardian["kind"]), told("per {}", name), by=" "))  # fmt: skip


def _power(guardian: Mapping[str, Any]) -> str:
    return joined(guardian["full_name"], _kind(guardian["kind"]))


def _kind(code: str) -> str:
    return label_of(CODES, "kinds", code).lower()


def _labelled(name: str, code: str | None) -> str | None:
    return labels(name)[code] if code else None


def _word(listed: Mapping[str, str], code: str) -> str:
    """A programme's word for a code; a list that is empty takes any code, which then stands for itself."""
    return listed.get(code, code)
