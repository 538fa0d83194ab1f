"""Checks, follow-ups, outcomes of goals, jobs and school; an operator's own judgement beside the team's, also of a goal

`facts.evaluations` leaves out the judgements of single goals: what measures read is of the project or of a pathway.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.guards import grant, guard_fact, guard_part

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIMES = "recorded_at, superseded_at"
EVALUATIONS = """
    SELECT e.pathway_id, c.id AS case_id, c.person_id, c.programme, e.judge, e.value >= s.positive_from AS is_positive,
           e.is_final, e.occurred_on, e.recorded_at, e.superseded_at
    FROM cases.evaluations e JOIN cases.cases c ON c.id = e.case_id JOIN cases.judgement_scales s ON s.code = e.scale"""


def upgrade() -> None:
    """Make the tables; judgements by single operators and of goals; scales and exits in their whole form."""
    op.add_column("judgement_scales", sa.Column("valid_to", sa.Date(), nullable=True), schema="cases")
    op.add_column("family_exits", sa.Column("lived_with_family_at_start", sa.Boolean(), nullable=True), schema="cases")
    grant("cases.family_exits", "SELECT (lived_with_family_at_start)", "trama_figures")
    _judges()
    _goal_outcomes()
    _checks()
    _follow_ups()
    _observations()


def downgrade() -> None:
    """Drop the tables. Judgements that the old form has no place for are lost."""
    for table in ("school_statuses", "job_outcomes", "follow_up_answers", "follow_ups", "goal_progress", "check_participants",
                  "monitoring_checks", "goal_outcomes"):  # fmt: skip
        op.drop_table(table, schema="cases")
    op.execute("ALTER TABLE cases.evaluations NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM cases.evaluations WHERE judge = 'operator' OR goal_id IS NOT NULL")
    op.execute("ALTER TABLE cases.evaluations FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE OR REPLACE VIEW facts.evaluations WITH (security_invoker = true) AS {EVALUATIONS}")
    for name in ("judge", "operator_is_named", "of_one_thing"):
        op.drop_constraint(op.f(f"ck_evaluations_{name}"), "evaluations", schema="cases", type_="check")
    op.create_check_constraint(
        op.f("ck_evaluations_judge"), "evaluations", "judge IN ('beneficiary', 'operators')", schema="cases"
    )
    for column in ("goal_id", "judge_body_id", "operator_id"):
        op.drop_column("evaluations", column, schema="cases")
    op.drop_column("family_exits", "lived_with_family_at_start", schema="cases")
    op.drop_column("judgement_scales", "valid_to", schema="cases")


def _judges() -> None:
    for column in ("operator_id", "judge_body_id", "goal_id"):
        op.add_column("evaluations", sa.Column(column, sa.Uuid(), nullable=True), schema="cases")
    op.create_foreign_key(op.f("fk_evaluations_operator_id"), "evaluations", "users", ["operator_id"], ["id"],
                          source_schema="cases", referent_schema="access")  # fmt: skip
    op.create_foreign_key(op.f("fk_evaluations_judge_body_id"), "evaluations", "organisations", ["judge_body_id"], ["id"],
                          source_schema="cases", referent_schema="access")  # fmt: skip
    op.create_foreign_key(op.f("fk_evaluations_goal_id_case_id"), "evaluations", "goals", ["goal_id", "case_id"],
                          ["id", "case_id"], source_schema="cases", referent_schema="cases")  # fmt: skip
    op.drop_constraint(op.f("ck_evaluations_judge"), "evaluations", schema="cases", type_="check")
    for name, condition in (
        ("judge", "judge IN ('beneficiary', 'operator', 'operators')"),
        (
            "operator_is_named",
            "num_nonnulls(operator_id, judge_body_id) = CASE judge WHEN 'operator' THEN 2 ELSE 0 END",
        ),
        ("of_one_thing", "num_nonnulls(goal_id, pathway_id) <= 1"),
    ):
        op.create_check_constraint(op.f(f"ck_evaluations_{name}"), "evaluations", condition, schema="cases")
    grant("cases.evaluations", "SELECT (operator_id, judge_body_id, goal_id)", "trama_figures")
    op.execute(f"CREATE OR REPLACE VIEW facts.evaluations WITH (security_invoker = true) AS {EVALUATIONS} "
               "WHERE e.goal_id IS NULL")  # fmt: skip


def _goal_outcomes() -> None:
    _facts_table(
        "goal_outcomes",
        _column("goal_id", sa.Uuid()), _column("status"), _column("gas_level", sa.Integer(), nullable=True),
        _column("occurred_on", sa.Date()), _column("note", nullable=True),
        _check("goal_outcomes_status", "status IN ('reached', 'partly', 'not_reached', 'dropped')"),
        _check("goal_outcomes_gas_level", "gas_level BETWEEN -2 AND 2"),
        _check("goal_outcomes_level_fits_status", "CASE status WHEN 'reached' THEN gas_level >= 0 "
               "WHEN 'dropped' THEN gas_level IS NULL ELSE gas_level < 0 END"),
        _reference("goal_outcomes", "goal_id, case_id", "cases.goals"),
    )  # fmt: skip
    op.create_index("uq_goal_outcomes_live", "goal_outcomes", ["goal_id"], unique=True, schema="cases",
                    postgresql_where="superseded_at IS NULL")  # fmt: skip
    guard_fact("cases.goal_outcomes", figures=f"id, case_id, goal_id, status, gas_level, occurred_on, {TIMES}")


def _checks() -> None:
    _facts_table(
        "monitoring_checks",
        _column("level", sa.Integer()), _column("status"), _column("due_on", sa.Date(), nullable=True),
        _column("held_on", sa.Date(), nullable=True), _column("next_due_on", sa.Date(), nullable=True),
        _column("meeting_id", sa.Uuid(), nullable=True), _column("result", nullable=True),
        _check("monitoring_checks_status", "status IN ('held', 'missed', 'moved')"),
        _check("monitoring_checks_level", "level BETWEEN 1 AND 2"),
        _check("monitoring_checks_held_has_its_day", "(status = 'held') = (held_on IS NOT NULL)"),
        _check("monitoring_checks_unheld_was_due", "status = 'held' OR due_on IS NOT NULL"),
        _check("monitoring_checks_moved_to_a_day",
               "status <> 'moved' OR (next_due_on IS NOT NULL AND next_due_on <> due_on)"),
        _check("monitoring_checks_in_order", "status = 'moved' OR next_due_on > COALESCE(held_on, due_on)"),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_monitoring_checks_id_case_id")),
    )  # fmt: skip
    op.create_index("uq_monitoring_checks_held", "monitoring_checks", ["case_id", "held_on", "level"], unique=True,
                    schema="cases", postgresql_where="superseded_at IS NULL AND status = 'held'")  # fmt: skip
    guard_fact("cases.monitoring_checks", figures=f"id, case_id, level, status, due_on, held_on, next_due_on, {TIMES}")
    _part_table(
        "check_participants", "check_id", "cases.monitoring_checks",
        _column("component"), _column("organisation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["access.organisations.id"],
                                name=op.f("fk_check_participants_organisation_id")),
    )  # fmt: skip
    op.create_index("ix_check_participants_check_id", "check_participants", ["check_id"], schema="cases")
    guard_part("cases.check_participants", figures="id, check_id, case_id, component, organisation_id")
    _part_table(
        "goal_progress", "check_id", "cases.monitoring_checks",
        _column("goal_id", sa.Uuid()), _column("rating", sa.Integer()),
        _check("goal_progress_rating", "rating BETWEEN -2 AND 2"),
        _reference("goal_progress", "goal_id, case_id", "cases.goals"),
        sa.UniqueConstraint("check_id", "goal_id", name=op.f("uq_goal_progress_check_id_goal_id")),
    )  # fmt: skip
    guard_part("cases.goal_progress", figures="id, check_id, case_id, goal_id, rating")


def _follow_ups() -> None:
    _facts_table(
        "follow_ups",
        _column("ended_on", sa.Date()), _column("months_after", sa.Integer()), _column("occurred_on", sa.Date()),
        _column("status"), _column("instrument", nullable=True), _column("score", sa.Integer(), nullable=True),
        _check("follow_ups_status", "status IN ('held', 'untraceable', 'refused')"),
        _check("follow_ups_months_after", "months_after BETWEEN 1 AND 60"),
        _check("follow_ups_in_order", "ended_on <= occurred_on"),
        _check("follow_ups_score_has_instrument", "num_nonnulls(instrument, score) IN (0, 2)"),
        sa.UniqueConstraint("id", "case_id", name=op.f("uq_follow_ups_id_case_id")),
    )  # fmt: skip
    op.create_index("uq_follow_ups_held", "follow_ups", ["case_id", "ended_on", "months_after"], unique=True,
                    schema="cases", postgresql_where="superseded_at IS NULL AND status = 'held'")  # fmt: skip
    guard_fact(
        "cases.follow_ups",
        figures=f"id, case_id, ended_on, months_after, occurred_on, status, instrument, score, {TIMES}",
    )
    _part_table(
        "follow_up_answers", "follow_up_id", "cases.follow_ups", _column("question"), _column("answer"),
        sa.UniqueConstraint("follow_up_id", "question", name=op.f("uq_follow_up_answers_follow_up_id_question")),
    )  # fmt: skip
    guard_part("cases.follow_up_answers", figures="id, follow_up_id, case_id, question, answer")


def _observations() -> None:
    _facts_table(
        "job_outcomes",
        _column("employer"), _column("contract"), _column("weekly_hours", sa.Integer()), _column("from_on", sa.Date()),
        _column("to_on", sa.Date(), nullable=True), _column("observed_on", sa.Date()),
        _column("satisfaction", sa.Integer(), nullable=True), _column("scale", nullable=True),
        _column("judged_by", nullable=True),
        _check("job_outcomes_weekly_hours", "weekly_hours BETWEEN 1 AND 60"),
        _check("job_outcomes_in_order", "from_on <= to_on AND from_on <= observed_on"),
        _check("job_outcomes_satisfaction_is_whole", "num_nonnulls(satisfaction, scale, judged_by) IN (0, 3)"),
        _check("job_outcomes_judged_by", "judged_by IN ('beneficiary', 'operator')"),
        sa.ForeignKeyConstraint(["scale"], ["cases.judgement_scales.code"], name=op.f("fk_job_outcomes_scale")),
    )  # fmt: skip
    guard_fact("cases.job_outcomes", figures="id, case_id, contract, weekly_hours, from_on, to_on, observed_on, satisfaction, "
                                             f"scale, judged_by, {TIMES}")  # fmt: skip
    _facts_table(
        "school_statuses", _column("status"), _column("observed_on", sa.Date()),
        _check("school_statuses_status", "status IN ('attending', 'qualified', 'changed_path', 'interrupted')"),
    )  # fmt: skip
    guard_fact("cases.school_statuses", figures=f"id, case_id, status, observed_on, {TIMES}")


def _column(name: str, kind: Any = None, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Text(), nullable=nullable)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{name}"))


def _reference(table: str, columns: str, other: str) -> sa.ForeignKeyConstraint:
    """To a part of the same case: `x_id, case_id`."""
    names = columns.split(", ")
    return sa.ForeignKeyConstraint(
        names, [f"{other}.id", f"{other}.case_id"], name=op.f(f"fk_{table}_{'_'.join(names)}")
    )


def _facts_table(name: str, *parts: Any) -> None:
    op.create_table(
        name,
        *parts,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("supersede_reason", sa.Text(), nullable=True),
        *_of_a_case(name),
        schema="cases",
    )
    op.create_index(op.f(f"ix_{name}_case_id"), name, ["case_id"], unique=False, schema="cases")


def _part_table(name: str, of: str, whole: str, *parts: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(of, sa.Uuid(), nullable=False),
        *parts,
        *_of_a_case(name),
        _reference(name, f"{of}, case_id", whole),
        schema="cases",
    )
    op.create_index(op.f(f"ix_{name}_case_id"), name, ["case_id"], unique=False, schema="cases")


def _of_a_case(name: str) -> tuple[Any, ...]:
    return (
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.cases.id"], name=op.f(f"fk_{name}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
