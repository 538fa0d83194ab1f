"""Programmes that an installation adds without touching the code: those of the guide, loaded and lived through."""

import re
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.cases.circumstances.rules import kinds
from service.cases.programmes.loading import HERE, DefinitionError, Loaded, load, read
from service.cases.programmes.rules import DATED_FACTS
from service.catalogue import load_programmes, programme_load
from tests.cases.shipped import PROGRAMMES
from tests.world import World, ok, refused

GUIDE = Path(__file__).parents[2] / "docs" / "aggiungere-una-misura.md"
SHIPPED = [file.read_text() for file in sorted((HERE / "shipped").iterdir(), key=lambda file: file.name)]
SHORT, WHOLE, NEWER = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def loaded(world: World, *texts: str) -> list[Loaded]:
    """Bring definitions in, as the owner of the database does."""
    engine = create_engine(world.urls.owner or "")
    with Session(engine) as session, session.begin():
        done = [load(session, "misura.yaml", text) for text in texts]
    engine.dispose()
    return done


def test_a_programme_written_as_the_guide_says_carries_a_case_to_its_end(fresh: World) -> None:
    assert loaded(fresh, WHOLE, WHOLE) == [Loaded("CUSTODE_SOCIALE", 1, True), Loaded("CUSTODE_SOCIALE", 1, False)]
    case = fresh.in_charge("CUSTODE_SOCIALE")
    fresh.analysed(case, "approfondire")
    manager, here = fresh.as_("case_manager"), f"/cases/{case.id}"
    doctor = {"user_id": str(fresh.as_("team_member").user_id), "organisation_id": fresh.service, "role": "other",
              "component": "clinical", "from_on": "2023-01-16"}  # fmt: skip
    ok(fresh.as_("coordinator").post(f"{here}/team", doctor))
    areas = [{"area": area, "support_need": 2} for area in ("casa", "relazioni")]
    ok(manager.post(f"{here}/assessments", {"occurred_on": "2023-01-20", "setting": "EM", "areas": areas}))
    goal = {"life_domain": "casa", "wording": "Restare a casa", "in_first_person": "Voglio restare a casa"}
    draft = {
        "drafted_on": "2023-01-25",
        "preferences": "Il mattino",
        "ends_on": "2023-12-31",
        "supports": [{"kind": "custode"}],
        "goals": [goal],
    }
    version = ok(manager.post(f"{here}/projects", draft))["version"]
    fresh.line(case)
    approval = {"approved_on": "2023-01-30"}
    version = ok(fresh.as_("coordinator").post(f"{here}/projects/1/approval", approval, version=version))["version"]
    for signer in ("person", "case_manager"):
        signature = {"signer": signer, "signed_on": "2023-02-01"}
        version = ok(manager.post(f"{here}/projects/1/signatures", signature, version=version))["version"]
    fresh.refresh(case)
    fresh.act(case, "start", {"occurred_on": "2023-02-10"}, "case_manager")
    fresh.intervention(case, kind="visita_domiciliare")
    other = {"kind": "sua", "occurred_on": "2023-02-12", "minutes": 10, "organisation_id": fresh.service}
    refused(manager.post(f"{here}/interventions", other), 422, "request_is_invalid")
    fresh.evaluation(case, "beneficiary", 5)
    done = fresh.close(case)
    assert (done["stage"], done["is_closed"], done["outcome"]) == ("concluso", True, "obiettivi_raggiunti")
    assert [step["kind"] for step in ok(manager.get(f"{here}/milestones"))["items"]] == [
        "referred", "taken_in_charge", "assigned", "convened", "preliminarily_analysed", "assessed", "drafted", "approved",
        "signed", "started", "evaluated", "concluded",
    ]  # fmt: skip


