"""The daily digest: one message a day to who has something due, in numbers and codes, found within their own sight."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from service import config
from service.actor import Actor
from service.audit.log.operations import refused
from service.config import MailServer
from service.db import Database, engine_for
from service.outbox.sending import Post, drain
from service.serving import chores
from service.types import ROME, now, today
from service.worklist.digests import MOST_CODES, Digester, queue_digests
from tests.outbox.sink import listening
from tests.worklist.clocks import days_ago, in_charge, programme, record, work
from tests.world import Client, World, ok, together

CONVENE = {"rule": "ADI_FIRST_CONVENE", "anchor": "pad_signed", "met_by": "convened"}


@pytest.fixture
def engine(fresh: World) -> Iterator[Engine]:
    """The worker's connections."""
    made = engine_for(fresh.urls.worker)
    yield made
    made.dispose()


def write_to(world: World, client: Client, address: str) -> None:
    """Give an operator an address."""
    world.write("UPDATE access.users SET email = :address WHERE id = :user", address=address, user=client.user_id)


def letters(engine: Engine) -> list[Any]:
    """What the outbox sends."""
    with listening() as sink:
        drain(engine, Post(MailServer("smtp", "127.0.0.1", sink.port, None, None), "trama@comune.example", 3))
        return sink.letters


def late(world: World, code: str, ago: int = 80, **options: Any) -> Any:
    """A case with a term; it is late if it began more than sixty days ago."""
    case = in_charge(world, code, days_ago(ago), **options)
    record(world, case, "pad_signed", days_ago(ago))
    return case


