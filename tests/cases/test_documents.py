"""The document of a project over HTTP: made of what is there, kept at approval, read by who may read the case."""

from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from service.budget.lines.schemas import SOURCES
from service.cases.printing.labels import labels
from service.cases.programmes.schemas import SIGNERS
from service.cases.projects.rules import FIELDS
from service.cases.projects.schemas import COMMITTED, FAMILY, FORMATS, FREQUENCIES, STATUSES, UNITS
from service.cases.teams.schemas import MEMBER_ROLES
from tests.cases.ruled import approve, post
from tests.world import Opened, World, ok, refused


def document(world: World, case: Opened, by: str = "case_manager", *, number: int = 1, **query: str) -> TestResponse:
    """The answer."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return world.as_(by).get(f"/cases/{case.id}/projects/{number}/document{'?' if asked else ''}{asked}")


def text_of(answer: TestResponse) -> str:
    """What a PDF or a page says."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    if answer.mimetype == "text/html":
        return answer.get_data(as_text=True)
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)


def full(world: World) -> Opened:
    """A draft with something of everything."""
    case = world.drafted()
    members = ok(world.as_("coordinator").get(f"/cases/{case.id}/team"))["items"]
    [manager] = [one["id"] for one in members if one["role"] == "case_manager"]
    [goal] = ok(world.as_("coordinator").get(f"/cases/{case.id}/projects/1"))["goals"]
    goal |= {"gas_levels": ["peggio", "uguale", "meglio", "bene", "benissimo"], "responsible_id": manager}
    changes = {
        "goals": [goal], "check_method": "Colloquio in sede", "next_check_on": "2023-04-30",
        "supports": [{"kind": "educativo", "organisation_id": world.cooperative, "quantity": "4.50", "unit": "ore",
                      "frequency": "settimanale", "from_on": "2023-02-01", "to_on": "2023-12-31", "goal_key": goal["key"],
                      "description": "Compiti del pomeriggio"}],
        "commitments": [{"who": "person", "what": "Andare ai colloqui", "is_conditional": True},
                        {"who": "team_member", "team_member_id": manager, "what": "Convocare l'équipe"}],
        "responsibles": [{"team_member_id": manager, "role": "referente", "task": "Cura l'insieme", "is_referent": True}],
    }  # fmt: skip
    ok(_change(world, case, changes))
    world.line(case, cost={"amount": "1234.50", "currency": "EUR"}, description="Educativa di gruppo")
    return case


def _change(world: World, case: Opened, changes: dict[str, Any]) -> TestResponse:
    answer = world.as_("social_worker").patch(f"/cases/{case.id}/projects/1", changes, version=case.project_version)
    case.project_version = answer.get_json()["version"]
    return answer


@pytest.mark.parametrize("layout", ["full", "plain"])
@pytest.mark.parametrize("form", ["pdf", "html"])
def test_a_document_says_what_the_project_says(world: World, layout: str, form: str) -> None:
    said = " ".join(text_of(document(world, full(world), layout=layout, format=form)).split())
    person = "Persona"
    expected = [person, "Inventati", "Voglio lavorare", "Preferisce il mattino", "Compiti del pomeriggio", "Cooperativa",
                "4,5 ore, ogni settimana", "Andare ai colloqui", "Colloquio in sede", "1.234,50", "Volontari",
                "Operatore Inventato"]  # fmt: skip
    expected += ["Educativa di gruppo", "benissimo", "case manager"] if layout == "full" else ["Il mio progetto"]
    assert [words for words in expected if words not in said.replace("\xa0", " ")] == []


def test_a_document_is_a_file_that_names_nobody_in_its_name(world: World) -> None:
    case = world.drafted()
    for query, name, media_type, begins in (
        ({}, "progetto-v1.pdf", "application/pdf", b"%PDF-1."),
        ({"layout": "plain"}, "progetto-v1-facile.pdf", "application/pdf", b"%PDF-1."),
        ({"format": "html"}, "progetto-v1.html", "text/html", b"<!DOCTYPE html>"),
    ):
        answer = document(world, case, **query)
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        assert name in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.data.startswith(begins)


def test_a_draft_is_printed_as_it_stands(world: World) -> None:
    case = world.drafted()
    assert "BOZZA" in text_of(document(world, case))
    _change(world, case, {"preferences": "Preferisce la sera"})
    assert "Preferisce la sera" in text_of(document(world, case))
    assert world.seen("SELECT id FROM cases.prints WHERE case_id = :case", case=case.id) == []


