"""Identifiers, encryption, hashes and days."""

import time
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from service.types import ROME, Encrypted, keyed_hash, new_id, now, today

COLUMN, DIALECT = Encrypted(), postgresql.dialect()


def encrypted(text: str) -> bytes:
    """As the column keeps it."""
    return bytes(COLUMN.process_bind_param(text, DIALECT))


def test_ids_are_of_version_seven_and_hold_their_time() -> None:
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(200)]
    after = time.time_ns() // 1_000_000
    assert len(set(made)) == 200
    for one in made:
        assert (one.version, one.variant) == (7, "specified in RFC 4122")
        assert before <= one.int >> 80 <= after


def test_ids_are_in_order_of_time() -> None:
    made = []
    for _ in range(5):
        made.append(new_id())
        time.sleep(0.002)
    assert made == sorted(made)
    assert [UUID(text) for text in sorted(str(one) for one in made)] == made


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_what_is_encrypted_comes_back(text: str) -> None:
    kept = encrypted(text)
    assert COLUMN.process_result_value(kept, DIALECT) == text
    assert len(kept) == 12 + len(text.encode()) + 16


def test_nothing_stays_nothing() -> None:
    assert COLUMN.process_bind_param(None, DIALECT) is None
    assert COLUMN.process_result_value(None, DIALECT) is None


def test_the_same_text_is_never_encrypted_alike() -> None:
    kept = {encrypted("RSSMRA85T10A562S") for _ in range(100)}
    assert len(kept) == len({one[:12] for one in kept}) == 100
    assert not any(b"RSSMRA" in one for one in kept)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    kept = bytearray(encrypted("0371 123456"))
    kept[place] ^= 1
    with pytest.raises(InvalidTag):
        COLUMN.process_result_value(bytes(kept), DIALECT)


def test_a_keyed_hash_tells_equality_and_needs_the_key() -> None:
    assert keyed_hash("abc") == keyed_hash(b"abc") != keyed_hash("abd")
    assert len(keyed_hash("")) == 32
    assert (
        keyed_hash("abc").hex() != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )  # plain SHA-256


def test_times_are_utc_and_days_are_of_rome() -> None:
    assert now().tzinfo is UTC
    assert today() in {datetime.now(ROME).date(), now().astimezone(ROME).date()}
