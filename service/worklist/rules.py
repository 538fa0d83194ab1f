"""What an item of the worklist is, and how urgent it is."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

from service.cases.programmes.rules import Definition, ProjectRules
from service.cases.projects.rules import Content, check_ready
from service.cases.records.rules import case_code
from service.clocks.deadlines import Deadline
from service.errors import Conflict

KINDS: Final = (
    "deadline", "case_to_accept", "case_to_assign", "transfer_to_answer", "draft_to_complete", "project_to_approve",
    "signatures_missing", "evaluations_missing",
)  # fmt: skip
JUDGES: Final = ("beneficiary", "operators")
_LATE, _SOON, _WAITS = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that awaits somebody. `source_id` is the row that it is about; `since` the day from which it waits.

    `next_act` is the act of the programme that does it, none where it is done by another record; `missing` what is not
    there yet: signers, judges, or what a draft lacks, of which `lack` is the problem that approval would tell.
    """

    kind: str
    case_id: UUID
    person_id: UUID
    programme: str
    source_id: UUID
    since: date | None
    next_act: str | None
    member_id: UUID | None = None
    deadline: Deadline | None = None
    missing: tuple[str, ...] = ()
    lack: Conflict | None = None

    @property
    def is_late(self) -> bool:
        """Whether it is a term that has passed."""
        return self.deadline is not None and self.deadline.status == "late"

    @property
    def code(self) -> str:
        """What people read of the case where nobody may be named."""
        return case_code(self.case_id)

    @property
    def key(self) -> UUID:
        """Its place in the list and its name in one: sixteen bytes that sort as the items do, most urgent first.

        What is late comes first, the longest overdue before the others; then what runs out soon; then what waits, the
        oldest before. A cursor made of it stays good when items come and go.
        """
        rank = _WAITS if self.deadline is None else _LATE if self.is_late else _SOON
        day = self.since if self.deadline is None else self.deadline.due_on
        rule = self.deadline.rule_id if self.deadline else ""
        name = sha256(f"{self.kind}/{rule}/{self.source_id}/{self.case_id}/{self.member_id}".encode()).digest()
        return UUID(bytes=bytes([rank]) + (day.toordinal() if day else 0).to_bytes(4) + name[:11])


def lack_of(content: Content, rules: ProjectRules, on: date) -> Conflict | None:
    """The first thing for which a draft of this content would not be approved on a day; none if it would."""
    try:
        check_ready(content, rules, on)
    except Conflict as lack:
        return lack
    return None


def act_that_reaches(programme: Definition, milestone: str | None) -> str | None:
    """The act by which a programme's cases reach a milestone."""
    return next(
        (act for act, moves in programme.moves.items() if any(milestone in move.milestones for move in moves)), None
    )
