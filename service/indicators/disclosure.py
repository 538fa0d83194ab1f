"""Suppression of small numbers for those who may see only aggregates.

Sources: SISTAN rules (Regole deontologiche, GU 19A00181, art. 5): a threshold of 3 at least, higher for delicate data.
The threshold in use is a choice of the installation: 5 (`disclosure.yaml`).
"""

from functools import cache
from importlib.resources import files

import yaml

from service.indicators.values import Value


@cache
def threshold() -> int:
    """The least number that may be shown. Raises ValueError for one below the least that the rules allow."""
    content = yaml.safe_load((files("service.indicators") / "disclosure.yaml").read_text())
    if content["threshold"] < content["least"]:
        raise ValueError(f"disclosure.yaml: the threshold may not be below {content['least']}")
    return int(content["threshold"])


def is_small(number: int) -> bool:
    """Whether a number is of too few: from 1 to the threshold less one."""
    return 0 < number < threshold()


def is_suppressed(value: Value) -> bool:
    """Whether the value tells of too few: a small number, or a share whose rest is small."""
    return any(is_small(count) for count in value.counts)