def test_the_bytes_of_an_approved_version_are_kept(world: World) -> None:
    """Whatever is renamed after it, and whoever reads: what all sign is one document."""
    case = world.approved()
    kept = {layout: document(world, case, layout=layout).data for layout in ("full", "plain")}
    assert "BOZZA" not in text_of(document(world, case))
    world.write("UPDATE access.users SET display_name = 'Altro Nome' WHERE id = :user",
                user=str(world.as_("case_manager").user_id))  # fmt: skip
    post(world, case, "signatures", {"signer": "person", "signed_on": "2023-02-01"})
    for layout, content in kept.items():
        assert document(world, case, layout=layout).data == content
        assert document(world, case, "social_worker", layout=layout).data == content
    files = ok(world.as_("case_manager").get(f"/cases/{case.id}/files"))["items"]
    prints = {one["file_name"]: one for one in files if one["kind"] == "printed_project"}
    hashes = {name: prints[name]["sha256"] for name in ("progetto-v1.pdf", "progetto-v1-facile.pdf")}
    assert list(hashes.values()) == [sha256(content).hexdigest() for content in kept.values()]


def test_what_is_added_to_the_budget_later_is_not_in_what_was_approved(world: World) -> None:
    case = world.approved("DOPO_DI_NOI")
    world.line(case, description="Aggiunta dopo l'approvazione")
    for query in ({}, {"format": "html"}, {"layout": "plain", "format": "html"}):
        said = text_of(document(world, case, **query))
        assert "Volontari inventati" in said
        assert "Aggiunta dopo" not in said


def test_everything_that_is_frozen_is_printed(world: World) -> None:
    case = full(world)
    words = {"ends_on": "2023-12-30", "accommodations": ["Riunioni al piano terra"], "accessible_formats": ["caa"],
             "family_involvement": "involved"}  # fmt: skip
    ok(_change(world, case, words))
    said = " ".join(text_of(document(world, case)).replace("\xa0", " ").split())
    for expected in ("30 dicembre 2023", "Riunioni al piano terra", "comunicazione aumentativa alternativa", "è coinvolta",
                     "referente per l’attuazione", "30/04/2023"):  # fmt: skip
        assert expected in said, expected
    # A field more is a field to print: this list is what the print is known to say.
    assert set(FIELDS) == {"preferences", "preferences_missing_reason", "review_months", "check_method", "next_check_on",
                           *words, "is_family_possible"}  # fmt: skip


def test_the_guardian_who_may_sign_stands_where_the_person_signs(world: World) -> None:
    case = world.drafted()
    guardian = {"kind": "amministratore_di_sostegno", "full_name": "Ada Tutelante", "powers": [], "may_sign": True,
                "court": "Tribunale inventato", "decree": "12/2022", "from_on": "2022-05-01"}  # fmt: skip
    ok(world.as_("social_worker").post(f"/people/{case.person_id}/guardians", guardian))
    said = " ".join(text_of(document(world, case)).split())
    assert "oppure, al suo posto: Ada Tutelante, amministratore di sostegno" in said


def test_a_version_has_its_own_prints(world: World) -> None:
    case = world.signed()
    first = document(world, case).data
    world.act(case, "start", {"occurred_on": "2023-02-10"}, "case_manager")
    draft = {"drafted_on": "2023-03-01", "from_version": 1}
    case.project_version = ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", draft))["version"]
    ok(approve(world, case, on="2023-03-02", number=2))
    second = document(world, case, number=2)
    assert "Versione 2" in text_of(second)
    assert document(world, case).data == first != second.data


def test_a_page_shows_who_has_signed_and_who_has_not(world: World) -> None:
    case = world.approved()
    assert "Firmato il" not in text_of(document(world, case, format="html"))
    ok(post(world, case, "signatures", {"signer": "person", "signed_on": "2023-02-01"}))
    ok(
        post(
            world,
            case,
            "refusals",
            {"signer": "case_manager", "refused_on": "2023-02-02", "reason": "Manca un verbale"},
        )
    )
    said = text_of(document(world, case, format="html")).replace("\xa0", " ")
    assert "Firmato il 1º febbraio 2023." in said
    assert "rifiuto del 2 febbraio 2023" in said
    assert "Manca un verbale" in said


def test_the_print_of_a_project_is_made_and_withdrawn_by_nobody(world: World) -> None:
    case, manager = world.approved(), world.as_("case_manager")
    mine = ok(manager.get(f"/cases/{case.id}/files"))["items"]
    for file in mine:
        answer = world.as_("coordinator").post(f"/cases/{case.id}/files/{file['id']}/withdrawal", {"reason": "x"})
        refused(answer, 409, "file_is_of_the_service")
    body = {"file_name": "finto.pdf", "kind": "printed_project", "media_type": "application/pdf", "size": 9,
            "sha256": "0a" * 32, "right": "case", "occurred_on": "2023-02-01"}  # fmt: skip
    problem = refused(manager.post(f"/cases/{case.id}/files", body), 422, "request_is_invalid")
    assert [error["pointer"] for error in problem["errors"]] == ["#/kind"]


