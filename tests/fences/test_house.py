"""The house keeps its own rules: who imports whom, what things are called, how long a file grows, which words are said."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from flask import Flask

from service import problems
from service.actor import PERMISSIONS
from service.texts import texts
from service.web.requests import action_of
from tests.fences.requests import ENTRIES, operations
from tests.fences.test_audit import WRITES

ROOT = Path(__file__).parent.parent.parent
SERVICE = ROOT / "service"
MODULES = sorted(SERVICE.rglob("*.py"))
LONG = {"service/postgres.py": "one machine to start and stop a server, read from top to bottom"}
"""Modules of more than 300 lines, and why."""
IN_A_ROOM = {
    "__init__", "routes", "schemas", "operations", "queries", "models", "rules", "report",
} | {  # what a room has beside the usual files, each a noun of its own
    "answers",
    "approving",
    "calendars",
    "compiling",
    "corrections",
    "deadlines",
    "differences",
    "digests",
    "disclosure",
    "facts",
    "grounds",
    "identifiers",
    "items",
    "labels",
    "loading",
    "logins",
    "measures",
    "municipalities",
    "opening",
    "passwords",
    "printed",
    "results",
    "sealing",
    "sending",
    "signing",
    "sources",
    "soundness",
    "tax_codes",
    "tree",
    "values",
}  # fmt: skip
NOT_A_ROOM = {"web", "demo"}
BANNED = re.compile(r"util|helper|common|manager|misc|base|handler", re.IGNORECASE)
LOGINS = {"createTokens": "log_in", "refreshTokens": "rotate", "endTokens": "log_out"}
"""The three acts of a log-in are named as people name them; the API names the tokens that they move."""
APART = {
    "correctMilestone": "corrections", "joinCase": "corrections", "leaveCase": "corrections", "openCase": "opening",
    "approveProject": "approving",
    **dict.fromkeys(("signProject", "refuseSignature", "withdrawSignature", "revokeProject"), "signing"),
}  # fmt: skip
"""Operations that stand in another module of their room than `operations`."""
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def snake(operation_id: str) -> str:
    """`closeCase` -> `close_case`."""
    return re.sub("[A-Z]", lambda letter: f"_{letter.group().lower()}", operation_id)


def relative(path: Path) -> str:
    """As it is written in the project."""
    return path.relative_to(ROOT).as_posix()


def test_imports_go_one_way() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_reads_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert (lines > 300) == (relative(path) in LONG), f"{lines} lines"


def test_the_files_of_a_room_are_named_as_in_every_room() -> None:
    rooms = {path.parent for path in MODULES if path.name == "routes.py"} | {
        path.parent for path in MODULES if path.name == "rules.py"
    }
    named = {relative(path): path.stem for room in rooms if room.name not in NOT_A_ROOM for path in room.glob("*.py")}
    assert {path: stem for path, stem in named.items() if stem not in IN_A_ROOM} == {}


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    parts = {part.removesuffix(".py") for path in MODULES for part in path.relative_to(SERVICE).parts}
    assert {part for part in parts if BANNED.search(part)} == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        relative(path)
        for path in MODULES
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_every_route_is_named_as_its_operation(app: Flask) -> None:
    views = {
        view.operation_id: view.__name__ for view in app.view_functions.values() if getattr(view, "operation_id", None)
    }
    assert views == {operation: snake(operation) for operation in operations(app)}


@pytest.mark.parametrize("operation", [*WRITES, "endTokens"])
def test_a_write_is_done_by_an_operation_of_the_same_name(app: Flask, operation: str) -> None:
    [view] = [one for one in app.view_functions.values() if getattr(one, "operation_id", None) == operation]
    module = "logins" if operation in LOGINS else APART.get(operation, "operations")
    room = importlib.import_module(f"{view.__module__.removesuffix('.routes')}.{module}")
    assert callable(getattr(room, LOGINS.get(operation, snake(operation))))


BY_ITSELF = {"digest:queue"}
"""What the service's own processes do for an operator, and no operation of the API."""


def test_actions_of_the_log_are_written_as_the_operations_are_named(app: Flask) -> None:
    actions = {action_of(operation) for operation in operations(app)}
    spoken = {
        text for path in MODULES for text in strings_in(path) if re.fullmatch(r"[a-z_]+:[a-z_]+", text)
    } - PERMISSIONS  # fmt: skip
    assert {action for action in spoken if action not in actions} == BY_ITSELF


def test_permissions_that_are_asked_for_are_permissions_of_some_role_and_the_other_way_round() -> None:
    place = {"require": 1, "locked_case": 2, "case_for_facts": 2}  # of the permission among the arguments
    asked = {
        call.args[place[call.func.id]].value
        for path in MODULES
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in place
        and isinstance(call.args[place[call.func.id]], ast.Constant)
    }
    assert asked == PERMISSIONS == {entry.permission for entry in ENTRIES.values() if ":" in entry.permission}


def strings_in(path: Path) -> Iterator[str]:
    """Every text in a module that is not a docstring; of a text with values, the part before the first of them."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            yield str(node.values[0].value)


def made_codes() -> set[str]:
    """The codes that are put together from parts."""
    systems = {f"{system}_is_invalid" for system in ("codice_fiscale", "stp", "eni")}
    return systems | {f"status_{status}" for status in {200, 405, 408, 413, 415, 500, *problems.STATUS.values()}}


def said_codes() -> set[str]:
    """Every text of the service that has the form of a code, up to its values (`number_out_of_range:{least}`)."""
    said = {text.partition(":")[0] for path in MODULES for text in strings_in(path)}
    return {text for text in said if CODE.fullmatch(text)} | made_codes()


def raised_codes() -> set[str]:
    """The codes of every refusal and field error that the service makes."""
    makers = {"Refusal", "FieldError", "invalid_field", *(kind.__name__ for kind in problems.STATUS)}
    found = set(problems.HTTP_CODES.values()) | {refusal.code for refusal in problems.CONSTRAINTS.values()}
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in makers:
                found |= {
                    one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return {text for text in found if CODE.fullmatch(text)}


def test_every_code_that_is_raised_has_its_words() -> None:
    assert raised_codes() - texts().keys() == set()


def test_every_word_is_said_somewhere() -> None:
    assert texts().keys() - said_codes() == set()


def test_the_words_are_in_both_languages_with_the_same_places_for_values() -> None:
    places = {
        code: {
            language: {name for _, name, _, _ in Formatter().parse(words[language]) if name is not None}
            for language in ("it", "en")
        }
        for code, words in texts().items()
    }
    assert {code for code, found in places.items() if found["it"] != found["en"]} == set()
    assert all(words["it"].strip() and words["en"].strip() for words in texts().values())


def test_codes_are_in_alphabetical_order() -> None:
    assert list(texts()) == sorted(texts())


def test_every_constraint_that_has_a_refusal_exists(app: Flask) -> None:
    with app.extensions["trama"].engine.connect() as connection:
        known = set(connection.exec_driver_sql("""
            SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes UNION
            SELECT (regexp_matches(prosrc, 'CONSTRAINT = ''([a-z_]+)', 'g'))[1] FROM pg_proc""").scalars())  # fmt: skip
    assert problems.CONSTRAINTS.keys() - known == set()
