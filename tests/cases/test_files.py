"""The files of a case: described, sent once, seen by whom they are for, withdrawn with a reason."""

import gc
import tracemalloc
from datetime import date
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from service.actor import UserCaller
from service.cases.files import operations
from service.cases.files.rules import media_types
from service.cases.records.operations import locked_case
from service.config import settings
from tests.world import PDF, Client, Opened, World, ok, refused, together

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(20)
TIFF = b"II\x2a\x00\x08\x00\x00\x00" + bytes(20)
P7M = b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0" + bytes(20)
P7M_BER = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + bytes(20)
KEPT = {
    "scansione.pdf": ("application/pdf", PDF), "foto.PNG": ("image/png", PNG), "foto.jpeg": ("image/jpeg", JPEG),
    "foto.jpg": ("image/jpeg", JPEG), "fax.tif": ("image/tiff", TIFF),
    "fax.tiff": ("image/tiff", TIFF.replace(b"II\x2a\x00", b"MM\x00\x2a")),
    "patto firmato.pdf.p7m": ("application/pkcs7-mime", P7M), "atto.p7m": ("application/pkcs7-mime", P7M_BER),
}  # fmt: skip
DISGUISED = {
    "a page": b"<!DOCTYPE html><script>alert(1)</script>", "an archive": b"PK\x03\x04" + bytes(30),
    "a program": b"MZ\x90\x00" + bytes(60), "an image": PNG, "a pdf after something else": b"MZ" + PDF, "one byte": b"%",
}  # fmt: skip


def path(case: Opened, file: Any, end: str = "") -> str:
    """Where a file is."""
    return f"/cases/{case.id}/files/{file['id']}{end}"


def sent(world: World, case: Opened, by: str = "social_worker", *, content: bytes = PDF, **values: Any) -> Any:
    """A file that came."""
    file = world.file(case, by, content=content, **values)
    return ok(world.as_(by).put(path(case, file, "/content"), content, file["media_type"]))


def describe(world: World, case: Opened, **values: Any) -> Any:
    """The answer to the description of a file."""
    body = {"file_name": "a.pdf", "kind": "minutes", "media_type": "application/pdf", "size": len(PDF), "right": "case",
            "sha256": sha256(PDF).hexdigest(), "occurred_on": "2023-02-01", **values}  # fmt: skip
    return world.as_("social_worker").post(f"/cases/{case.id}/files", body)


