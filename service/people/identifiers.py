"""The systems of identifiers by which a person may be known, and what a value of each looks like."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from service.people import tax_codes

# Three letters, region and ASL (three digits each) and a progressive number of seven: no check digit is known.
_STP: Final = re.compile(r"STP[0-9]{13}")
_ENI: Final = re.compile(r"ENI[0-9]{13}")


def _is_tax_code(value: str) -> bool:
    return tax_codes.is_valid(value) or tax_codes.is_provisional(value)


def _is_stp(value: str) -> bool:
    return bool(_STP.fullmatch(tax_codes.canonical(value)))


def _is_eni(value: str) -> bool:
    return bool(_ENI.fullmatch(tax_codes.canonical(value)))


SYSTEMS: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {"codice_fiscale": _is_tax_code, "stp": _is_stp, "eni": _is_eni}
)
"""Each system and its check: tax code (provisional ones included), STP (foreigners temporarily present), ENI."""


def is_valid(system: str, value: str) -> bool:
    """Whether the value has the form of its system; ValueError for a system that isn't in SYSTEMS.

    STP and ENI are valid for six months and renewable: that is a date of the identifier, not a matter of form.
    """
    if system not in SYSTEMS:
        raise ValueError(f"unknown system of identifiers: {system}")
    return SYSTEMS[system](value)
