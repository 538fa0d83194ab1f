"""The project as the law wants it written: who, why, what, with whom, until when, with which means.

Sources: L. 328/2000 art. 14; D.Lgs 147/2017 art. 6; DM 23/11/2016 art. 2.
"""

from collections.abc import Iterator
from decimal import Decimal

from service.cases.printing.document.blocks import Block, Document, Facts, Heading, Row, Signature, Table, Words
from service.cases.printing.document.words import (
    clean,
    day,
    joined,
    money,
    months,
    period,
    quantity,
    said,
    short_day,
    told,
)
from service.cases.printing.printed import BudgetLine, Check, Goal, PrintedProject, Signer, Support

TITLE = "Progetto personalizzato"
REFERENT = "referente per l’attuazione"
# Goal Attainment Scaling: the expected level is 0 (Kiresuk and Sherman, 1968).
LEVELS = ("−2 · molto meno dell’atteso", "−1 · meno dell’atteso", "0 · livello atteso", "+1 · più dell’atteso",
          "+2 · molto più dell’atteso")  # fmt: skip


def document(project: PrintedProject) -> Document:
    """The whole project."""
    blocks = (
        *_opening(project), *_people(project), *_preferences(project), *_goals(project), *_supports(project),
        *_commitments(project), *_responsibles(project), *_checks(project), *_budget(project.budget), *_signers(project),
    )  # fmt: skip
    return framed(project, TITLE, blocks, is_large=False)


def framed(project: PrintedProject, title: str, blocks: tuple[Block, ...], *, is_large: bool) -> Document:
    """What stands around the text of either version."""
    return Document(
        title=clean(f"{title} · caso {project.case_code} · versione {project.version}"),
        author=clean(project.service),
        reference=clean(f"Caso {project.case_code} · Versione {project.version}"),
        printed=f"Generato il {day(project.generated_on)}",
        seal=f"Impronta del contenuto (SHA-256): {clean(project.content_hash)}" if project.content_hash else "",
        is_draft=project.is_draft,
        is_large=is_large,
        blocks=blocks,
    )


def _opening(project: PrintedProject) -> Iterator[Block]:
    yield Words(said(project.service), "note")
    yield Heading(1, TITLE)
    yield Words(said(project.programme), "lead")
    yield _facts(
        ("Persona", said(project.person.name)), ("Data di nascita", told("{}", project.person.birth_date)),
        ("Codice del caso", said(project.case_code)), ("Versione", str(project.version)), ("Stato", said(project.status)),
        ("Redatto il", day(project.drafted_on)), ("Approvato il", told("{}", project.approved_on)),
        ("Dura fino al", told("{}", project.ends_on)),
        ("Case manager", said(project.case_manager)), ("Riferimenti", joined(*project.sources, by="; ")),
    )  # fmt: skip
    if project.is_draft:
        yield Words("Questa è una bozza: può ancora cambiare e non impegna nessuno.", "note")


def _facts(*rows: tuple[str, str]) -> Facts:
    return Facts(tuple(row for row in rows if row[1]))


def _people(project: PrintedProject) -> Iterator[Block]:
    if project.household:
        yield Heading(2, "Il nucleo")
        yield Table(("Nome", "Data di nascita", "Relazione"), (50, 22, 28), tuple(
            Row((said(one.name), short_day(one.birth_date) if one.birth_date else said(None), said(one.relation)))
            for one in project.household
        ))  # fmt: skip
    yield Heading(2, "L’équipe")
    if not project.team:
        yield Words("L’équipe non è ancora indicata.")
        return
    rows = tuple(
        Row((said(one.name), clean(one.body) or "–", said(one.role), said(one.component))) for one in project.team
    )
    yield Table(("Nome o funzione", "Ente", "Ruolo", "Componente"), (28, 30, 22, 20), rows)