def test_a_case_moves_to_a_newer_version_as_the_guide_says(fresh: World) -> None:
    loaded(fresh, SHORT)
    case = fresh.in_charge("BUON_VICINATO")
    assert loaded(fresh, NEWER) == [Loaded("BUON_VICINATO", 2, True)]
    entry = {"kind": "telefonata_amica", "occurred_on": "2023-02-11", "minutes": 10, "organisation_id": fresh.service}
    refused(fresh.as_("case_manager").post(f"/cases/{case.id}/interventions", entry), 422, "request_is_invalid")
    body = {"version": 2, "stage": "in_carico", "occurred_on": "2023-02-10"}
    assert fresh.act(case, "programme-version", body, "coordinator")["programme_version"] == 2
    ok(fresh.as_("case_manager").post(f"/cases/{case.id}/interventions", entry))
    assert fresh.close(case, "fine_percorso")["is_closed"]


def test_a_loaded_version_that_changes_is_refused(fresh: World) -> None:
    loaded(fresh, SHORT)
    with pytest.raises(DefinitionError, match="version 1 is already in use and differs; give it a new version"):
        loaded(fresh, SHORT.replace("Spesa portata a casa", "Spesa a domicilio"))


def test_the_guide_says_every_key_of_the_format() -> None:
    everything = read("misura.yaml", WHOLE)
    said = yaml.safe_load(WHOLE)
    assert everything.keys() - said.keys() == set()
    assert everything["project"].keys() == said["project"].keys()
    assert "valid_to:" in WHOLE
    assert all(fact in GUIDE.read_text() for fact in DATED_FACTS)


def test_what_is_like_a_skeleton_keeps_its_parts_and_adds_to_its_lists() -> None:
    content = read("misura.yaml", SHORT)
    kinds_of_work = [one["code"] for one in content["interventions"]]
    assert kinds_of_work[0] == "colloquio"
    assert kinds_of_work[-1] == "spesa_a_casa"
    assert content["stages"] == PROGRAMMES["TRATTA"]["stages"]


@pytest.mark.parametrize(("right", "wrong", "line", "message"), [
    ("BUON_VICINATO", "buon_vicinato", 2, "code: A programme's code has upper-case letters"),
    ("version: 1\n", "version: 1\nversion: 2\n", 4, "(the file): version is there twice"),
    ("like: breve", "like: lungo", 1, "like: there is no skeleton lungo; there are breve, disabilita, percorso"),
    ("groups: []", "groups: []\ncolour: red", 8, "colour: Unknown field"),
    ("[anziano]", "anziano", 8, "target_groups: "),
    ("2023-01-01", "presto", 5, "valid_from: "),
    ("2023-01-01", "2023-02-30", 1, "(the file): "),
    ("adds:\n", "adds:\n  label: {it: altro}\n", 10, "adds.label: only lists can be added to"),
    ("adds:\n", "clocks: [{rule: SUNSET, anchor: signed}]\nadds:\n", 9, "clocks.0.rule: "),
    ("adds:\n", "clocks: [{rule: LOG_ACCESS_KEEP, anchor: signed}]\nadds:\n", 9, "clocks.0.rule: "),
    ("adds:\n", "clocks: [{rule: D62_PROC, anchor: sunset}]\nadds:\n", 9, "clocks.0.anchor: "),
    ("adds:\n", "clocks: [{rule: D62_PROC, anchor: application_filed, met_by: firma}]\nadds:\n", 9, "clocks.0.met_by: "),
    ("{code: spesa_a_casa", "{code: colloquio", 10, "adds.interventions: Codes that are repeated: colloquio"),
    ("{code: spesa_a_casa", "{code: spesa a casa", 11, "adds.interventions.0.code: A code has letters"),
    ("like: breve", "[", 3, "(the file): "),
])  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_with_its_line_and_key(right: str, wrong: str, line: int, message: str) -> None:
    assert right in SHORT
    with pytest.raises(DefinitionError) as told:
        read("misura.yaml", SHORT.replace(right, wrong, 1))
    assert f"misura.yaml:{line}: {message}" in str(told.value), told.value


