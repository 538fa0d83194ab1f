"""Stories as their files hold them: one for each YAML document.

- `service`: whose case it is (a code of `ambito.SERVICES`); `began`: so many days before the first start is day 0.
- `people`: name -> given_name, family_name, sex, born; `lives_in` (a Comune) unless they have no home; `stp` (the day of
  issue) for who has no tax code.
- `steps`, each an act in the order in which it was done:
  - `do`: the act (see `acts`); `by`: `worker`, `manager` or `coordinator` of the service, or a user name; `day`: its day.
  - `of`: what the act is about beside the case: a project's number, an appointment, a person …
  - `as`: a name for what the act makes, so that later steps may say it; `case`: another case than the last one opened.
  - anything else is a field of the body that the API takes for that act.

Within a body a whole number in a field `…_on` (or `month`) is a day of the story, an amount of money is its text, and
`@name` stands for an id: of a body, an operator, somebody of `people`, something named by `as`, an allocation (`@DDN.2023`);
`@service`, `@worker`, `@manager`, `@coordinator`; `@key.x` a key for a part of the project, and once all have signed
`@goal.x` and `@support.x` that part in force; `@team.x` the place on the team of an operator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """A story: days count from the first, `began` days before the first start."""

    title: str
    service: str
    began: int
    people: Mapping[str, Mapping[str, Any]]
    steps: Sequence[Step]


def stories() -> list[Story]:
    """All of them, programme by programme."""
    shelf = sorted((files(__package__) / "stories").iterdir(), key=lambda file: file.name)
    return [Story(**document) for file in shelf for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))]
