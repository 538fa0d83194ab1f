"""Who signs, for whom, and who will not: D.Lgs 147/2017 art. 6, DM 23/11/2016 art. 2."""

from typing import Any

import pytest

from tests.cases.ruled import approve, post, programme, ready, told
from tests.world import Opened, World, ok, refused, together

SIGNED = {"signed_on": "2023-02-01"}


def sign(world: World, case: Opened, signer: str, **values: Any) -> Any:
    """A signature."""
    return post(world, case, "signatures", {"signer": signer, **SIGNED, **values})


def refuse(world: World, case: Opened, signer: str, **values: Any) -> Any:
    """A refusal."""
    return post(world, case, "refusals", {"signer": signer, "refused_on": "2023-02-01", "reason": "No", **values})


def withdraw(world: World, case: Opened, answer: Any, place: int = -1) -> Any:
    """Withdraw a signature of those that an answer shows."""
    signature = answer.get_json()["signatures"][place]
    return post(world, case, f"signatures/{signature['id']}/withdrawal", {"reason": "Registrata per errore"})


def household(world: World, bound: int) -> tuple[Opened, list[str]]:
    """An approved project that the household signs, with so many members bound by a commitment."""
    code = programme(world, signers=["household", "case_manager"])
    members = [world.person()["id"] for _ in range(bound + 1)]
    commitments = [{"who": "household_member", "person_id": one, "what": "Partecipa"} for one in members[:bound]]
    case = ready(world, code, commitments=commitments)
    ok(approve(world, case))
    return case, members


@pytest.mark.parametrize("kind", ["autografa_scansionata", "fea", "feq", "cie"])
def test_a_signature_tells_its_kind_and_binds_what_was_signed(world: World, kind: str) -> None:
    case = world.approved()
    [one] = ok(sign(world, case, "person", kind=kind, file_hash="0a" * 32))["signatures"]
    assert (one["kind"], one["file_hash"], one["signed_by"], one["is_refusal"]) == (kind, "0a" * 32, "person", False)
    kept = world.seen("SELECT content_hash FROM cases.project_versions WHERE case_id = :case", case=case.id)[0]
    assert one["content_hash"] == kept.content_hash.hex()


def test_a_hash_is_written_in_one_way(world: World) -> None:
    case = world.approved()
    for wrong in ("0A" * 32, "0a" * 31, "g" * 64, 7):
        problem = refused(sign(world, case, "person", file_hash=wrong), 422, "request_is_invalid")
        assert told(problem) == [("#/file_hash", "hash_is_invalid")]


def test_a_representative_signs_in_a_capacity_for_the_person_and_for_nobody_else(world: World) -> None:
    """Tutore, amministratore di sostegno, parents: who holds the power signs, and says so."""
    case = world.approved()
    by_other = {"signed_by": "representative", "capacity": "Amministratore di sostegno"}
    for values in ({"signed_by": "representative"}, {"capacity": "Tutore"}):
        problem = refused(sign(world, case, "person", **values), 422, "request_is_invalid")
        assert told(problem) == [("#/capacity", "capacity_goes_with_representative")]
    problem = refused(sign(world, case, "case_manager", **by_other), 422, "request_is_invalid")
    assert told(problem) == [("#/signed_by", "value_is_unknown")]
    [one] = ok(sign(world, case, "person", **by_other))["signatures"]
    assert {name: one[name] for name in by_other} == by_other


def test_a_household_signs_by_its_members(world: World) -> None:
    """D.Lgs 147/2017 art. 6: signed by the members of the household; whoever is bound by a commitment signs."""
    case, (aunt, uncle, _) = household(world, bound=2)
    for person in (None, "00000000-0000-7000-8000-000000000000"):
        code = "person_goes_with_household" if person is None else "reference_is_unknown"
        problem = refused(sign(world, case, "household", person_id=person), 422, "request_is_invalid")
        assert told(problem) == [("#/person_id", code)]
    assert told(refused(sign(world, case, "case_manager", person_id=aunt), 422, "request_is_invalid")) == [
        ("#/person_id", "person_goes_with_household")
    ]
    ok(sign(world, case, "household", person_id=aunt))
    refused(sign(world, case, "household", person_id=aunt), 409, "signer_has_signed")
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    assert ok(sign(world, case, "household", person_id=uncle))["status"] == "signed"


def test_one_member_signs_for_a_household_of_which_nobody_is_bound(world: World) -> None:
    case, (anybody,) = household(world, bound=0)
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    assert ok(sign(world, case, "household", person_id=anybody))["status"] == "signed"


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
    case, (anybody, other) = household(world, bound=1)
    ok(refuse(world, case, "household", person_id=other))
    ok(sign(world, case, "household", person_id=anybody))
    assert ok(sign(world, case, "case_manager"))["status"] == "approved"
    assert ok(sign(world, case, "household", person_id=other))["status"] == "signed"


def test_a_refusal_that_never_was_no_longer_stops_the_project(world: World) -> None:
    case, (anybody, other) = household(world, bound=1)
    no = refuse(world, case, "household", person_id=other)
    ok(sign(world, case, "household", person_id=anybody))
    ok(sign(world, case, "case_manager"))
    assert ok(withdraw(world, case, no))["status"] == "signed"


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


def test_the_last_signature_waits_for_the_budget_where_the_programme_asks_for_one(world: World) -> None:
    """DM 23/11/2016 art. 2: the project has its budget."""
    case = ready(world, programme(world, needs_budget_lines=True))
    ok(approve(world, case))
    refused(sign(world, case, "person"), 409, "budget_is_missing")
    line = {"resource_kind": "human", "source": "family", "description": "Tempo della zia",
            "cost": {"amount": "1.00", "currency": "EUR"}}  # fmt: skip
    ok(world.as_("case_manager").post(f"/cases/{case.id}/budget/lines", line, key=f"zia-{case.id}"))
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
