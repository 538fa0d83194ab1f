"""The project in plain language, for the person: one idea a line, questions as headings, no words of the trade.

It follows the rules of "Informazioni per tutti" (Inclusion Europe, 2009), which Italian services call linguaggio facile.
"""

from collections.abc import Iterator

from service.cases.printing.document.blocks import Block, Document, Heading, Words
from service.cases.printing.document.full import framed, signature
from service.cases.printing.document.words import clean, day, joined, money, months, quantity, said, told
from service.cases.printing.printed import BudgetLine, Goal, PrintedProject, Support

TITLE = "Il mio progetto"


def document(project: PrintedProject) -> Document:
    """What the person needs to know, in their own words first."""
    blocks = (
        *_opening(project), *_preferences(project), *_goals(project), *_supports(project), *_team(project),
        *_commitments(project), *_checks(project), *_money(project), *_signers(project),
    )  # fmt: skip
    return framed(project, TITLE, blocks, is_large=True)


def _lines(*lines: str) -> Iterator[Block]:
    yield from (Words(line) for line in lines if line)


def _opening(project: PrintedProject) -> Iterator[Block]:
    yield Heading(1, TITLE)
    yield Words(said(project.person.name), "lead")
    yield from _lines(
        "Questo foglio dice che cosa voglio fare e chi mi aiuta.",
        f"Lo abbiamo scritto il {day(project.drafted_on)}.",
        "È una bozza: possiamo ancora cambiarla." if project.is_draft else "",
        f"Il servizio che mi segue è: {said(project.service)}.",
    )
    if project.household:
        yield Heading(2, "Per chi è questo progetto?")
        yield from _lines(*(said(one.name) for one in project.household))


def _preferences(project: PrintedProject) -> Iterator[Block]:
    if clean(project.preferences or ""):
        yield Heading(2, "Che cosa preferisco?")
        yield Words(said(project.preferences), "quote")
    elif clean(project.why_unexpressed or ""):
        yield Heading(2, "Che cosa preferisco?")
        yield from _lines("Non l’ho ancora detto.", told("Perché: {}", project.why_unexpressed))


def _goals(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Che cosa voglio?")
    if not project.goals:
        yield Words("Non l’abbiamo ancora scritto.")
    for place, goal in enumerate(project.goals, 1):
        yield from _goal(place, goal)


def _goal(place: int, goal: Goal) -> Iterator[Block]:
    yield Heading(3, f"Obiettivo {place}")
    yield Words(clean(goal.in_first_person or "") or said(goal.wording), "quote")
    yield from _lines(
        told("Entro il {}.", goal.due_on),
        told("Se ne occupa: {}.", goal.responsible),
    )


def _supports(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Chi mi aiuta?")
    if not project.supports:
        yield Words("Non l’abbiamo ancora deciso.")
    for place, support in enumerate(project.supports, 1):
        yield from _support(place, support)


def _support(place: int, support: Support) -> Iterator[Block]:
    amount = joined(quantity(support.quantity, support.unit), support.frequency)
    yield Heading(3, f"Aiuto {place}: {said(support.label)}")
    yield from _lines(
        clean(support.description or ""),
        told("Me lo dà: {}.", support.body),
        told("Quanto: {}.", amount),
        "C’è già." if support.is_existing else "Deve ancora cominciare.",
        told("Dal {}.", support.from_on),
        told("Fino al {}.", support.to_on),
        told("Mi serve per l’obiettivo {}.", support.goal),
    )


def _team(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "A chi posso chiedere?")
    yield Words(told("La persona che mi segue in tutto è: {}.", project.case_manager) or "Non lo sappiamo ancora.")
    known = {clean(project.person.name), clean(project.case_manager or "")}
    others = [one for one in project.team if clean(one.name) not in known]
    if others:
        yield Words("Lavorano con me anche:")
        yield from _lines(*(joined(one.name, one.role, one.body) for one in others))
    yield from _lines(*(f"{said(one.who)}: {said(one.task)}" for one in project.responsibles))
    if project.accommodations:
        yield Heading(2, "Che cosa mi serve per partecipare?")
        yield from _lines(*project.accommodations)


def _commitments(project: PrintedProject) -> Iterator[Block]:
    if not project.commitments:
        return
    yield Heading(2, "Chi promette che cosa?")
    for one in project.commitments:
        yield from _lines(
            f"{said(one.who)}: {said(one.what)}",
            "È importante: senza questo, l’aiuto in denaro si può perdere." if one.is_conditional else "",
        )


def _checks(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Quando ci rivediamo?")
    if not project.checks:
        yield Words("Non l’abbiamo ancora deciso.")
    for check in project.checks:
        yield from _lines(
            f"Ci vediamo {months(check.interval_months)}." if check.interval_months else "",
            f"Come: {said(check.method)}",
            told("La prossima volta è il {}.", check.next_on),
        )


def _money(project: PrintedProject) -> Iterator[Block]:
    if not project.budget:
        return
    yield Heading(2, "Con quali mezzi?")
    for line in project.budget:
        amount = joined(quantity(line.quantity, line.unit), _worth(line))
        yield from _lines(said(line.label), f"Da: {said(line.source)}.", told("Quanto: {}.", amount))


def _worth(line: BudgetLine) -> str:
    if line.amount is None:
        return ""
    return f"{'vale ' if line.is_in_kind else ''}{money(line.amount)}"


def _signers(project: PrintedProject) -> Iterator[Block]:
    yield Heading(2, "Chi firma?")
    if not project.signers:
        yield Words("Non l’abbiamo ancora deciso.")
    else:
        yield Words("Chi firma dice: ho capito e sono d’accordo.")
    for signer in project.signers:
        yield signature(signer)
