"""Run by Alembic with a connection that has begun a transaction and holds the lock."""

from alembic import context

from geo.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