def on_the_team(world: World, case: Opened, *, role: str = "other", component: str = "social", at: str = "") -> Client:
    """Another operator of the team."""
    member = world.user("provider_operator" if role == "provider" else "team_member", at=at or world.service)
    body = {"user_id": str(member.user_id), "organisation_id": at or world.service, "role": role, "component": component,
            "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    return member


@pytest.mark.parametrize("name", KEPT)
def test_a_file_is_described_then_sent_then_read_as_it_was(world: World, name: str) -> None:
    case, (media_type, content) = world.in_charge(), KEPT[name]
    described = world.file(case, file_name=name, media_type=media_type, content=content)
    assert (described["status"], described["size"]) == ("awaited", len(content))
    reader = world.as_("case_manager")
    refused(reader.get(path(case, described, "/content")), 404, "content_is_absent")
    kept = ok(world.as_("social_worker").put(path(case, described, "/content"), content, media_type))
    assert kept == described | {"status": "kept"} == ok(reader.get(path(case, described)))
    answer = reader.get(path(case, described, "/content"))
    assert (ok(answer), answer.mimetype) == (content, media_type)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ok(reader.get(f"/cases/{case.id}/files"))["items"] == [kept]


@pytest.mark.parametrize("content", DISGUISED.values(), ids=DISGUISED)
def test_another_type_in_disguise_is_refused(world: World, content: bytes) -> None:
    case = world.in_charge()
    file = world.file(case, content=content)
    refused(world.as_("social_worker").put(path(case, file, "/content"), content), 422, "content_is_of_another_type")
    assert ok(world.as_("social_worker").get(path(case, file)))["status"] == "awaited"


@given(content=st.binary(max_size=64))
def test_a_type_is_told_by_its_first_bytes_and_no_content_is_of_two(content: bytes) -> None:
    assert sum(one.fits(content) for one in media_types().values()) <= 1
    for _, known in KEPT.values():
        [name] = {one.name for one in media_types().values() if one.fits(known + content)}
        assert name in {media_type for media_type, same in KEPT.values() if same == known}


@pytest.mark.parametrize(
    ("content", "code"),
    [(PDF + b" ", "content_is_not_as_described"), (PDF[:-1], "content_is_not_as_described"),
     (PDF[:-1] + b"!", "content_is_not_as_described"), (b"", "content_is_not_as_described")],
    ids=["longer", "shorter", "changed", "nothing"],
)  # fmt: skip
def test_other_bytes_than_those_described_are_refused(world: World, content: bytes, code: str) -> None:
    case = world.in_charge()
    file = world.file(case)
    refused(world.as_("social_worker").put(path(case, file, "/content"), content), 422, code)
    assert world.seen("SELECT count(*) FROM cases.file_contents WHERE file_id = :id", id=file["id"])[0][0] == 0


@pytest.mark.parametrize("media_type", ["image/png", "application/json", "text/html", ""])
def test_another_media_type_than_described_is_refused(world: World, media_type: str) -> None:
    case = world.in_charge()
    file = world.file(case)
    answer = world.as_("social_worker").put(path(case, file, "/content"), PDF, media_type)
    assert "application/pdf" in refused(answer, 415, "media_type_is_unsupported")["detail"]


def test_an_upload_that_breaks_off_keeps_nothing(world: World) -> None:
    case = world.in_charge()
    file, worker = world.file(case), world.as_("social_worker")
    answer = worker.request("PUT", path(case, file, "/content"), headers={"Content-Type": "application/pdf"},
                            environ_overrides={"wsgi.input": BytesIO(PDF[:10]), "CONTENT_LENGTH": str(len(PDF))})  # fmt: skip
    refused(answer, 400, "request_is_malformed")
    assert ok(worker.get(path(case, file)))["status"] == "awaited"


def test_a_content_over_the_size_of_a_file_is_refused_unread(world: World) -> None:
    case = world.in_charge()
    file, worker, most = world.file(case), world.as_("social_worker"), settings().largest_file_bytes

    class Unread(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

    answer = worker.request("PUT", path(case, file, "/content"), headers={"Content-Type": "application/pdf"},
                            environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(most + 1)})  # fmt: skip
    refused(answer, 413, "body_is_too_large")
    assert told(describe(world, case, size=most + 1)) == [("#/size", "number_out_of_range")]


def test_a_body_of_json_stays_within_a_million_bytes(world: World) -> None:
    case = world.in_charge()
    refused(describe(world, case, file_name="x" * 1_000_001 + ".pdf"), 413, "body_is_too_large")


def told(answer: Any) -> list[tuple[str, str]]:
    """Places and codes of what is wrong."""
    refused(answer, 422, "request_is_invalid")
    return [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"file_name": "../../etc/passwd.pdf"}, ("#/file_name", "file_name_is_invalid")),
        ({"file_name": "C:\\atto.pdf"}, ("#/file_name", "file_name_is_invalid")),
        ({"file_name": "a\nb.pdf"}, ("#/file_name", "file_name_is_invalid")),
        ({"file_name": "atto\u202efdp.exe"}, ("#/file_name", "file_name_is_invalid")),
        ({"file_name": "atto.pdf.exe"}, ("#/file_name", "name_is_of_another_type")),
        ({"file_name": "atto"}, ("#/file_name", "name_is_of_another_type")),
        ({"media_type": "text/html", "file_name": "a.html"}, ("#/media_type", "value_is_unknown")),
        ({"media_type": "image/svg+xml", "file_name": "a.svg"}, ("#/media_type", "value_is_unknown")),
        ({"kind": "holiday"}, ("#/kind", "value_is_unknown")),
        ({"right": "everybody"}, ("#/right", "value_is_unknown")),
        ({"size": 0}, ("#/size", "number_out_of_range")),
        ({"sha256": "AB" * 32}, ("#/sha256", "hash_is_invalid")),
        ({"sha256": "ab" * 31}, ("#/sha256", "hash_is_invalid")),
        ({"occurred_on": "2999-01-01"}, ("#/occurred_on", "date_is_in_the_future")),
    ],
)  # fmt: skip
def test_a_description_that_is_wrong_is_refused_with_the_place(
    world: World, values: dict[str, Any], wrong: tuple[str, str]
) -> None:
    assert told(describe(world, world.in_charge(), **values)) == [wrong]