def _preferences(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Desideri e preferenze della persona")
    if clean(project.preferences or ""):
        yield Words(said(project.preferences), "quote")
    elif clean(project.why_unexpressed or ""):
        yield Words("La persona non ha espresso preferenze.")
        yield _facts(("Motivo", said(project.why_unexpressed)))
    else:
        yield Words("Non ancora raccolti.")
    yield from _family_and_formats(project)


def _family_and_formats(project: PrintedProject) -> Iterator[Block]:
    rows = _facts(("La famiglia", told("{}", project.family)),
                  ("Accomodamenti ragionevoli", "\n".join(map(clean, project.accommodations))),
                  ("Formati accessibili", joined(*project.formats)))  # fmt: skip
    if rows.rows:
        yield rows


def _goals(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Obiettivi")
    if not project.goals:
        yield Words("Nessun obiettivo ancora indicato.")
    for place, goal in enumerate(project.goals, 1):
        yield from _goal(place, goal)


def _goal(place: int, goal: Goal) -> Iterator[Block]:
    yield Heading(3, f"Obiettivo {place} – {said(goal.life_domain)}")
    if clean(goal.in_first_person or ""):
        yield Words(said(goal.in_first_person), "quote")
    yield _facts(
        ("Obiettivo", said(goal.wording)), ("Situazione di partenza", told("{}", goal.baseline)),
        ("Risultato atteso", told("{}", goal.target)), ("Entro il", told("{}", goal.due_on)),
        ("Responsabile", told("{}", goal.responsible)), ("Peso", str(goal.weight) if goal.weight != 1 else ""),
    )  # fmt: skip
    if goal.levels:
        levels = tuple(Row((level, said(text))) for level, text in zip(LEVELS, goal.levels, strict=True))
        yield Table(("Livello (GAS)", "Che cosa si vedrà"), (32, 68), levels)


def _supports(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Sostegni")
    if not project.supports:
        yield Words("Nessun sostegno ancora indicato.")
        return
    columns = ("Sostegno", "Chi lo offre", "Quanto", "Quando", "Obiettivo")
    yield Table(columns, (27, 25, 18, 17, 13), tuple(map(_support, project.supports)))


def _support(support: Support) -> Row:
    state = "Già attivo." if support.is_existing else "Da attivare."
    amount = joined(quantity(support.quantity, support.unit), support.frequency)
    when = period(support.from_on, support.to_on)
    return Row((said(support.label), said(support.body), said(amount), said(when), told("{}", support.goal) or "–"),
               joined(state, told("Area: {}.", support.area), support.description, by=" "))  # fmt: skip


def _commitments(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Impegni")
    if not project.commitments:
        yield Words("Nessun impegno ancora indicato.")
        return
    rows = tuple(Row((said(one.who), clean(one.area or "") or "–", "sì" if one.is_conditional else "no"), said(one.what))
                 for one in project.commitments)  # fmt: skip
    yield Table(("Chi si impegna, e a che cosa", "Area", "Condiziona il beneficio"), (48, 30, 22), rows)


def _responsibles(project: PrintedProject) -> Iterator[Block]:
    if project.responsibles:
        yield Heading(2, "Responsabilità")
        rows = tuple(Row((said(one.who), joined(one.role, REFERENT if one.is_referent else "") or "–", said(one.task)))
                     for one in project.responsibles)  # fmt: skip
        yield Table(("Chi", "In quale ruolo", "Compito"), (28, 27, 45), rows)


def _checks(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Verifiche")
    if not project.checks:
        yield Words("Nessuna verifica ancora indicata.")
        return
    rows = tuple(map(_check, project.checks))
    yield Table(("Frequenza", "Prossima", "Come"), (22, 20, 58), rows)


def _check(one: Check) -> Row:
    every = months(one.interval_months) if one.interval_months else said(None)
    return Row((every, short_day(one.next_on) if one.next_on else said(None), said(one.method)))


def _budget(lines: tuple[BudgetLine, ...]) -> Iterator[Block]:
    yield Heading(2, "Budget di progetto")
    if not lines:
        yield Words("Nessuna voce di budget.")
        return
    rows = tuple(Row((said(line.label), said(line.source), said(quantity(line.quantity, line.unit)),
                      "in natura" if line.is_in_kind else "in denaro", _worth(line.amount))) for line in lines)  # fmt: skip
    yield Table(("Voce", "Fonte", "Quantità", "Forma", "Importo"), (32, 24, 15, 12, 17), rows, frozenset({4}))
    yield Heading(3, "Totali per fonte")
    yield Table(("Fonte", "In denaro", "In natura (valore)", "Totale"), (40, 20, 20, 20), tuple(_totals(lines)),
                frozenset({1, 2, 3}))  # fmt: skip


def _worth(amount: Decimal | None) -> str:
    return "–" if amount is None else money(amount)


def _totals(lines: tuple[BudgetLine, ...]) -> Iterator[Row]:
    for source in dict.fromkeys(said(line.source) for line in lines):
        yield _total(source, [line for line in lines if said(line.source) == source])
    yield _total("Totale", list(lines), is_total=True)


def _total(label: str, lines: list[BudgetLine], *, is_total: bool = False) -> Row:
    paid, given = (sum((line.amount or Decimal(0) for line in lines if line.is_in_kind == kind), Decimal(0))
                   for kind in (False, True))  # fmt: skip
    return Row((label, money(paid), money(given), money(paid + given)), is_total=is_total)


def _signers(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Firme")
    if not project.signers:
        yield Words("Nessun firmatario ancora indicato.")
    for signer in project.signers:
        yield signature(signer)


def signature(signer: Signer) -> Signature:
    """Who signs; how it went, or the room to do it."""
    outcome = None
    if signer.refused_on:
        refusal = f"Non ha firmato: rifiuto del {day(signer.refused_on)}."
        outcome = joined(refusal, told("Motivo: {}", signer.reason), by=" ")
    elif signer.signed_on:
        outcome = f"Firmato il {day(signer.signed_on)}."
    instead = joined(*signer.instead, by=" o ") if outcome is None else ""
    return Signature(
        said(signer.label), joined(signer.name, signer.capacity, told("oppure, al suo posto: {}", instead)), outcome
    )
