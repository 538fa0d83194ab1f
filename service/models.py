"""Every table of every room, for migrations and for the test that compares the two."""

from importlib import import_module
from pathlib import Path

from service.db import Base

HERE = Path(__file__).parent
for _file in sorted(HERE.rglob("models.py")):
    if _file.parent != HERE:
        import_module(".".join(("service", *_file.relative_to(HERE).with_suffix("").parts)))

METADATA = Base.metadata
SCHEMAS = (
    "access",
    "audit",
    "budget",
    "cases",
    "facts",
    "identity",
    "indicators",
    "outbox",
    "people",
    "web",
    "worklist",
)
