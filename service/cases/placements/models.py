"""Work placements with their activation, end and attendance."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.cases.records.models import Recorded
from service.db import Base

EUROS, HOURS = Numeric(14, 2), Numeric(6, 2)
LIVE = "superseded_at IS NULL"


def _of_placement() -> ForeignKeyConstraint:
    """A part belongs to a placement of its own case."""
    return ForeignKeyConstraint(
        ["placement_id", "case_id"], ["cases.work_placements.id", "cases.work_placements.case_id"]
    )


class Placement(Recorded, Base):
    """A person's time with a host body, as agreed: `to_on` is its last day.

    Placements that continue one another are a chain: `chain_id` is the first of it, `latest_on` the last day that the law
    leaves to all of them (State-Regions Agreement of 22/1/2015: 24 months from the first day; `limit_rule` names the rule).
    The second foreign key makes every link carry the first one's day, and the check holds each link to it, so that no
    interleaving of acts can pass it: only an attestation of need by the public body in charge does.
    """

    __tablename__ = "work_placements"
    __table_args__ = (
        UniqueConstraint("id", "case_id"),
        UniqueConstraint("id", "case_id", "person_id", "latest_on"),
        ForeignKeyConstraint(["pathway_id", "case_id"], ["cases.pathways.id", "cases.pathways.case_id"]),
        ForeignKeyConstraint(["continues_id", "case_id"], ["cases.work_placements.id", "cases.work_placements.case_id"]),
        ForeignKeyConstraint(["chain_id", "case_id"], ["cases.work_placements.id", "cases.work_placements.case_id"]),
        ForeignKeyConstraint(
            ["chain_id", "case_id", "person_id", "latest_on"],
            ["cases.work_placements.id", "cases.work_placements.case_id", "cases.work_placements.person_id",
             "cases.work_placements.latest_on"],
            name="fk_work_placements_chain",
        ),
        CheckConstraint("from_on <= to_on", name="in_order"),
        CheckConstraint("(chain_id = id) = (continues_id IS NULL)", name="first_or_continues"),
        CheckConstraint("(limit_rule IS NULL) = (latest_on IS NULL)", name="limit_has_rule"),
        CheckConstraint("limit_rule IS NULL OR to_on IS NOT NULL", name="limited_has_end"),
        CheckConstraint("to_on <= latest_on OR attested_on IS NOT NULL", name="within_limit"),
        CheckConstraint("num_nonnulls(attested_by_id, attested_on, attestation_reason) IN (0, 3)", name="attestation"),
        CheckConstraint("weekly_hours > 0 AND weekly_hours <= 168", name="weekly_hours"),
        CheckConstraint("monthly_allowance >= 0", name="monthly_allowance"),
        Index("uq_work_placements_continued", "continues_id", unique=True, postgresql_where=LIVE),
        {"schema": "cases"},
    )  # fmt: skip

    kind: Mapped[str]
    counts_as_tirocinio: Mapped[bool]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.persons.id"))
    host_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("access.organisations.id"))
    pathway_id: Mapped[UUID | None]
    continues_id: Mapped[UUID | None]
    chain_id: Mapped[UUID]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    limit_rule: Mapped[str | None]
    latest_on: Mapped[date | None]
    attested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("access.organisations.id"))
    attested_on: Mapped[date | None]
    attestation_reason: Mapped[str | None]
    weekly_hours: Mapped[Decimal] = mapped_column(HOURS)
    monthly_allowance: Mapped[Decimal | None] = mapped_column(EUROS)
    promoter_tutor: Mapped[str]
    host_tutor: Mapped[str]


class PlacementActivation(Recorded, Base):
    """A placement becomes active. There is no such row without the convention and both insurances (INAIL, third parties)."""

    __tablename__ = "placement_activations"
    __table_args__ = (
        _of_placement(),
        Index("uq_placement_activations_live", "placement_id", unique=True, postgresql_where=LIVE),
        {"schema": "cases"},
    )

    placement_id: Mapped[UUID]
    activated_on: Mapped[date]
    convention: Mapped[str]
    inail_insurance: Mapped[str]
    liability_insurance: Mapped[str]
    mandatory_notice: Mapped[str | None]


class PlacementEnd(Recorded, Base):
    """The last day of a placement as it went, and how it ended."""

    __tablename__ = "placement_ends"
    __table_args__ = (
        _of_placement(),
        Index("uq_placement_ends_live", "placement_id", unique=True, postgresql_where=LIVE),
        {"schema": "cases"},
    )

    placement_id: Mapped[UUID]
    ended_on: Mapped[date]
    end_code: Mapped[str]


class Attendance(Recorded, Base):
    """A month of a placement: hours planned and done, and the allowance due for it (none under the least attendance)."""

    __tablename__ = "attendances"
    __table_args__ = (
        _of_placement(),
        CheckConstraint("hours_done BETWEEN 0 AND hours_planned", name="done_within_planned"),
        CheckConstraint("hours_planned <= 744", name="hours_in_a_month"),
        CheckConstraint("month = date_trunc('month', month::timestamp)::date", name="month"),
        CheckConstraint(
            "is_allowance_due = (100 * hours_done >= least_percent * hours_planned)", name="least_attendance"
        ),
        CheckConstraint("allowance_due >= 0 AND (is_allowance_due OR allowance_due = 0)", name="allowance_due"),
        Index("uq_attendances_live", "placement_id", "month", unique=True, postgresql_where=LIVE),
        {"schema": "cases"},
    )

    placement_id: Mapped[UUID]
    month: Mapped[date]
    hours_planned: Mapped[Decimal] = mapped_column(HOURS)
    hours_done: Mapped[Decimal] = mapped_column(HOURS)
    least_percent: Mapped[int]
    is_allowance_due: Mapped[bool]
    allowance_due: Mapped[Decimal | None] = mapped_column(EUROS)
