"""What the running roles may do with each table that came after migration 0002, or that they may do more with since.

Rights as GRANT writes them. A table that is in neither list, or a right too many, fails `test_migrations`.
"""

FACT = "SELECT, INSERT, UPDATE (superseded_at, superseded_by, supersede_reason)"

DROPPED = ("budget.commitments", "budget.liquidations")
"""Tables that a later migration took away."""
GRANTS: dict[str, str] = {
    "access.my_health_cases": "SELECT",
    "access.organisation_flags": FACT,
    "budget.allocation_changes": "SELECT, INSERT",
    "budget.entries": "SELECT, INSERT",
    "budget.totals": "SELECT",
    "budget.expense_accounts": FACT,
    "cases.applications": FACT,
    "cases.attendances": FACT,
    "cases.body_involvements": FACT,
    "cases.calls": "SELECT, INSERT",
    "cases.case_people": "SELECT, INSERT, UPDATE (to_on, superseded_at, superseded_by, supersede_reason)",
    "cases.cases": "SELECT, INSERT, UPDATE (stage, stage_before, is_closed, outcome, version, service_id, "
    "programme_version)",
    "cases.check_participants": "SELECT, INSERT",
    "cases.circumstances": "SELECT, INSERT, UPDATE (to_on, superseded_at, superseded_by, supersede_reason)",
    "cases.complexities": FACT,
    "cases.contacts": "SELECT, INSERT, UPDATE (case_id, linked_at, superseded_at, superseded_by, supersede_reason)",
    "cases.convocation_outcomes": FACT,
    "cases.convocations": FACT,
    "cases.dwellings": "SELECT, INSERT, UPDATE (to_on)",
    "cases.family_involvements": FACT,
    "cases.file_contents": "SELECT, INSERT",
    "cases.files": FACT,
    "cases.follow_up_answers": "SELECT, INSERT",
    "cases.follow_ups": FACT,
    "cases.goal_outcomes": FACT,
    "cases.goal_progress": "SELECT, INSERT",
    "cases.hires": FACT,
    "cases.housing_stays": "SELECT, INSERT, UPDATE (to_on, left_at, superseded_at, superseded_by, supersede_reason)",
    "cases.instrument_results": FACT,
    "cases.instruments": "SELECT",
    "cases.intervention_parties": "SELECT, INSERT",
    "cases.job_outcomes": FACT,
    "cases.meeting_attendances": "SELECT, INSERT, DELETE",
    "cases.meetings": "SELECT, INSERT, UPDATE (kind, held_on, mode, place, discussed_version_id, person_present, "
    "family_present, person_view, unheard_reason, decisions, narrative, version, closed_on, "
    "closed_at, content_hash, superseded_at, superseded_by, supersede_reason)",
    "cases.monitoring_checks": FACT,
    "cases.placement_activations": FACT,
    "cases.placement_ends": FACT,
    "cases.preliminary_analyses": FACT,
    "cases.presentations": "SELECT, INSERT, UPDATE (gepi_recorded_on, superseded_at, superseded_by, supersede_reason)",
    "cases.prints": "SELECT, INSERT",
    "cases.project_commitments": "SELECT, INSERT, DELETE",
    "cases.project_responsibles": "SELECT, INSERT, DELETE",
    "cases.project_versions": "SELECT, INSERT, UPDATE (status, version, changed_by, approved_on, approved_by, "
    "content_hash, signed_on, signed_at, revoked_on, revoked_at, revoked_by, "
    "revoke_reason, preferences, preferences_missing_reason, review_months, check_method, "
    "next_check_on, ends_on, family_involvement, is_family_possible, accommodations, "
    "accessible_formats)",
    "cases.protected_discharges": FACT,
    "cases.ranking_places": "SELECT, INSERT",
    "cases.rankings": "SELECT, INSERT",
    "cases.school_statuses": FACT,
    "cases.transfers": "SELECT, INSERT, UPDATE (decision, decided_on, decided_by, decision_reason, superseded_at, "
    "superseded_by, supersede_reason)",
    "cases.work_placements": FACT,
    "identity.guardians": "SELECT, INSERT, UPDATE (to_on, superseded_at, superseded_by, supersede_reason)",
    "identity.identifiers": "SELECT, INSERT, UPDATE (valid_to, superseded_at, superseded_by, supersede_reason)",
    "outbox.messages": "INSERT (id, kind, recipient, subject, body, dedupe_key)",
    "people.household_members": "SELECT, INSERT, UPDATE (to_on, superseded_at, superseded_by, supersede_reason)",
    "people.households": "SELECT, INSERT",
    "people.merges": FACT,
    "people.protections": FACT,
    "people.residences": FACT,
    "worklist.calendar_feeds": "SELECT, INSERT, UPDATE (revoked_at)",
    "budget.statements": "SELECT, INSERT",
    "budget.statement_approvals": "SELECT, INSERT",
}
WORKER_GRANTS: dict[str, str] = {
    "outbox.messages": "SELECT, UPDATE (next_attempt_at, attempts, last_error, sent_at, dead_at)",
}
