"""Every indicator that case records feed, of both plans: the programmes, groups and codes that it reads are there.

What each one reads is said here from the readings of the plans, apart from the programmes' files. A code that a measure
reads and no operator can record would leave its figure at zero for the whole plan, without an error.
"""

import pytest
import yaml

from service.cases.circumstances.rules import kinds
from service.indicators.loading import shipped
from tests.cases.shipped import FOLDER, PROGRAMMES

# indicator: programmes or a group | what must be recordable: milestones (all the programmes must reach them), then in some
# of the programmes interventions, pathways, placements, target groups, required facts, check levels; and, of the service,
# devices of contacts and initiatives.
READ = """
A1-INP-5: PENALE | target:penale fact:contact device:equipe_penale
A1-OUT-1: PAIS | milestone:signed
A1-OUT-6: PENALE | target:penale fact:contact device:equipe_penale
A1-PRO-1: PAIS | milestone:started fact:body_involvement
A1-PRO-2: PAIS | milestone:started fact:family_involvement
A1-IMP-1: PAIS | milestone:evaluated fact:beneficiary_judgement
A1-IMP-2: PAIS | milestone:started fact:body_involvement
A2-OUT-1: GRAVE_EMARGINAZIONE | fact:contact device:unita_mobile device:educativa_strada
A2-OUT-2: SENZA_DIMORA | target:senza_dimora fact:protected_discharge
A2-OUT-3: SENZA_DIMORA | milestone:signed target:senza_dimora
A2-PRO-1: SENZA_DIMORA | milestone:started fact:body_involvement
A2-IMP-2: SENZA_DIMORA | milestone:started milestone:concluded fact:beneficiary_judgement fact:operators_judgement
B2-OUT-5: ABITARE | intervention:welfare_abitativo
B2-OUT-6: ABITARE | fact:housing_placement
B2-OUT-7: ABITARE | fact:body_involvement
B2-IMP-1: ABITARE | intervention:supporto_economico_abitare fact:economic_support fact:contact device:servizio_abitativo
B2-IMP-2: ABITARE | milestone:signed milestone:assessed fact:assessment
C1-INP-1: SIL | milestone:referred
C1-INP-2: SIL | placement:tirocinio_inclusione
C1-INP-3: SIL | placement:tirocinio_inclusione placement:tirocinio_osservativo placement:borsa_lavoro
C1-INP-4: SIL | milestone:taken_in_charge
C1-OUT-2: SIL | pathway:inserimento_lavorativo target:l68 target:l381 target:svantaggio_non_certificato
C1-OUT-3: SIL | pathway:formativo pathway:esperienziale
C1-OUT-4: SIL | placement:tirocinio_inclusione
C1-PRO-1: SIL | milestone:taken_in_charge
C1-IMP-2: SIL | pathway:inserimento_lavorativo pathway:socio_occupazionale fact:beneficiary_judgement fact:operators_judgement
C1-IMP-3: SIL | pathway:formativo fact:certificate
C3-OUT-3: SIL | placement:tirocinio_inclusione fact:host_flags
C3-IMP-3: SIL | placement:tirocinio_inclusione fact:host_flags
D2-INP-1: AUTONOMIA | milestone:started target:disabilita
D2-INP-2: AUTONOMIA | fact:housing_placement target:disabilita
D2-OUT-1: AUTONOMIA | target:disabilita
D2-OUT-2: AUTONOMIA | target:disabilita
D2-OUT-3: AUTONOMIA | fact:housing_placement target:disabilita
D2-PRO-1: AUTONOMIA | milestone:monitored target:disabilita
D2-IMP-1: AUTONOMIA | milestone:started fact:family_exit target:disabilita
D2-IMP-2: AUTONOMIA | milestone:signed fact:budget_participation target:disabilita
E1-OUT-1: PREVENZIONE_MINORI | milestone:referred intervention:prevenzione fact:prevention target:minore
E1-OUT-2: PREVENZIONE_MINORI | milestone:started fact:complexity fact:body_involvement
E1-IMP-2: PREVENZIONE_MINORI | milestone:started fact:complexity fact:family_involvement
E2-PRO-1: EDUCATIVA | milestone:monitored intervention:educativo fact:body_involvement target:minore
E3-OUT-1: ANTIDISPERSIONE | milestone:referred pathway:antidispersione fact:pathway target:minore
E3-IMP-2: ANTIDISPERSIONE | milestone:taken_in_charge milestone:concluded fact:school_status
G1-OUT-2: AREA_G | milestone:taken_in_charge target:migrante target:msna target:tratta
G1-OUT-3: TRATTA | milestone:taken_in_charge fact:contact target:tratta device:area_g
G1-IMP-6: MSNA | pathway:autonomia_msna fact:beneficiary_judgement fact:operators_judgement target:msna
G1-IMP-7: TRATTA | intervention:servizio_prossimita fact:contact device:area_g
H2-OUT-2: GIUSTIZIA_RIPARATIVA | pathway:giustizia_riparativa
H2-IMP-1: GIUSTIZIA_RIPARATIVA | pathway:giustizia_riparativa fact:pathway
O3-PRO-3: ABITARE | intervention:misura_abitare_sostenibile
O3-PRO-5: ABITARE | intervention:sua intervention:housing intervention:centro_servizi intervention:agenzia_abitare
O3-PRO-7: HOUSING_FIRST | milestone:taken_in_charge milestone:started
O3-PRO-9: HOUSING_FIRST | fact:housing_placement
O3-PRO-10: HOUSING_FIRST | milestone:started component:social component:housing
O7-OUT-1: PAIS | milestone:referred milestone:taken_in_charge
O7-OUT-6: PAIS | milestone:started
O7-PRO-1: PAIS | milestone:referred
O7-PRO-8: PAIS | milestone:taken_in_charge milestone:preliminarily_analysed fact:preliminary_analysis
O9-PRO-1: PPI | milestone:referred fact:referral_appropriateness target:salute_mentale
O9-PRO-2: PPI | milestone:started fact:family_involvement level:1 level:2
O10-OUT-1: JOB_CAFE | fact:employability instrument:scheda_lavoro
O10-OUT-2: JOB_CAFE | fact:job_outcome
O14-OUT-8: DOPO_DI_NOI | fact:housing_placement initiative:pnrr_1_2_dopo_di_noi
O14-PRO-20: DOPO_DI_NOI | target:disabilita initiative:pnrr_1_2_dopo_di_noi
O14-PRO-21: DOPO_DI_NOI | milestone:assessed component:social component:clinical initiative:pnrr_1_2_dopo_di_noi
"""
INDICATORS: dict[str, str] = yaml.safe_load(READ)
GROUPS = {
    "AUTONOMIA": {"DOPO_DI_NOI", "PRO_VI", "PROGETTO_DI_VITA"},
    "SENZA_DIMORA": {"GRAVE_EMARGINAZIONE", "DIMISSIONI_PROTETTE"},
    "AREA_G": {"INTEGRAZIONE", "MSNA", "TRATTA"},
}


