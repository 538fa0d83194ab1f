"""Who acts, and what each role may do: the whole table of permissions, on one page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from service.errors import Forbidden, Unauthenticated

EVERYBODY = frozenset({"me:read", "organisations:read", "programmes:read", "plans:read"})
CASE_READING = frozenset({"people:read", "cases:read", "calls:read"})
OUTREACH = frozenset({"contacts:read", "contacts:record"})
CASE_WORK = CASE_READING | OUTREACH | {
    "people:search", "people:register", "people:correct", "households:record", "guardians:record",
    "cases:open", "cases:accept", "cases:advance", "cases:start", "circumstances:record",
    "assessments:record",
    "projects:draft", "projects:sign",
    "interventions:record", "pathways:record", "placements:record", "stays:record", "dwellings:read", "organisations:flag",
    "outcomes:record",
    "budget:build",
    "applications:record",
    "files:keep",
    "meetings:record", "involvements:declare",
    "users:read",
}  # fmt: skip
CASE_DIRECTION = frozenset({"cases:close", "cases:suspend", "milestones:correct", "teams:compose"})

ROLES: dict[str, frozenset[str]] = {
    "social_worker": EVERYBODY | CASE_WORK,
    "case_manager": EVERYBODY | CASE_WORK | CASE_DIRECTION,
    "team_member": EVERYBODY | CASE_READING | OUTREACH | {
        "assessments:record",
        "interventions:record", "pathways:record", "placements:record",
        "outcomes:record",
        "files:keep",
        "meetings:record", "involvements:declare",
    },
    "provider_operator": EVERYBODY | OUTREACH | {"cases:read", "interventions:record"},
    "coordinator": EVERYBODY | CASE_WORK | CASE_DIRECTION | {
        "people:merge", "people:protect",
        "cases:assign", "cases:transfer", "caseloads:read", "dwellings:register",
        "projects:approve",
        "calls:open", "rankings:freeze",
        "indicators:read", "indicators:freeze", "aggregates:read",
        "organisations:register",
    },
    "accounting_officer": EVERYBODY | {
        "funds:read", "funds:open", "ledger:commit", "ledger:pay", "ledger:reverse", "statements:prepare",
    },
    "spending_officer": EVERYBODY | {"funds:read", "ledger:liquidate", "ledger:reverse", "statements:approve"},
    "plan_office": EVERYBODY | {"aggregates:read"},
    "local_administrator": EVERYBODY | {"aggregates:read"},
    "dpo": EVERYBODY | {"audit:read"},
    "system_administrator": EVERYBODY | {"users:read", "users:designate", "organisations:register"},
}  # fmt: skip
"""Role -> permissions. What one may *see* comes from `access.grounds`; this says what one may *do*."""

PERMISSIONS = frozenset().union(*ROLES.values())


@dataclass(frozen=True)
class Origin:
    """What was asked and from where, as the log keeps it: `action` is `case:close`; `case_id` and `resource_id` were named."""

    action: str = "-"
    address: str = "-"
    request_id: str = "-"
    case_id: UUID | None = None
    resource_id: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """Someone who acts: `roles` are pairs (role, organisation), read anew for each request."""

    user_id: UUID | None
    login_id: UUID | None = None
    roles: frozenset[tuple[str, UUID]] = frozenset()
    origin: Origin = field(default_factory=Origin)

    @property
    def permissions(self) -> frozenset[str]:
        """All that the actor's roles allow."""
        return frozenset().union(*(ROLES[role] for role, _ in self.roles))

    @property
    def role_names(self) -> tuple[str, ...]:
        """The names of the actor's roles, in order."""
        return tuple(sorted({role for role, _ in self.roles}))

    def organisations(self, *roles: str) -> frozenset[UUID]:
        """The organisations in which the actor holds one of the roles."""
        return frozenset(organisation for role, organisation in self.roles if role in roles)


def require(actor: Actor, permission: str) -> None:
    """Ask whether the actor may do this at all. Raises Forbidden, which names the roles that may."""
    assert permission in PERMISSIONS, f"{permission} is in no role"  # noqa: S101 - a slip of ours, not of the caller
    if permission not in actor.permissions:
        allowed = (role for role, permissions in ROLES.items() if permission in permissions)
        raise Forbidden("permission_is_missing", ", ".join(allowed))


def held_roles(rows: Iterable[Mapping[str, str]]) -> frozenset[tuple[str, UUID]]:
    """The roles as `access.enter` tells them."""
    return frozenset((row["role"], UUID(row["organisation_id"])) for row in rows)


@dataclass(frozen=True)
class UserCaller:
    """A user, by log-in (a request) or without one (the command line, the demo)."""

    user_id: UUID
    login_id: UUID | None = None
    origin: Origin = field(default_factory=Origin)

    @property
    def claimed(self) -> Actor:
        """Who the caller says to be, without any role: for the log, when `enter` refuses."""
        return Actor(self.user_id, self.login_id, origin=self.origin)

    def enter(self, session: Session) -> Actor:
        """One round trip: checks that the log-in lives, sets the scope, answers the roles."""
        row = session.execute(
            text("SELECT roles FROM access.enter(:user_id, :login_id)"),
            {"user_id": self.user_id, "login_id": self.login_id},
        ).one_or_none()
        if row is None:
            raise Unauthenticated("login_has_ended")
        return Actor(self.user_id, self.login_id, held_roles(row.roles), self.origin)


@dataclass(frozen=True)
class AnonymousCaller:
    """Nobody yet: a log-in, a status check. Row-level security shows it nothing."""

    origin: Origin = field(default_factory=Origin)

    @property
    def claimed(self) -> Actor:
        """Nobody."""
        return Actor(user_id=None, origin=self.origin)

    def enter(self, session: Session) -> Actor:
        """Nothing to tell PostgreSQL."""
        return self.claimed
