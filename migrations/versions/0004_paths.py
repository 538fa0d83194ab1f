"""Programmes in their whole form; appointments and preliminary analyses; where a suspended or closed case goes on from

Definitions written before this had one move for each act, and neither names of stages nor rules for projects. They are
brought into the new form as they stand: cases opened under them go on as they were.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.guards import grant, guard_fact

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EMPTY_LISTS = (
    "target_groups", "preliminary_outcomes", "instruments", "clocks", "interventions", "pathways", "placements",
    "follow_up_months", "required_facts", "refusal_reasons", "suspension_reasons",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, and bring the definitions into the new form."""
    op.add_column("cases", sa.Column("stage_before", sa.Text(), nullable=True), schema="cases")
    grant("cases.cases", "UPDATE (stage_before)")
    _facts_table("convocations", sa.Column("occurred_on", sa.Date(), nullable=False),
                 sa.Column("appointment_on", sa.Date(), nullable=False), sa.Column("note", sa.Text(), nullable=True),
                 sa.CheckConstraint("occurred_on <= appointment_on", name=op.f("ck_convocations_in_order")))  # fmt: skip
    guard_fact("cases.convocations", figures="id, case_id, occurred_on, appointment_on, recorded_at, superseded_at")
    _facts_table("preliminary_analyses", sa.Column("occurred_on", sa.Date(), nullable=False),
                 sa.Column("outcome", sa.Text(), nullable=False), sa.Column("outcome_letter", sa.Text(), nullable=True),
                 sa.Column("finding", sa.Text(), nullable=True))  # fmt: skip
    guard_fact(
        "cases.preliminary_analyses",
        figures="id, case_id, occurred_on, outcome, outcome_letter, recorded_at, superseded_at",
    )
    _rewrite(_whole)


def downgrade() -> None:
    """Drop the tables. Definitions go back to one move for each act: the first."""
    _rewrite(_thin)
    op.drop_table("preliminary_analyses", schema="cases")
    op.drop_table("convocations", schema="cases")
    op.drop_column("cases", "stage_before", schema="cases")


def _facts_table(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f(f"fk_{name}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        schema="cases",
    )
    op.create_index(op.f(f"ix_{name}_case_id"), name, ["case_id"], unique=False, schema="cases")


def _rewrite(form: Any) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT code, version, definition FROM cases.programmes")).all()
    for row in rows:
        connection.execute(
            sa.text(
                "UPDATE cases.programmes SET definition = CAST(:content AS jsonb) WHERE code = :code AND version = :version"
            ),
            {"code": row.code, "version": row.version, "content": json.dumps(form(row.definition))},
        )


def _whole(old: dict[str, Any]) -> dict[str, Any]:
    """The new form of a definition of one move for each act."""
    stages = dict.fromkeys((old["first_stage"], *(move["to"] for move in old["moves"].values() if "to" in move)))
    project = {"signers": old["signers"], "needs_minutes": False, "needs_preferences": False, "needs_budget_lines": False,
               "life_domains": [], "supports": []}  # fmt: skip
    kept = {name: value for name, value in old.items() if name not in ("signers", "moves")}
    return {
        **kept, **{name: [] for name in EMPTY_LISTS}, "subjects": ["person"], "monitoring_levels": [1], "project": project,
        "stages": [{"code": stage, "label": stage.replace("_", " ").capitalize()} for stage in stages],
        "moves": {act: [move] for act, move in old["moves"].items()},
    }  # fmt: skip


def _thin(new: dict[str, Any]) -> dict[str, Any]:
    """The old form: what it had no place for is lost."""
    lost = (*EMPTY_LISTS, "subjects", "monitoring_levels", "project", "stages", "moves")
    kept = {name: value for name, value in new.items() if name not in lost}
    return {
        **kept, "signers": new["project"]["signers"],
        "moves": {act: {name: value for name, value in moves[0].items() if name != "by"} for act, moves in new["moves"].items()},
    }  # fmt: skip
