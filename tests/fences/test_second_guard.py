"""What the database refuses by itself to the runtime role, whatever the code above it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from psycopg import errors
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.world import Client, World, ok


@contextmanager
def runtime(world: World, client: Client) -> Iterator[Connection]:
    """A connection of the runtime role, in the scope of an operator; undone at the end."""
    engine = create_engine(world.urls.runtime)
    with engine.connect() as connection:
        connection.execute(text("SELECT access.enter(:user, NULL)"), {"user": client.user_id})
        yield connection
    engine.dispose()


def refused_by(connection: Connection, statement: str, **values: object) -> type[Exception]:
    """The kind of error with which PostgreSQL refuses a statement."""
    with pytest.raises(DBAPIError) as caught:
        connection.execute(text(statement), values)
    assert caught.value.orig is not None
    return type(caught.value.orig)


def test_nobody_is_added_to_an_event_that_is_told(world: World) -> None:
    world.open()
    event = world.events(action="case:open")[-1]
    with runtime(world, world.as_("social_worker")) as connection:
        refusal = refused_by(connection, "INSERT INTO audit.event_people (event_id, person_id) VALUES (:event, :person)",
                             event=event.id, person=uuid4())  # fmt: skip
    assert issubclass(refusal, errors.IntegrityConstraintViolation)


def test_a_goal_is_not_slipped_into_a_frozen_version_nor_into_another_case(world: World) -> None:
    mine, signed = world.drafted(), world.signed()
    version = world.seen("SELECT id FROM cases.project_versions WHERE case_id = :case", case=signed.id)[0].id
    goal = """INSERT INTO cases.goals (id, version_id, case_id, position, life_domain, wording)
              VALUES (gen_random_uuid(), :version, :case, 9, 'casa', 'Nascosto')"""
    for case_id in (mine.id, signed.id):
        with runtime(world, world.as_("social_worker")) as connection:
            assert issubclass(refused_by(connection, goal, version=version, case=case_id), errors.IntegrityError)


def test_a_signed_version_does_not_go_back(world: World) -> None:
    case = world.signed()
    for change in ("status = 'approved'", "signed_on = '2020-01-01'", "changed_by = '{}' , preferences = 'Altro'"):
        with runtime(world, world.as_("social_worker")) as connection:
            statement = f"UPDATE cases.project_versions SET {change} WHERE case_id = :case"
            assert issubclass(refused_by(connection, statement, case=case.id), errors.IntegrityConstraintViolation)


def test_history_is_written_by_the_clock(world: World) -> None:
    case = world.started()
    with runtime(world, world.as_("case_manager")) as connection:
        backdated = """
            INSERT INTO cases.family_exits (id, case_id, occurred_on, destination, is_temporary, recorded_by, recorded_at,
                                            superseded_at)
            VALUES (gen_random_uuid(), :case, '2023-05-01', 'cohousing', false, gen_random_uuid(), '2020-01-01',
                    '2020-01-02')
            RETURNING id, recorded_at = now() AS is_now, superseded_at IS NULL AS is_live"""
        made = connection.execute(text(backdated), {"case": case.id}).one()
        assert (made.is_now, made.is_live) == (True, True)
        withdrawn = "UPDATE cases.family_exits SET superseded_at = :at WHERE id = :id RETURNING superseded_at = now()"
        assert connection.scalar(text(withdrawn), {"id": made.id, "at": "2020-01-01"})
        again = refused_by(connection, "UPDATE cases.family_exits SET superseded_at = NULL WHERE id = :id", id=made.id)
        assert issubclass(again, errors.IntegrityConstraintViolation)


def test_who_builds_a_budget_commits_nothing_even_by_sql(world: World) -> None:
    case = world.started()
    fund = ok(world.user("accounting_officer").post("/funds", {"code": f"F{uuid4().hex[:8]}", "name": "Fondo"}))
    money = {"amount": "100.00", "currency": "EUR"}
    allocation = ok(world.user("accounting_officer").post(
        f"/funds/{fund['id']}/allocations",
        {"year": 2023, "amount": money, "act": "Atto", "occurred_on": "2023-01-02"}, key=uuid4().hex))  # fmt: skip
    line = {
        "resource_kind": "economic",
        "source": "fund",
        "allocation_id": allocation["id"],
        "description": "Voce",
        "cost": money,
    }
    made = ok(world.as_("case_manager").post(f"/cases/{case.id}/budget/lines", line, key=uuid4().hex))
    commitment = """INSERT INTO budget.entries (id, kind, line_id, allocation_id, case_id, amount, used, reversed, act,
                    occurred_on, recorded_by) VALUES (gen_random_uuid(), 'commitment', :line, :allocation, :case, 10, 0, 0,
                    'Atto', '2023-03-01', :user)"""
    client = world.as_("case_manager")
    with runtime(world, client) as connection:
        refusal = refused_by(
            connection, commitment, line=made["id"], allocation=allocation["id"], case=case.id, user=client.user_id
        )
    assert issubclass(refusal, errors.InsufficientPrivilege)


def test_a_case_changes_service_by_an_accepted_transfer_and_in_no_other_way(world: World) -> None:
    case = world.started()
    with runtime(world, world.as_("coordinator")) as connection:
        refusal = refused_by(connection, "UPDATE cases.cases SET service_id = :service WHERE id = :case",
                             service=world.other_service, case=case.id)  # fmt: skip
    assert issubclass(refusal, errors.IntegrityConstraintViolation)
