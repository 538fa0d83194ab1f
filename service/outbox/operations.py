"""Writing to the outbox: a row in the transaction of the act, so that what is undone is never sent."""

import re
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.config import EMAIL
from service.outbox.models import Message
from service.types import new_id


def queue_email(session: Session, *, to: str, subject: str, body: str, dedupe_key: str) -> bool:
    """Queue one e-mail, to be sent after the commit of this transaction, at least once.

    `to` is one address, `subject` one line, `body` plain text. **Neither may tell anything of an assisted person**: no
    name, no tax code, no birth date, nothing but "two deadlines await you", of which rule, and the opaque codes of the
    cases; mail is read on screens and servers that are nobody's business. `dedupe_key` names the occasion and its recipient
    (`digest/<user id>/2026-01-15`): a second message with the same key is dropped without a word, also from another
    transaction at the same moment. It is not encrypted: ids and days only. Answers whether the message was queued.

    Where no mail server is set the row waits. Raises ValueError for what is no address, and for a subject that isn't one
    line of text: it would write headers of its own.
    """
    if not re.match(EMAIL, to) or any(ord(letter) < 32 for letter in subject):
        raise ValueError("an e-mail wants an address, and a subject of one line")
    row = {"id": new_id(), "kind": "email", "recipient": to, "subject": subject, "body": body, "dedupe_key": dedupe_key}
    # No conflict target: naming one would ask for the right to read the key, and the service may not read messages.
    statement = insert(Message).values(row).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    queued: Any = session.execute(statement)
    return bool(queued.rowcount == 1)
