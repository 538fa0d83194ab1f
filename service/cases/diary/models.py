"""The diary: appointments and what became of them, what was done, and the pathways that a person follows."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service.cases.records.models import Recorded
from service.db import Base
from service.types import new_id

OUTCOMES = ("attended", "justified_absence", "unjustified_absence", "moved")


class Convocation(Recorded, Base):
    """An appointment set: the day on which it was set, and the day for which."""

    __tablename__ = "convocations"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        CheckConstraint("occurred_on <= appointment_on", name="in_order"),
        {"schema": "cases"},
    )

    occurred_on: Mapped[date]
    appointment_on: Mapped[date]
    note: Mapped[str | None]


class ConvocationOutcome(Recorded, Base):
    """What became of an appointment. An absence without a justified reason costs the benefit (D.L. 48/2023 art. 8 c. 6
    lett. a); one that was moved goes on in the appointment that it was moved to."""

    __tablename__ = "convocation_outcomes"
    __table_args__ = (
        ForeignKeyConstraint(["convocation_id", "case_id"], ["cases.convocations.id", "cases.convocations.case_id"]),
        ForeignKeyConstraint(["moved_to_id", "case_id"], ["cases.convocations.id", "cases.convocations.case_id"]),
        CheckConstraint(f"outcome IN ({', '.join(repr(code) for code in OUTCOMES)})", name="outcome"),
        CheckConstraint("(outcome = 'justified_absence') = (reason_code IS NOT NULL)", name="justified_by_reason"),
        CheckConstraint("outcome = 'moved' OR moved_to_id IS NULL", name="moved_to"),
        CheckConstraint("moved_to_id <> convocation_id", name="moved_elsewhere"),
        Index("uq_convocation_outcomes_live", "convocation_id", unique=True, postgresql_where="superseded_at IS NULL"),
        {"schema": "cases"},
    )

    convocation_id: Mapped[UUID]
    outcome: Mapped[str]
    occurred_on: Mapped[date]
    reason_code: Mapped[str | None]
    moved_to_id: Mapped[UUID | None]


class Intervention(Recorded, Base):
    """Something done: by whom, when, how, for how long or how much, for which goal or support of the signed project.

    `batch_id`: what was recorded in one request; `replaces_id`: the entry that this one corrects.
    """

    __tablename__ = "interventions"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        ForeignKeyConstraint(["goal_id", "case_id"], ["cases.goals.id", "cases.goals.case_id"]),
        ForeignKeyConstraint(["support_id", "case_id"], ["cases.supports.id", "cases.supports.case_id"]),
        ForeignKeyConstraint(["replaces_id", "case_id"], ["cases.interventions.id", "cases.interventions.case_id"]),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(quantity IS NULL) = (unit IS NULL)", name="quantity_has_unit"),
        CheckConstraint("num_nonnulls(minutes, quantity) > 0", name="measured"),
        Index("ix_interventions_batch_id", "batch_id", postgresql_where="batch_id IS NOT NULL"),
        Index("uq_interventions_replaces_id", "replaces_id", unique=True),
        {"schema": "cases"},
    )

    kind: Mapped[str]
    occurred_on: Mapped[date]
    minutes: Mapped[int | None]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    unit: Mapped[str | None]
    mode: Mapped[str | None]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    is_person_present: Mapped[bool] = mapped_column(server_default=text("false"))
    is_family_present: Mapped[bool] = mapped_column(server_default=text("false"))
    goal_id: Mapped[UUID | None]
    support_id: Mapped[UUID | None]
    note: Mapped[str | None]
    batch_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]
    parties: Mapped[list["Party"]] = relationship(lazy="raise_on_sql", order_by="Party.id")

    @property
    def member_ids(self) -> list[UUID]:
        """The members of the team who took part."""
        return [party.member_id for party in self.parties if party.member_id]

    @property
    def person_ids(self) -> list[UUID]:
        """The persons of the household for whom it was done; none: the person of the case."""
        return [party.person_id for party in self.parties if party.person_id]

    @property
    def organisation_ids(self) -> list[UUID]:
        """The other bodies that took part."""
        return [party.organisation_id for party in self.parties if party.organisation_id]


class Party(Base):
    """One who took part in an intervention: a member of the team, a person for whom it was done, or another body.

    It carries who recorded it, as the intervention does: a provider sees what it recorded.
    """

    __tablename__ = "intervention_parties"
    __table_args__ = (
        ForeignKeyConstraint(["intervention_id", "case_id"], ["cases.interventions.id", "cases.interventions.case_id"]),
        ForeignKeyConstraint(["member_id", "case_id"], ["cases.team_members.id", "cases.team_members.case_id"]),
        UniqueConstraint("intervention_id", "member_id", "person_id", "organisation_id", name="uq_intervention_parties_once",
                         postgresql_nulls_not_distinct=True),
        CheckConstraint("num_nonnulls(member_id, person_id, organisation_id) = 1", name="one_of_three"),
        {"schema": "cases"},
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    intervention_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.cases.id"), index=True)
    recorded_by: Mapped[UUID]
    member_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))


class Pathway(Recorded, Base):
    """A path of work insertion, training or the like, from its first day to its end.

    `person_id`: who follows it (none, in rows from before persons were named: the person of the case). `shared_key`: the
    same in the cases of all who follow the path together.
    """

    __tablename__ = "pathways"
    __table_args__ = (UniqueConstraint("id", "case_id"), {"schema": "cases"})

    kind: Mapped[str]
    from_on: Mapped[date]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.persons.id"))
    shared_key: Mapped[str | None]


class PathwayEnd(Recorded, Base):
    """The end of a pathway, how it ended and what came of it. `is_positive`: of the outcome's code, on that day."""

    __tablename__ = "pathway_ends"
    __table_args__ = (
        ForeignKeyConstraint(["pathway_id", "case_id"], ["cases.pathways.id", "cases.pathways.case_id"]),
        CheckConstraint("(outcome_code IS NULL) = (is_positive IS NULL)", name="outcome_is_judged"),
        Index("uq_pathway_ends_live", "pathway_id", unique=True, postgresql_where="superseded_at IS NULL"),
        {"schema": "cases"},
    )

    pathway_id: Mapped[UUID]
    ended_on: Mapped[date]
    end_code: Mapped[str]
    outcome_code: Mapped[str | None]
    is_positive: Mapped[bool | None]
    certificate_issued_on: Mapped[date | None]
