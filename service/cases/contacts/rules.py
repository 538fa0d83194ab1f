"""What makes two contacts with an alias the same somebody."""

import unicodedata
from uuid import UUID

from service.types import keyed_hash


def key_of_alias(organisation_id: UUID, alias: str) -> UUID:
    """The contact key of an alias in a body: the same for the same alias, whatever its capitals, accents and spaces.

    A keyed hash in the form of a UUID of version 8 (RFC 9562): it tells nothing of the alias, and no two bodies share it.
    """
    letters = unicodedata.normalize("NFKD", alias.casefold())
    plain = " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
    value = int.from_bytes(keyed_hash(f"contact:{organisation_id}:{plain}")[:16])
    value = (value & ~(0xF << 76)) | (0x8 << 76)
    return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))
