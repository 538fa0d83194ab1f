"""The demo: its figures agree with the stories counted by hand, the tour of the README works, nothing stays behind."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from service.demo.stories import Story, stories
from tests.demo.conftest import TRAMA, Running, start

ROOT = Path(__file__).parent.parent.parent
START, END = date(2021, 1, 1), date(2023, 12, 31)
POSITIVE = 4


def shown(output: str) -> dict[str, tuple[str, str]]:
    """Code -> (value, numerator or numerator/denominator), from the printed table."""
    rows = (line.split("│") for line in _table(output))
    return {row[1].strip(): (row[4].strip(), row[5].strip()) for row in rows if row[1].strip()}


def _table(output: str) -> list[str]:
    """The rows of the first table: the second one lists the log-ins."""
    return [line for line in output.partition("└")[0].splitlines() if line.startswith("│ ")]


def test_the_autonomy_projects_come_out_as_lodi_published_them(demo: Running) -> None:
    figures = shown(demo.output)
    assert figures["D2-IMP-1"] == ("20 %", "16/80")
    assert figures["D2-IMP-2"] == ("80 %", "64/80")
    told = [story.programme for story in stories()]
    assert [told.count(code) for code in ("DOPO_DI_NOI", "PRO_VI", "REDDITO_AUTONOMIA")] == [100, 14, 6]


def test_every_figure_agrees_with_the_stories_counted_by_hand(demo: Running) -> None:
    counted = dict(_counted(stories()))
    figures = {code: figure for code, (_, figure) in shown(demo.output).items()}
    assert figures == counted


def _in_plan(day: date | None) -> bool:
    return day is not None and START <= day <= END


def _is_positive(story: Story, judge: str) -> bool:
    judged = [value for one, value, on in story.evaluations if one == judge and on <= END]
    return bool(judged) and judged[-1] >= POSITIVE


def _ends_well(story: Story) -> bool:
    return _is_positive(story, "beneficiary") and _is_positive(story, "operators")


def _counted(told: list[Story]) -> Iterator[tuple[str, str]]:
    """Each indicator by the words of the plan, without the service: plain loops over the stories."""
    pais = [story for story in told if story.programme == "PAIS"]
    started = [story for story in pais if _in_plan(story.started_on)]
    judged = [story for story in pais if any(one == "beneficiary" and _in_plan(on) for one, _, on in story.evaluations)]
    yield "A1-OUT-1", str(sum(_in_plan(story.signed_on) for story in pais))
    yield "A1-IMP-1", f"{sum(_is_positive(story, 'beneficiary') for story in judged)}/{len(judged)}"
    yield "A1-IMP-2", f"{sum(story.has_network for story in started)}/{len(started)}"
    homeless = [story for story in told if story.programme in ("GRAVE_EMARGINAZIONE", "DIMISSIONI_PROTETTE")]
    under_way = [story for story in homeless if _in_plan(story.started_on)]
    well = [story for story in under_way if story.closed_on and story.closed_on <= END and _ends_well(story)]
    yield "A2-IMP-2", f"{len(well)}/{len(under_way)}"
    yield from _work([story for story in told if story.programme == "SIL"])
    autonomy = [story for story in told if story.programme in ("DOPO_DI_NOI", "PRO_VI")]
    persons = {story.person for story in autonomy if story.started_on and story.started_on <= END}
    for code, fund in (("D2-OUT-1", "DDN"), ("D2-OUT-2", "PRO_VI")):
        yield code, str(len({s.person for s in autonomy if s.money and s.money[0] == fund and _in_plan(s.money[2])}))
    left = {
        s.person
        for s in autonomy
        if s.exit and not s.exit.is_temporary and not s.exit.returned_on and _in_plan(s.exit.occurred_on)
    }
    part = {s.person for s in autonomy if s.takes_part_on and s.takes_part_on <= END}
    yield "D2-IMP-1", f"{len(left & persons)}/{len(persons)}"
    yield "D2-IMP-2", f"{len(part & persons)}/{len(persons)}"


def _work(sil: list[Story]) -> Iterator[tuple[str, str]]:
    paths = [(story, path) for story in sil for path in story.pathways]
    present = 0
    for year in (2021, 2022, 2023):
        first, last = date(year, 1, 1), date(year, 12, 31)
        present += len({story.person for story, path in paths if path.kind == "inserimento_lavorativo"
                        and path.from_on <= last and not (path.ended_on and path.ended_on < first)})  # fmt: skip
    yield "C1-OUT-2", f"{present}/3"
    yield (
        "C1-OUT-3",
        str(len({s.person for s, p in paths if p.kind in ("formativo", "esperienziale") and _in_plan(p.from_on)})),
    )
    begun = [
        (s, p) for s, p in paths if p.kind in ("inserimento_lavorativo", "socio_occupazionale") and _in_plan(p.from_on)
    ]
    well = [p for s, p in begun if p.ended_on and p.ended_on <= END and _ends_well(s)]
    yield "C1-IMP-2", f"{len(well)}/{len(begun)}"


def test_the_tour_of_the_readme_opens_a_case_and_moves_the_indicator(demo: Running) -> None:
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 5
    script = "set -euo pipefail\n" + "\n".join(blocks)
    done = subprocess.run(
        ["bash", "-c", script], env=demo.environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    before, after = re.findall(r"(?:before|after): (\d+)", done.stdout)
    assert int(after) == int(before) + 1
    assert "The log is whole" in done.stdout


def test_a_second_start_is_warm_and_keeps_the_data(demo: Running) -> None:
    assert demo.stop() == 0
    began = time.monotonic()
    again = start(demo.home, "demo")
    try:
        assert time.monotonic() - began < 15
        assert shown(again.output)["D2-IMP-1"] == ("20 %", "16/80")
        assert "The log is whole" in again.trama("audit", "verify")
    finally:
        again.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_stays_behind(empty_home: Path, number: int) -> None:
    running = start(empty_home.parent / f"home{number}", "serve")
    processes = _family(running.process.pid)
    assert len(processes) >= 4  # the sealer, two workers, PostgreSQL
    running.stop(number)
    until = time.monotonic() + 15
    while left := [pid for pid in processes if _is_alive(pid)]:
        assert time.monotonic() < until, f"still there: {left}"
        time.sleep(0.1)


def _family(pid: int) -> list[int]:
    """All the descendants of a process."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def test_a_demo_broken_off_while_it_is_made_is_made_anew(empty_home: Path) -> None:
    home = empty_home.parent / "broken"
    environment = {**os.environ, "TRAMA_HOME": str(home)}
    for name in list(environment):
        if name.startswith("TRAMA_") and name != "TRAMA_HOME":
            del environment[name]
    first = subprocess.Popen([TRAMA, "demo", "--no-serve"], env=environment, stdout=subprocess.DEVNULL)
    while not (home / "demo-logins.json").exists():
        assert first.poll() is None
        time.sleep(0.05)
    time.sleep(1)
    first.kill()
    first.wait()
    second = subprocess.Popen([TRAMA, "demo", "--no-serve"], env=environment, stdout=subprocess.PIPE, text=True)
    assert second.stdout is not None
    said = second.stdout.readline()
    second.kill()
    second.wait()
    assert "made anew" in said