def test_bytes_that_were_erased_are_told_absent_and_their_hash_stays(world: World) -> None:
    case = world.approved()
    world.write("UPDATE cases.file_contents SET content = NULL WHERE case_id = :case", case=case.id)
    refused(document(world, case), 404, "content_is_absent")
    files = ok(world.as_("case_manager").get(f"/cases/{case.id}/files"))["items"]
    assert {file["status"] for file in files} == {"erased"}
    assert text_of(document(world, case, format="html"))


def test_an_approval_that_fails_keeps_no_print(world: World) -> None:
    case = world.drafted()
    refused(world.as_("coordinator").post(f"/cases/{case.id}/projects/1/approval", {"approved_on": "2023-01-20"},
                                          version=case.project_version), 422, "request_is_invalid")  # fmt: skip
    assert world.seen("SELECT id FROM cases.files WHERE case_id = :case", case=case.id) == []


def test_who_does_not_see_the_case_reads_no_document(world: World) -> None:
    case = world.approved()
    refused(world.user("case_manager", at=world.other_service).get(f"/cases/{case.id}/projects/1/document"),
            404, "version_is_unknown")  # fmt: skip
    refused(world.as_("dpo").get(f"/cases/{case.id}/projects/1/document"), 404, "version_is_unknown")
    refused(document(world, case, number=2), 404, "version_is_unknown")
    wrong = refused(document(world, case, layout="breve"), 400, "parameters_are_invalid")
    assert [error["pointer"] for error in wrong["errors"]] == ["#/query/layout"]


def test_whoever_is_named_in_a_document_is_on_the_log_also_when_they_have_left(world: World) -> None:
    case, relative = world.drafted(), world.person()["id"]
    member = ok(world.as_("coordinator").post(f"/cases/{case.id}/team", {
        "person_id": relative, "role": "relative", "component": "family", "from_on": "2023-01-20"}))  # fmt: skip
    ok(approve(world, case))
    ok(world.as_("coordinator").post(f"/cases/{case.id}/team/{member['id']}/withdrawal", {"reason": "Per errore"}))
    assert text_of(document(world, case)).count("Inventati") >= 2
    assert shown_by_document(world, case) == {case.person_id, relative}


def test_a_guardian_who_may_sign_is_named_in_a_document_and_on_the_log(world: World) -> None:
    case, guard = world.drafted(), world.person(family_name="Tutelante")["id"]
    body = {"kind": "genitore", "guardian_id": guard, "powers": [], "may_sign": True, "from_on": "2022-05-01"}
    made = ok(world.as_("social_worker").post(f"/people/{case.person_id}/guardians", body))
    assert "Tutelante" in text_of(document(world, case))
    assert shown_by_document(world, case) == {case.person_id, guard}
    ok(approve(world, case))
    signing = {"signer": "person", "guardian_id": made["id"], "signed_on": "2023-02-01"}
    ok(post(world, case, "signatures", signing))
    before = len(documents_shown(world, case))
    assert "Tutelante" in text_of(document(world, case, format="html"))
    assert documents_shown(world, case)[before:] == [{case.person_id, guard}]


def documents_shown(world: World, case: Opened) -> list[set[str]]:
    """Whom each document of the case showed, in the order in which they were read."""
    rows = world.seen(
        "SELECT e.id, array_agg(p.person_id::text) AS people FROM audit.events e JOIN audit.event_people p "
        "ON p.event_id = e.id WHERE e.action = 'document:show' AND e.case_id = :case GROUP BY e.id ORDER BY e.id",
        case=case.id)  # fmt: skip
    return [set(row.people) for row in rows]


def shown_by_document(world: World, case: Opened) -> set[str]:
    """Whom the log knows that documents of the case showed."""
    return set().union(*documents_shown(world, case))


def test_whoever_is_named_in_a_document_is_on_the_log(world: World) -> None:
    household, other = world.two()
    case = world.drafted(**household)
    seen = text_of(document(world, case))
    assert seen.count("Inventati") >= 2
    assert shown_by_document(world, case) == {case.person_id, other}


@pytest.mark.parametrize(("name", "codes"), [
    ("statuses", STATUSES), ("signers", SIGNERS), ("household_roles", ("subject", "member", "minor")),
    ("committed", COMMITTED), ("member_roles", (*MEMBER_ROLES, "case_manager")),
    ("frequencies", FREQUENCIES), ("units", UNITS), ("unit", UNITS), ("sources", SOURCES), ("formats", FORMATS),
    ("family", FAMILY),
])  # fmt: skip
def test_the_print_has_words_for_every_code(name: str, codes: tuple[str, ...]) -> None:
    assert set(labels(name)) == set(codes)