def test_each_operator_gets_numbers_rules_and_codes_of_their_own_cases(fresh: World, engine: Engine) -> None:
    code, other = programme(fresh, CONVENE), fresh.user("case_manager")
    for client, address in ((fresh.as_("case_manager"), "uno@x.example"), (other, "due@x.example"),
                            (fresh.as_("coordinator"), "capo@x.example"), (fresh.as_("dpo"), "dpo@x.example"),
                            (fresh.as_("social_worker"), "opera@x.example")):  # fmt: skip
        write_to(fresh, client, address)
    cases = [late(fresh, code), late(fresh, code, 55), late(fresh, code, manager=other)]
    assert queue_digests(fresh.database, today())
    sent = {letter["To"]: letter for letter in letters(engine)}
    assert sent.keys() == {"uno@x.example", "due@x.example", "capo@x.example"}
    assert {to: letter["Subject"] for to, letter in sent.items()} == {
        "uno@x.example": "Trama: scadenze in ritardo 1, in arrivo 1",
        "due@x.example": "Trama: scadenze in ritardo 1, in arrivo 0",
        "capo@x.example": "Trama: scadenze in ritardo 2, in arrivo 1",
    }  # fmt: skip
    codes = {item["case_id"]: item["code"] for item in work(fresh.as_("coordinator"))}
    text = sent["uno@x.example"].get_content()
    assert f"Prima convocazione dopo la firma del PAD (raccomandata): 1 ({codes[cases[0].id]})" in " ".join(
        text.split()
    )
    assert codes[cases[2].id] not in text
    assert set(codes.values()) <= set(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", sent["capo@x.example"].get_content()))


def test_a_digest_tells_of_nobody(fresh: World, engine: Engine) -> None:
    person = fresh.person(family_name="Riconoscibilissimi", given_name="Clodoveo", phone="+390371123456",
                          identifiers=[{"system": "codice_fiscale", "value": "RSSMRA85T10A562S"}])  # fmt: skip
    case = late(fresh, programme(fresh, CONVENE), person_id=person["id"])
    write_to(fresh, fresh.as_("case_manager"), "uno@x.example")
    queue_digests(fresh.database, today())
    [letter] = letters(engine)
    text = f"{letter}\n{letter.get_content()}"
    for secret in (
        "Riconoscibilissimi",
        "Clodoveo",
        "1980",
        "RSSMRA",
        "0371",
        "Bisogno di prova",
        case.id,
        person["id"],
    ):
        assert secret.lower() not in text.lower()


def test_who_has_nothing_due_gets_nothing(fresh: World, engine: Engine) -> None:
    fresh.open()
    write_to(fresh, fresh.as_("coordinator"), "capo@x.example")
    assert queue_digests(fresh.database, today())
    assert letters(engine) == []


def test_two_at_work_at_once_send_one_message_and_log_it_once(fresh: World, engine: Engine) -> None:
    manager = fresh.as_("case_manager")
    case = late(fresh, programme(fresh, CONVENE))
    write_to(fresh, manager, "uno@x.example")
    databases = [Database[Actor](engine_for(fresh.urls.runtime), refused) for _ in range(3)]
    assert together(*(lambda one=one: queue_digests(one, today()) for one in databases)) == [True] * 3
    assert queue_digests(fresh.database, today())
    for database in databases:
        database.engine.dispose()
    assert len(letters(engine)) == 1
    [event] = fresh.events(action="digest:queue")
    people = fresh.seen("SELECT person_id FROM audit.event_people WHERE event_id = :event", event=event.id)
    assert (event.user_id, [str(row.person_id) for row in people]) == (manager.user_id, [case.person_id])
    queue_digests(fresh.database, today() + timedelta(days=1))
    assert len(letters(engine)) == 1


def test_a_suspended_account_keeps_nobody_from_theirs(fresh: World, engine: Engine) -> None:
    code, other = programme(fresh, CONVENE), fresh.user("case_manager")
    late(fresh, code)
    late(fresh, code, manager=other)
    write_to(fresh, other, "due@x.example")
    write_to(fresh, fresh.as_("case_manager"), "uno@x.example")
    fresh.alter("UPDATE access.users SET is_active = false WHERE id = :user", user=other.user_id)
    assert queue_digests(fresh.database, today())
    assert [letter["To"] for letter in letters(engine)] == ["uno@x.example"]


def test_a_failure_for_one_is_told_after_everybody_else_has_theirs(fresh: World, engine: Engine) -> None:
    code, other = programme(fresh, CONVENE), fresh.user("case_manager")
    late(fresh, code)
    late(fresh, code, manager=other)
    write_to(fresh, fresh.as_("case_manager"), "non è un indirizzo")
    write_to(fresh, other, "due@x.example")
    with pytest.raises(ExceptionGroup):
        queue_digests(fresh.database, today())
    assert [letter["To"] for letter in letters(engine)] == ["due@x.example"]


def test_a_long_line_counts_the_cases_that_it_does_not_name(fresh: World, engine: Engine) -> None:
    code = programme(fresh, CONVENE)
    for _ in range(MOST_CODES + 2):
        late(fresh, code)
    write_to(fresh, fresh.as_("case_manager"), "uno@x.example")
    queue_digests(fresh.database, today())
    [letter] = letters(engine)
    assert "e altri 2)" in " ".join(letter.get_content().split())


def test_the_chore_waits_for_its_hour_and_works_once_a_day(fresh: World, engine: Engine) -> None:
    late(fresh, programme(fresh, CONVENE))
    write_to(fresh, fresh.as_("case_manager"), "uno@x.example")
    early = Digester(1, 24, fresh.urls.runtime)
    early.round(engine, lambda: False)
    assert (early.done_on, letters(engine)) == (None, [])
    chore = Digester(1, now().astimezone(ROME).hour, fresh.urls.runtime)
    chore.round(engine, lambda: True)  # the service is stopping
    assert chore.done_on is None
    chore.round(engine, lambda: False)
    assert (chore.done_on, len(letters(engine))) == (today(), 1)
    chore.round(engine, lambda: False)
    assert letters(engine) == []


def test_digests_can_be_turned_off(fresh: World) -> None:
    told = {"TRAMA_SMTP_URL": "smtp://localhost", "TRAMA_MAIL_SENDER": "trama@comune.example"}
    names = [one.name for one in chores(config.read({**told, "TRAMA_SENDS_DIGESTS": "no"}), fresh.urls)]
    assert names == ["sealer", "sender"]
    assert ok(fresh.as_("coordinator").get("/worklist"))["items"] == []
