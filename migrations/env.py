"""Alembic's entry: runs the migrations on the connection that `service.migrate` hands over."""

from alembic import context

from service.models import METADATA, SCHEMAS

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    include_schemas=True,
    include_name=lambda name, kind, _: kind != "schema" or name in SCHEMAS,
    version_table_schema="public",
)
with context.begin_transaction():
    context.run_migrations()
