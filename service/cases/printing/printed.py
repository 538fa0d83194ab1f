"""What is printed of a project: plain data, in words already, whoever looked them up.

Texts may be as long as people write them. Money is in euro; days are calendar days in Italy.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

LAYOUTS = ("full", "plain")
"""In full, as the law wants it; in plain language, for the person."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of the household that the project is for."""

    name: str
    birth_date: date | None = None
    relation: str | None = None


@dataclass(frozen=True, kw_only=True)
class TeamMember:
    """A member of the équipe: by name, or by function where names are not to be printed."""

    name: str
    body: str
    role: str
    component: str


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A goal. `levels`: what each step of the GAS scale would look like, from -2 to +2."""

    life_domain: str
    wording: str
    in_first_person: str | None = None
    baseline: str | None = None
    target: str | None = None
    due_on: date | None = None
    weight: int = 1
    levels: tuple[str, ...] = ()
    responsible: str | None = None


@dataclass(frozen=True, kw_only=True)
class Support:
    """A support. `goal`: the place, from 1, of the goal that it serves."""

    label: str
    is_existing: bool
    description: str | None = None
    body: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    frequency: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    goal: int | None = None
    area: str | None = None


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """What somebody takes on. `is_conditional`: the economic benefit depends on it (D.Lgs 147/2017 art. 6)."""

    who: str
    what: str
    area: str | None = None
    is_conditional: bool = False


@dataclass(frozen=True, kw_only=True)
class Responsible:
    """Who answers for a task, and as what. `is_referent`: cares for the whole (D.Lgs 62/2024 art. 29)."""

    who: str
    task: str
    role: str = ""
    is_referent: bool = False


@dataclass(frozen=True, kw_only=True)
class Check:
    """The checks of the project: every so many months, where it says so."""

    interval_months: int | None
    method: str
    next_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class BudgetLine:
    """A resource. `amount`: euro, two digits; for a resource in kind, its worth if somebody gave one."""

    label: str
    source: str
    is_in_kind: bool = False
    quantity: Decimal | None = None
    unit: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs, has signed, or has refused to. `label`: la persona, il case manager …; `capacity`: for whom a guardian
    signed; `instead`: the guardians who may sign for them."""

    label: str
    name: str | None = None
    capacity: str | None = None
    signed_on: date | None = None
    refused_on: date | None = None
    instead: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class PrintedProject:
    """One version of a project. `content_hash`: of the frozen content, in hexadecimal; none for a draft."""

    service: str
    programme: str
    sources: tuple[str, ...]
    person: Member
    case_code: str
    version: int
    status: str
    is_draft: bool
    drafted_on: date
    generated_on: date
    approved_on: date | None = None
    content_hash: str | None = None
    household: tuple[Member, ...] = ()
    team: tuple[TeamMember, ...] = ()
    case_manager: str | None = None
    ends_on: date | None = None
    preferences: str | None = None
    why_unexpressed: str | None = None
    family: str | None = None
    accommodations: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()
    supports: tuple[Support, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    responsibles: tuple[Responsible, ...] = ()
    checks: tuple[Check, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    signers: tuple[Signer, ...] = ()
