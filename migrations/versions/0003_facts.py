"""Facts: what measures may read, views of coded columns without identities

Each row carries `occurred_on` (or `from_on`), `recorded_at` and `superseded_at`, so that a figure can be asked `on` a
date as it was `known_at` another. The views run with the rights of who asks (`security_invoker`).
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

VIEWS = {
    "cases": """
        SELECT c.id AS case_id, c.person_id, c.programme, c.recorded_at, NULL::timestamptz AS superseded_at
        FROM cases.cases c""",
    "milestones": """
        SELECT c.id AS case_id, c.person_id, c.programme, m.kind, m.occurred_on, m.recorded_at, m.superseded_at
        FROM cases.milestones m JOIN cases.cases c ON c.id = m.case_id""",
    # A body other than the responsible service: foreseen where a signed version names its support, actual where it acted.
    "body_involvements": """
        SELECT c.id AS case_id, c.person_id, c.programme, 'foreseen' AS stage, s.organisation_id,
               v.signed_on AS occurred_on, v.signed_at AS recorded_at, NULL::timestamptz AS superseded_at
        FROM cases.supports s JOIN cases.project_versions v ON v.id = s.version_id JOIN cases.cases c ON c.id = v.case_id
        WHERE v.signed_on IS NOT NULL AND s.organisation_id <> c.service_id
        UNION ALL
        SELECT c.id, c.person_id, c.programme, 'actual', i.organisation_id, i.occurred_on, i.recorded_at, i.superseded_at
        FROM cases.interventions i JOIN cases.cases c ON c.id = i.case_id WHERE i.organisation_id <> c.service_id""",
    "pathways": """
        SELECT p.id AS pathway_id, c.id AS case_id, c.person_id, c.programme, p.kind, p.from_on AS occurred_on,
               p.recorded_at, p.superseded_at
        FROM cases.pathways p JOIN cases.cases c ON c.id = p.case_id""",
    "pathway_ends": """
        SELECT e.pathway_id, c.id AS case_id, c.person_id, c.programme, e.end_code, e.ended_on AS occurred_on,
               e.recorded_at, e.superseded_at
        FROM cases.pathway_ends e JOIN cases.cases c ON c.id = e.case_id""",
    "evaluations": """
        SELECT e.pathway_id, c.id AS case_id, c.person_id, c.programme, e.judge, e.value >= s.positive_from AS is_positive,
               e.is_final, e.occurred_on, e.recorded_at, e.superseded_at
        FROM cases.evaluations e JOIN cases.cases c ON c.id = e.case_id JOIN cases.judgement_scales s ON s.code = e.scale""",
    "family_exits": """
        SELECT c.id AS case_id, c.person_id, c.programme, f.destination, f.is_temporary, f.returned_on, f.occurred_on,
               f.recorded_at, f.superseded_at
        FROM cases.family_exits f JOIN cases.cases c ON c.id = f.case_id""",
    # A line that the person or the family pays is a contribution, from the day on which it entered the budget.
    "budget_participations": """
        SELECT c.id AS case_id, c.person_id, c.programme, p.who, p.built, p.contributed, p.managed, p.occurred_on,
               p.recorded_at, p.superseded_at
        FROM budget.participations p JOIN cases.cases c ON c.id = p.case_id
        UNION ALL
        SELECT c.id, c.person_id, c.programme, l.source, false, true, false,
               (l.recorded_at AT TIME ZONE 'Europe/Rome')::date, l.recorded_at, l.superseded_at
        FROM budget.lines l JOIN cases.cases c ON c.id = l.case_id WHERE l.source IN ('person', 'family')""",
    "liquidations": """
        SELECT c.id AS case_id, c.person_id, c.programme, f.code AS fund, l.amount, l.occurred_on, l.recorded_at,
               NULL::timestamptz AS superseded_at
        FROM budget.liquidations l JOIN budget.commitments k ON k.id = l.commitment_id
        JOIN budget.allocations a ON a.id = k.allocation_id JOIN budget.funds f ON f.id = a.fund_id
        JOIN cases.cases c ON c.id = l.case_id""",
}


def upgrade() -> None:
    """Make the views and show them to the figures role alone."""
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW facts.{name} WITH (security_invoker = true) AS {query}")
        op.execute(f"GRANT SELECT ON facts.{name} TO trama_figures")


def downgrade() -> None:
    """Drop the views."""
    for name in VIEWS:
        op.execute(f"DROP VIEW facts.{name}")