@pytest.mark.parametrize(("right", "wrong", "message"), [
    ("accept: [{from: [segnalazione], to: primo_esame, milestones: [taken_in_charge]}]",
     "accept: [{from: [segnalazione], to: primo_esame}]", "writes its milestone: accept (taken_in_charge)."),
    ("milestones: [started]", "milestones: [concluded]", "moves.start.value.0.milestones.0: "),
    ("first_stage: segnalazione", "first_stage: altrove", "named and not listed: altrove."),
    ("to: inviato}", "to: conoscenza}", "no path leads: inviato."),
    ("close: [{from: *aperto, to: concluso}]", "close: [{from: *in_carico, to: concluso}]",
     "can't leave any more: in_pausa, segnalazione."),
    ("  resume: [{from: [in_pausa], milestones: [resumed]}]", "  # resume", "can't leave any more: in_pausa."),
    ("  record: [{from: [primo_esame, conoscenza, inviato, progetto, pronto, attivo, in_revisione, in_pausa]}]", "  #",
     "are missing: record."),
    ("  longest_review_months: 12 ", "  #", "REVIEW_NEXT"),
    ("- {code: custode,", "- {code: educativo,", "project.supports: Codes that are repeated: educativo."),
])  # fmt: skip
def test_a_programme_in_which_a_case_would_be_lost_is_refused(right: str, wrong: str, message: str) -> None:
    assert WHOLE.count(right) == 1
    with pytest.raises(DefinitionError) as told:
        read("misura.yaml", WHOLE.replace(right, wrong))
    assert message in str(told.value)


def test_stages_that_lead_only_to_each_other_are_reached_by_nobody() -> None:
    stages = "  - {code: uno, label: Uno}\n  - {code: due, label: Due}\n  - {code: concluso,"
    island = WHOLE.replace("  - {code: concluso,", stages).replace("&aperto [", "&aperto [uno, due, ")
    island = island.replace("  advance: [", "  advance: [{from: [uno], to: due}, {from: [due], to: uno}, ")
    with pytest.raises(DefinitionError, match=r"no path leads: due, uno\."):
        read("misura.yaml", island)


def test_the_dated_facts_that_start_a_clock_are_those_that_operators_record() -> None:
    assert {*kinds()["date"].codes, *kinds()["expiry"].codes} <= set(DATED_FACTS)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_a_shipped_programme_narrows_only_groups_that_can_be_recorded(programme: str) -> None:
    assert set(PROGRAMMES[programme].get("target_groups", ())) <= set(kinds()["target_group"].codes)


UNKNOWN = pytest.mark.parametrize(("right", "wrong", "message"), [
    ("[anziano]", "[anziano, anziani]", ":8: target_groups.1: Unknown value; known ones: "),
    ("adds:\n", "instruments: [gass]\nadds:\n", ":9: instruments.0: Unknown value; known ones: gas, katz_adl"),
    ("adds:\n", "adds:\n  instruments: [gas, gass]\n", ":10: adds.instruments.1: Unknown value; known ones: gas,"),
])  # fmt: skip


@UNKNOWN
def test_codes_of_other_rooms_that_do_not_exist_are_told_without_a_database(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    file = tmp_path / "misura.yaml"
    file.write_text(SHORT.replace(right, wrong, 1))
    with pytest.raises(DefinitionError) as told:
        programme_load.main(["--check", str(file)], standalone_mode=False)
    assert f"misura.yaml{message}" in str(told.value)


@UNKNOWN
def test_codes_of_other_rooms_that_do_not_exist_are_not_loaded(
    world: World, right: str, wrong: str, message: str
) -> None:
    with pytest.raises(DefinitionError) as told:
        load_programmes(world.urls, [("misura.yaml", SHORT.replace(right, wrong, 1))])
    assert f"misura.yaml{message}" in str(told.value)


@pytest.mark.parametrize("definition", [SHORT, WHOLE, NEWER, *SHIPPED])
def test_the_guides_and_the_shipped_programmes_name_only_codes_that_exist(tmp_path: Path, definition: str) -> None:
    file = tmp_path / "misura.yaml"
    file.write_text(definition)
    programme_load.main(["--check", str(file)], standalone_mode=False)