def test_a_name_with_accents_quotes_and_spaces_comes_back_whole(world: World) -> None:
    case = world.in_charge()
    file = sent(world, case, file_name='Verbale "finale" è già qui; x=1.pdf')
    disposition = world.as_("case_manager").get(path(case, file, "/content")).headers["Content-Disposition"]
    assert disposition.isascii()
    assert "filename*=UTF-8''Verbale%20%22finale%22%20%C3%A8%20gi%C3%A0%20qui%3B%20x%3D1.pdf" in disposition


def test_the_same_bytes_twice_are_kept_once(world: World) -> None:
    case = world.in_charge()
    file = sent(world, case)
    assert ok(world.as_("social_worker").put(path(case, file, "/content"), PDF)) == file
    refused(
        world.as_("social_worker").put(path(case, file, "/content"), PDF + b" "), 422, "content_is_not_as_described"
    )
    assert world.seen("SELECT count(*) FROM cases.file_contents WHERE file_id = :id", id=file["id"])[0][0] == 1


def test_two_who_send_at_once_keep_it_once(fresh: World) -> None:
    case, worker = fresh.in_charge(), fresh.as_("social_worker")
    for _ in range(5):
        file = fresh.file(case)
        answers = together(*[partial(worker.again().put, path(case, file, "/content"), PDF) for _ in range(4)])
        assert [ok(answer)["status"] for answer in answers] == ["kept"] * 4
        assert fresh.seen("SELECT count(*) FROM cases.file_contents WHERE file_id = :id", id=file["id"])[0][0] == 1


def test_a_withdrawal_and_an_upload_at_once_leave_nothing_served(fresh: World) -> None:
    case, worker = fresh.in_charge(), fresh.as_("social_worker")
    for _ in range(5):
        file = fresh.file(case)
        put, withdrawn = together(
            partial(worker.again().put, path(case, file, "/content"), PDF),
            partial(worker.again().post, path(case, file, "/withdrawal"), {"reason": "Errore"}),
        )
        assert (put.status_code, withdrawn.status_code) in ((200, 200), (409, 200))
        refused(worker.get(path(case, file, "/content")), 404, "content_is_absent")


def test_bytes_are_encrypted_at_rest(world: World) -> None:
    case = world.in_charge()
    file = sent(world, case, content=PDF + b"parola-segreta")
    [row] = world.seen("SELECT content FROM cases.file_contents WHERE file_id = :id", id=file["id"])
    assert b"parola-segreta" not in bytes(row.content)
    assert b"%PDF" not in bytes(row.content)
    assert len(bytes(row.content)) == file["size"] + 12 + 16


def test_what_was_erased_is_no_longer_served_and_stays_described(world: World) -> None:
    case = world.in_charge()
    file = sent(world, case)
    world.alter("UPDATE cases.file_contents SET content = NULL WHERE file_id = :id", id=file["id"])
    assert ok(world.as_("case_manager").get(path(case, file))) == file | {"status": "erased"}
    refused(world.as_("case_manager").get(path(case, file, "/content")), 404, "content_is_absent")


def test_a_file_withdrawn_is_not_listed_nor_served_and_its_description_stays(world: World) -> None:
    case = world.in_charge()
    file, worker = sent(world, case), world.as_("social_worker")
    withdrawn = ok(worker.post(path(case, file, "/withdrawal"), {"reason": "Di un'altra persona"}))
    assert withdrawn == file | {"status": "withdrawn"} == ok(worker.get(path(case, file)))
    assert ok(worker.get(f"/cases/{case.id}/files"))["items"] == []
    refused(worker.get(path(case, file, "/content")), 404, "content_is_absent")
    refused(worker.post(path(case, file, "/withdrawal"), {"reason": "Ancora"}), 409, "fact_is_superseded")
    refused(worker.put(path(case, file, "/content"), PDF), 409, "fact_is_superseded")


def test_a_file_is_withdrawn_by_who_recorded_it_or_who_answers_for_the_case(world: World) -> None:
    case = world.in_charge()
    member = on_the_team(world, case)
    for allowed in (world.as_("social_worker"), world.as_("case_manager"), world.as_("coordinator")):
        file = sent(world, case)
        refused(member.post(path(case, file, "/withdrawal"), {"reason": "Errore"}), 403, "file_is_of_another")
        ok(allowed.post(path(case, file, "/withdrawal"), {"reason": "Errore"}))


