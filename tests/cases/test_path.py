"""The path of a case, from referral to closure, over HTTP."""

from tests.world import World, ok


def test_a_case_goes_from_referral_to_closure(world: World) -> None:
    case = world.started()
    world.intervention(case)
    world.evaluation(case, "beneficiary", 5)
    world.evaluation(case, "operators", 4)
    closed = world.close(case)
    assert (closed["stage"], closed["is_closed"], closed["outcome"]) == ("chiuso", True, "obiettivi_raggiunti")
    path = ok(world.as_("case_manager").get(f"/cases/{case.id}/milestones"))["items"]
    assert [step["kind"] for step in path] == [
        "referred", "taken_in_charge", "assigned", "convened", "preliminarily_analysed", "assessed", "drafted", "approved",
        "signed", "started", "evaluated",
        "evaluated", "concluded",
    ]  # fmt: skip