def reached(programme: str) -> set[str]:
    """The milestones that a case of the programme can reach: those of its opening, of its moves, of its outcomes."""
    content = PROGRAMMES[programme]
    moved = {kind for moves in content["moves"].values() for move in moves for kind in move.get("milestones", ())}
    return moved | {outcome["milestone"] for outcome in content["outcomes"]} | {"intercepted", "referred"}


def recorded(programme: str) -> set[str]:
    """What operators can record in the programme, each code after what it is a code of."""
    content = PROGRAMMES[programme]
    lists = {"pathway": "pathways", "placement": "placements", "target": "target_groups", "fact": "required_facts",
             "component": "team_components", "level": "monitoring_levels", "instrument": "instruments"}  # fmt: skip
    found = {f"{name}:{code}" for name, part in lists.items() for code in content.get(part, ())}
    return found | {f"intervention:{one['code']}" for one in content["interventions"]}


DEVICES = yaml.safe_load((FOLDER.parent / "contacts" / "codes.yaml").read_text())["devices"]
SERVICE = {f"initiative:{code}" for code in kinds()["initiative"].codes} | {f"device:{one['code']}" for one in DEVICES}


def test_both_plans_are_read_whole() -> None:
    plans = [yaml.safe_load(text)["plan"] for _, text in shipped()]
    fed = [one["code"] for plan in plans for objective in plan["objectives"] for one in objective["indicators"]
           if one["fed_by"] == "cases"]  # fmt: skip
    assert sorted(fed) == sorted(INDICATORS)
    assert len(fed) == 65


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_has_the_programmes_that_the_plans_count_together(group: str) -> None:
    assert {code for code, content in PROGRAMMES.items() if group in content["groups"]} == GROUPS[group]


@pytest.mark.parametrize("indicator", INDICATORS)
def test_what_an_indicator_reads_can_be_recorded(indicator: str) -> None:
    where, _, what = INDICATORS[indicator].partition(" | ")
    programmes, wanted = GROUPS.get(where, {where}), set(what.split())
    milestones = {one.partition(":")[2] for one in wanted if one.startswith("milestone:")}
    assert {code: milestones - reached(code) for code in programmes} == {code: set() for code in programmes}
    some = SERVICE.union(*map(recorded, programmes))
    assert {one for one in wanted if not one.startswith("milestone:")} - some == set()