def test_a_closed_case_takes_no_new_file(world: World) -> None:
    case = world.started()
    awaited, kept = world.file(case), sent(world, case)
    for judge in ("beneficiary", "operators"):
        world.evaluation(case, judge, 4)
    world.close(case)
    refused(describe(world, case), 409, "case_is_closed")
    assert ok(world.as_("social_worker").put(path(case, awaited, "/content"), PDF))["status"] == "kept"
    assert ok(world.as_("social_worker").get(path(case, kept, "/content"))) == PDF


SEEN = {
    # right: who of author, clinical member, other member, case manager, coordinator
    "case": (True, True, True, True, True), "clinical": (True, True, False, False, True),
    "manager": (True, False, False, True, True), "author": (True, False, False, False, False),
}  # fmt: skip


@pytest.mark.parametrize("right", SEEN)
def test_a_file_is_seen_by_whom_it_is_for_and_to_others_does_not_exist(world: World, right: str) -> None:
    case = world.in_charge()
    file, other = sent(world, case, right=right), sent(world, case, right="case")
    readers = (world.as_("social_worker"), on_the_team(world, case, component="clinical"), on_the_team(world, case),
               world.as_("case_manager"), world.as_("coordinator"))  # fmt: skip
    for reader, sees in zip(readers, SEEN[right], strict=True):
        listed = [one["id"] for one in ok(reader.get(f"/cases/{case.id}/files"))["items"]]
        assert listed == [other["id"], file["id"]] if sees else [other["id"]]
        for end in ("", "/content"):
            if sees:
                ok(reader.get(path(case, file, end)))
            else:
                hidden, missing = reader.get(path(case, file, end)), reader.get(path(case, {"id": case.id}, end))
                refused(hidden, 404, "fact_is_unknown")
                assert hidden.get_json() == missing.get_json()
        with create_engine(world.urls.runtime).connect() as connection:
            connection.execute(text("SELECT access.enter(:user, NULL)"), {"user": reader.user_id})
            for table, column in (("files", "id"), ("file_contents", "file_id")):
                found = set(connection.scalars(text(f"SELECT {column} FROM cases.{table} WHERE case_id = :case"),
                                               {"case": case.id}))  # fmt: skip
                assert found == {UUID(other["id"]), *({UUID(file["id"])} if sees else set())}


def test_a_providers_operator_sees_none_whatever_their_component(world: World) -> None:
    case = world.in_charge()
    files = [sent(world, case, right=right) for right in SEEN]
    operator = on_the_team(world, case, role="provider", component="clinical", at=world.cooperative)
    assert ok(operator.get(f"/cases/{case.id}/files"))["items"] == []
    for file in files:
        for end in ("", "/content"):
            refused(operator.get(path(case, file, end)), 404, "fact_is_unknown")


def test_a_clinical_part_as_provider_opens_no_clinical_file_to_a_member(world: World) -> None:
    case = world.in_charge()
    file, member = sent(world, case, right="clinical"), on_the_team(world, case)
    world.alter("INSERT INTO access.role_assignments (id, user_id, organisation_id, role) "
                "VALUES (gen_random_uuid(), :user, :body, 'provider_operator')",
                user=member.user_id, body=world.cooperative)  # fmt: skip
    body = {"user_id": str(member.user_id), "organisation_id": world.cooperative, "role": "provider",
            "component": "clinical", "from_on": "2023-01-14"}  # fmt: skip
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team", body))
    refused(member.get(path(case, file, "/content")), 404, "fact_is_unknown")


def test_who_leaves_the_team_loses_even_their_own_files(world: World) -> None:
    case = world.in_charge()
    member = on_the_team(world, case, component="clinical")
    body = {"file_name": "a.pdf", "kind": "report", "media_type": "application/pdf", "size": len(PDF), "right": "author",
            "sha256": sha256(PDF).hexdigest(), "occurred_on": "2023-02-01"}  # fmt: skip
    file = ok(member.post(f"/cases/{case.id}/files", body))
    [row] = world.seen("SELECT id FROM cases.team_members WHERE user_id = :user", user=member.user_id)
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{row.id}/departure", {"to_on": "2023-03-01"}))
    refused(member.get(path(case, file)), 404, "fact_is_unknown")


