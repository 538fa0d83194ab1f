"""Who signs, for whom, and who will not: D.Lgs 147/2017 art. 6, DM 23/11/2016 art. 2."""

from hashlib import sha256
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.cases.ruled import approve, post, programme, ready, told
from tests.world import PDF, Opened, World, ok, refused, together

SIGNED = {"signed_on": "2023-02-01"}


def sign(world: World, case: Opened, signer: str, **values: Any) -> Any:
    """A signature."""
    return post(world, case, "signatures", {"signer": signer, **SIGNED, **values})


def refuse(world: World, case: Opened, signer: str, **values: Any) -> Any:
    """A refusal."""
    return post(world, case, "refusals", {"signer": signer, "refused_on": "2023-02-01", "reason": "No", **values})


def document(world: World, case: Opened, query: str = "") -> TestResponse:
    """The document of the first version."""
    answer = world.as_("case_manager").get(f"/cases/{case.id}/projects/1/document{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer


def withdraw(world: World, case: Opened, answer: Any, place: int = -1) -> Any:
    """Withdraw a signature of those that an answer shows."""
    signature = answer.get_json()["signatures"][place]
    return post(world, case, f"signatures/{signature['id']}/withdrawal", {"reason": "Registrata per errore"})


def household(world: World, bound: int = 0) -> tuple[Opened, list[str]]:
    """An approved project of a household of three adults, so many of whom are bound by a commitment; and the two others."""
    code = programme(world, signers=["household", "case_manager"])
    members = [world.person()["id"] for _ in range(3)]
    commitments = [{"who": "household_member", "person_id": one, "what": "Partecipa"} for one in members[1 : bound + 1]]
    case = ready(world, code, commitments=commitments, person_id=members[0], household_id=world.household(*members))
    ok(approve(world, case))
    return case, members[1:]


@pytest.mark.parametrize("kind", ["autografa_scansionata", "fea", "feq", "cie"])
def test_a_signature_tells_its_kind_and_binds_what_was_signed(world: World, kind: str) -> None:
    """The content as it was frozen, and the print that was kept of it; or another signed document among the case's files."""
    case, other = world.approved(), world.approved()
    [one] = ok(sign(world, case, "person", kind=kind))["signatures"]
    assert (one["kind"], one["signed_by"], one["is_refusal"]) == (kind, "person", False)
    kept = world.seen("SELECT content_hash FROM cases.project_versions WHERE case_id = :case", case=case.id)[0]
    assert one["content_hash"] == kept.content_hash.hex()
    assert one["file_hash"] == sha256(document(world, case).data).hexdigest()
    scan = world.file(other)
    unsent = sign(world, other, "person", file_hash=scan["sha256"])
    assert told(refused(unsent, 422, "request_is_invalid")) == [("#/file_hash", "file_is_unknown")]
    ok(world.as_("social_worker").put(f"/cases/{other.id}/files/{scan['id']}/content", PDF))
    assert (
        ok(sign(world, other, "person", kind=kind, file_hash=scan["sha256"]))["signatures"][0]["file_hash"]
        == scan["sha256"]
    )


def test_what_is_signed_is_among_the_files_of_the_case(world: World) -> None:
    case, other = world.approved(), world.approved()
    for elsewhere in ("0a" * 32, world.file(other, content=b"%PDF-1.7 altro")["sha256"]):
        problem = refused(sign(world, case, "person", file_hash=elsewhere), 422, "request_is_invalid")
        assert told(problem) == [("#/file_hash", "file_is_unknown")]


def test_a_hash_is_written_in_one_way(world: World) -> None:
    case = world.approved()
    for wrong in ("0A" * 32, "0a" * 31, "g" * 64, 7):
        problem = refused(sign(world, case, "person", file_hash=wrong), 422, "request_is_invalid")
        assert told(problem) == [("#/file_hash", "hash_is_invalid")]


def guardian(world: World, person_id: str, **values: Any) -> str:
    """Legal protection of the person, with the power to sign."""
    body = {"kind": "amministratore_di_sostegno", "full_name": "Ada Tutelante", "powers": ["relations"], "may_sign": True,
            "court": "Tribunale inventato", "decree": "12/2022", "from_on": "2022-05-01", **values}  # fmt: skip
    return str(ok(world.as_("social_worker").post(f"/people/{person_id}/guardians", body))["id"])


def test_a_guardian_signs_for_the_person_and_for_nobody_else(world: World) -> None:
    """Amministratore di sostegno, art. 404 c.c.: whose protection is in force on the day, with the power to sign."""
    case = world.approved()
    ada = guardian(world, case.person_id)
    problem = refused(sign(world, case, "case_manager", guardian_id=ada), 422, "request_is_invalid")
    assert told(problem) == [("#/guardian_id", "signer_is_not_represented")]
    [one] = ok(sign(world, case, "person", guardian_id=ada))["signatures"]
    assert (one["signed_by"], one["guardian_id"], one["capacity"]) == (
        "representative", ada, "amministratore_di_sostegno"
    )  # fmt: skip
    page = document(world, case, "?format=html").get_data(as_text=True)
    assert "Ada Tutelante" in page
    assert "amministratore di sostegno per Persona" in page


@pytest.mark.parametrize("values", [
    {"may_sign": False}, {"from_on": "2023-02-02"}, {"expires_on": "2023-01-31"},
])  # fmt: skip
def test_who_had_no_power_on_the_day_does_not_sign_for_another(world: World, values: dict[str, Any]) -> None:
    case = world.approved()
    powerless = guardian(world, case.person_id, **values)
    problem = refused(sign(world, case, "person", guardian_id=powerless), 422, "request_is_invalid")
    assert told(problem) == [("#/guardian_id", "guardian_may_not_sign")]


def test_the_guardian_of_one_signs_for_no_other(world: World) -> None:
    case, other = world.approved(), world.approved()
    theirs = guardian(world, other.person_id)
    problem = refused(sign(world, case, "person", guardian_id=theirs), 422, "request_is_invalid")
    assert told(problem) == [("#/guardian_id", "guardian_may_not_sign")]


def test_a_legal_representative_is_somebody_whom_the_registry_knows(world: World) -> None:
    case = ready(world, programme(world, signers=["legal_representative"]))
    ok(approve(world, case))
    problem = refused(sign(world, case, "legal_representative"), 422, "request_is_invalid")
    assert told(problem) == [("#/guardian_id", "field_is_missing")]
    done = sign(world, case, "legal_representative", guardian_id=guardian(world, case.person_id))
    assert ok(done)["status"] == "signed"


def test_a_household_signs_by_its_adults(world: World) -> None:
    """D.Lgs 147/2017 art. 6: signed by the members of the household. The person of the case signs as such, minors don't."""
    case, (aunt, uncle) = household(world)
    stranger = "00000000-0000-7000-8000-000000000000"
    for person, code in ((None, "person_goes_with_household"), (stranger, "person_is_no_signer"),
                         (case.person_id, "person_is_no_signer")):  # fmt: skip
        problem = refused(sign(world, case, "household", person_id=person), 422, "request_is_invalid")
        assert told(problem) == [("#/person_id", code)]
    assert told(refused(sign(world, case, "case_manager", person_id=aunt), 422, "request_is_invalid")) == [
        ("#/person_id", "person_goes_with_household")
    ]
    ok(sign(world, case, "household", person_id=aunt))
    refused(sign(world, case, "household", person_id=aunt), 409, "signer_has_signed")
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    assert ok(sign(world, case, "household", person_id=uncle))["status"] == "signed"


def test_a_minor_of_the_household_does_not_sign(world: World) -> None:
    code = programme(world, signers=["household", "case_manager"])
    adult, child = world.person()["id"], world.person(birth_date="2015-03-02")["id"]
    case = ready(world, code, person_id=adult, household_id=world.household(adult, child))
    ok(approve(world, case))
    problem = refused(sign(world, case, "household", person_id=child), 422, "request_is_invalid")
    assert told(problem) == [("#/person_id", "person_is_no_signer")]
    assert ok(sign(world, case, "case_manager"))["status"] == "signed"


def test_a_person_who_lives_alone_has_no_household_to_sign(world: World) -> None:
    case = ready(world, programme(world, signers=["person", "household"]))
    ok(approve(world, case))
    assert ok(sign(world, case, "person"))["status"] == "signed"


def test_a_patto_per_l_inclusione_is_signed_by_all_adults(world: World) -> None:
    """PAIS: D.Lgs 147/2017 art. 6."""
    household, other = world.two()
    case = world.approved(**household)
    ok(sign(world, case, "person"))
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    assert ok(sign(world, case, "household", person_id=other))["status"] == "signed"


def test_a_refusal_stops_the_project_until_a_signature_takes_its_place(world: World) -> None:
    case = world.approved()
    stopped = ok(refuse(world, case, "person"))
    assert [(one["is_refusal"], one["refusal_reason"]) for one in stopped["signatures"]] == [(True, "No")]
    refused(refuse(world, case, "person"), 409, "signer_has_refused")
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    signed = ok(sign(world, case, "person"))
    assert signed["status"] == "signed"
    assert [one["is_refusal"] for one in signed["signatures"]] == [False, False]
    kept = world.seen("SELECT * FROM cases.signatures WHERE case_id = :case AND is_refusal", case=case.id)
    assert [(row.refusal_reason, row.supersede_reason) for row in kept] == [("No", "replaced_by_signature")]


def test_a_refusal_stops_the_project_also_when_all_who_must_have_signed(world: World) -> None:
    case, (anybody, other) = household(world)
    ok(refuse(world, case, "household", person_id=other))
    ok(sign(world, case, "household", person_id=anybody))
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    assert ok(sign(world, case, "household", person_id=other))["status"] == "signed"


@pytest.mark.parametrize("has_refused", [False, True])
def test_a_project_waits_no_more_for_who_has_left_the_household(world: World, has_refused: bool) -> None:
    case, (anybody, other) = household(world)
    if has_refused:
        ok(refuse(world, case, "household", person_id=other))
    ok(sign(world, case, "household", person_id=anybody))
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    people = ok(world.as_("coordinator").get(f"/cases/{case.id}/people"))["items"]
    [place] = [one["id"] for one in people if one["person_id"] == other]
    world.refresh(case)
    ok(world.as_("coordinator").post(f"/cases/{case.id}/people/{place}/departure", {"to_on": "2023-02-01"},
                                     version=case.version))  # fmt: skip
    assert ok(world.as_("case_manager").get(f"/cases/{case.id}/projects/1"))["status"] == "signed"


def test_who_leaves_the_household_of_a_case_that_stands_still_leaves_it(world: World) -> None:
    """The project that waited for them alone can't be signed while the case is suspended: they go all the same."""
    household_of, other = world.two()
    case = world.approved(**household_of)
    ok(sign(world, case, "person"))
    ok(sign(world, case, "case_manager"))
    world.write("UPDATE cases.cases SET stage = 'sospeso', stage_before = 'pais_in_definizione' WHERE id = :case",
                case=case.id)  # fmt: skip
    world.refresh(case)
    people = ok(world.as_("coordinator").get(f"/cases/{case.id}/people"))["items"]
    [place] = [one["id"] for one in people if one["person_id"] == other]
    ok(world.as_("coordinator").post(f"/cases/{case.id}/people/{place}/departure", {"to_on": "2023-02-01"},
                                     version=case.version))  # fmt: skip
    assert ok(world.as_("case_manager").get(f"/cases/{case.id}/projects/1"))["status"] == "approved"


def test_the_no_of_a_person_is_not_for_another_to_take_back(world: World) -> None:
    case = world.approved()
    ada = guardian(world, case.person_id)
    ok(refuse(world, case, "person", reason="Ho paura di lasciare la mamma"))
    refused(sign(world, case, "person", guardian_id=ada), 409, "person_has_refused")
    assert ok(sign(world, case, "person"))["signatures"][0]["is_refusal"] is False


def test_what_was_signed_is_not_withdrawn(world: World) -> None:
    case = world.approved()
    scan = world.file(case)
    here = f"/cases/{case.id}/files/{scan['id']}"
    ok(world.as_("social_worker").put(f"{here}/content", PDF))
    done = sign(world, case, "person", file_hash=scan["sha256"])
    refused(world.as_("social_worker").post(f"{here}/withdrawal", {"reason": "x"}), 409, "file_is_signed")
    ok(withdraw(world, case, done))
    ok(world.as_("social_worker").post(f"{here}/withdrawal", {"reason": "Di un altro"}))


def test_a_signature_keeps_its_day_whatever_was_recorded_since(world: World) -> None:
    case = world.approved()
    ok(sign(world, case, "person", signed_on="2023-02-01"))
    world.refresh(case)
    world.act(case, "assignment", {"user_id": str(world.user("case_manager").user_id), "occurred_on": "2023-02-20"},
              "coordinator")  # fmt: skip
    done = ok(post(world, case, "signatures", {"signer": "case_manager", "signed_on": "2023-02-02"}, by="coordinator"))
    assert (done["status"], done["signed_on"]) == ("signed", "2023-02-02")


def test_who_has_signed_does_not_refuse(world: World) -> None:
    case = world.approved()
    ok(sign(world, case, "person"))
    refused(refuse(world, case, "person"), 409, "signer_has_signed")


def test_a_refused_project_gives_way_to_another_version(world: World) -> None:
    case = world.approved()
    ok(refuse(world, case, "person"))
    ok(post(world, case, "revocation", {"revoked_on": "2023-02-02", "reason": "Da rifare"}, by="coordinator"))
    draft = {"drafted_on": "2023-02-03", "from_version": 1}
    case.project_version = ok(world.as_("social_worker").post(f"/cases/{case.id}/projects", draft))["version"]
    ok(approve(world, case, on="2023-02-04", number=2))
    for signer in ("person", "case_manager"):
        last = post(world, case, "signatures", {"signer": signer, "signed_on": "2023-02-05"}, number=2)
    assert ok(last)["status"] == "signed"


def test_a_signature_recorded_by_mistake_is_withdrawn_and_put_again(world: World) -> None:
    case = world.approved()
    signed = sign(world, case, "person")
    assert ok(withdraw(world, case, signed))["signatures"] == []
    refused(withdraw(world, case, signed), 409, "fact_is_superseded")
    ok(sign(world, case, "person", signed_on="2023-02-02"))
    done = ok(sign(world, case, "case_manager"))
    assert (done["status"], done["signed_on"]) == ("signed", "2023-02-02")
    [kept] = world.seen(
        "SELECT * FROM cases.signatures WHERE case_id = :case AND superseded_at IS NOT NULL", case=case.id
    )
    assert (kept.supersede_reason, kept.superseded_by) == ("Registrata per errore", world.as_("case_manager").user_id)


def test_signatures_of_a_signed_project_stay(world: World) -> None:
    case = world.approved()
    ok(sign(world, case, "person"))
    last = sign(world, case, "case_manager")
    refused(withdraw(world, case, last), 409, "version_is_in_another_state")


def test_a_signature_of_another_version_or_case_is_not_found(world: World) -> None:
    case, other = world.approved(), world.approved()
    elsewhere = sign(world, other, "person")
    refused(withdraw(world, case, elsewhere), 404, "fact_is_unknown")


def test_only_who_answers_for_the_case_withdraws_the_managers_signature(world: World) -> None:
    case = world.approved()
    [one] = ok(sign(world, case, "case_manager"))["signatures"]
    body = {"reason": "Errore"}
    answer = post(world, case, f"signatures/{one['id']}/withdrawal", body, by="social_worker")
    refused(answer, 403, "case_is_managed_by_another")


def test_a_project_is_approved_with_its_budget_where_the_programme_asks_for_one(world: World) -> None:
    """DM 23/11/2016 art. 2: the project has its budget, and what is signed shows it."""
    case = ready(world, programme(world, needs_budget_lines=True))
    refused(approve(world, case), 409, "budget_is_missing")
    line = {"resource_kind": "human", "source": "family", "description": "Tempo della zia",
            "cost": {"amount": "1.00", "currency": "EUR"}}  # fmt: skip
    ok(world.as_("case_manager").post(f"/cases/{case.id}/budget/lines", line, key=f"zia-{case.id}"))
    ok(approve(world, case))
    assert ok(sign(world, case, "person"))["status"] == "signed"


def test_two_last_signatures_at_once_complete_the_project_once(world: World) -> None:
    case, manager = world.approved(), world.as_("case_manager")
    path, version = f"/cases/{case.id}/projects/1/signatures", case.project_version
    answers = together(*[
        lambda signer=signer: manager.again().post(path, {"signer": signer, **SIGNED}, version=version)
        for signer in ("person", "case_manager", "person", "case_manager")
    ])  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    done = next(answer for answer in answers if answer.status_code == 200).get_json()
    last = "case_manager" if done["signatures"][0]["signer"] == "person" else "person"
    twins = together(*[lambda: manager.again().post(path, {"signer": last, **SIGNED}, version=done["version"])] * 3)
    assert sorted(answer.status_code for answer in twins) == [200, 412, 412]
    path = ok(manager.get(f"/cases/{case.id}/milestones"))["items"]
    assert [step["kind"] for step in path].count("signed") == 1


def test_the_database_takes_one_standing_signature_of_each_signer(world: World) -> None:
    case = world.approved()
    ok(sign(world, case, "person"))
    with pytest.raises(Exception, match="uq_signatures_live"):
        world.alter(
            "INSERT INTO cases.signatures (id, case_id, version_id, signer, signed_on, content_hash, recorded_by) "
            "SELECT gen_random_uuid(), case_id, version_id, signer, signed_on, content_hash, recorded_by "
            "FROM cases.signatures WHERE case_id = :case",
            case=case.id,
        )