def test_a_file_of_another_case_is_not_found_here(world: World) -> None:
    case, other = world.in_charge(), world.in_charge()
    file, worker = sent(world, other), world.as_("social_worker")
    for answer in (worker.get(path(case, file)), worker.get(path(case, file, "/content")),
                   worker.put(path(case, file, "/content"), PDF),
                   worker.post(path(case, file, "/withdrawal"), {"reason": "Errore"})):  # fmt: skip
        refused(answer, 404, "fact_is_unknown")


def test_a_download_is_on_the_log_with_the_file_and_the_person(world: World) -> None:
    case = world.in_charge()
    file = sent(world, case)
    ok(world.as_("coordinator").get(path(case, file, "/content")))
    event = world.events(action="content:show", case_id=case.id)[-1]
    assert (event.outcome, str(event.resource_id), event.user_id) == (
        "shown",
        file["id"],
        world.as_("coordinator").user_id,
    )
    people = world.seen("SELECT person_id FROM audit.event_people WHERE event_id = :id", id=event.id)
    assert [str(row.person_id) for row in people] == [case.person_id]


def test_a_repeated_description_makes_one_file(world: World) -> None:
    case, worker = world.in_charge(), world.as_("social_worker")
    body = {"file_name": "a.pdf", "kind": "minutes", "media_type": "application/pdf", "size": len(PDF), "right": "case",
            "sha256": sha256(PDF).hexdigest(), "occurred_on": "2023-02-01"}  # fmt: skip
    first, again = (ok(worker.post(f"/cases/{case.id}/files", body, key="una-volta")) for _ in range(2))
    assert first == again
    assert len(ok(worker.get(f"/cases/{case.id}/files"))["items"]) == 1


def test_files_are_listed_page_by_page(world: World) -> None:
    case, worker = world.in_charge(), world.as_("social_worker")
    made = [world.file(case)["id"] for _ in range(5)]
    found, cursor = [], ""
    for _ in range(3):
        page = ok(worker.get(f"/cases/{case.id}/files?limit=2{cursor}"))
        found += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (found, page["next_cursor"]) == (made[::-1], None)


def test_the_service_keeps_a_file_that_it_made_in_the_act_that_made_it(world: World) -> None:
    case, coordinator = world.in_charge(), world.as_("coordinator")
    with world.database.transaction(UserCaller(UUID(str(coordinator.user_id)))) as (session, actor):
        file = operations.keep(session, actor, locked_case(session, actor, "files:keep", UUID(case.id)), name="progetto.pdf",
                               kind="printed_project", media_type="application/pdf", content=PDF, right="case",
                               occurred_on=date(2023, 2, 1))  # fmt: skip
        assert (file.sha256, file.occurred_on) == (sha256(PDF).digest(), date(2023, 2, 1))
    refused(world.as_("case_manager").get(path(case, {"id": file.id}, "/content")), 404, "file_is_of_the_service")


def test_direct_sql_records_no_file_on_a_case_out_of_sight(world: World) -> None:
    case, stranger = world.in_charge(), world.user("coordinator", at=world.other_service)
    insert = """INSERT INTO cases.files
            (id, case_id, file_name, kind, media_type, size, sha256, "right", occurred_on, recorded_by)
        VALUES (gen_random_uuid(), :case, 'a.pdf', 'other', 'application/pdf', 1, sha256(''), 'case', '2023-01-01', :user)"""
    with create_engine(world.urls.runtime).connect() as connection:
        connection.execute(text("SELECT access.enter(:user, NULL)"), {"user": stranger.user_id})
        with pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(text(insert), {"case": case.id, "user": stranger.user_id})


def test_memory_is_not_multiplied_by_a_large_file(world: World) -> None:
    case, size = world.in_charge(), settings().largest_file_bytes
    content = PDF + bytes(size - len(PDF))
    file, worker = world.file(case, content=content), world.as_("social_worker")
    peaks = []
    for act in (
        lambda: worker.put(path(case, file, "/content"), content),
        lambda: worker.get(path(case, file, "/content")),
    ):
        gc.collect()
        tracemalloc.start()
        ok(act())
        peaks.append(tracemalloc.get_traced_memory()[1] / size)
        tracemalloc.stop()
    assert max(peaks) < 4, peaks
