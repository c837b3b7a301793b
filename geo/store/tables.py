"""Tables of the store. A change here needs a migration in :mod:`geo.store.migrations`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

VERSION_TABLE = "nahbar_schema"

metadata = MetaData()

documents = Table(
    "nahbar_documents",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("region_id", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("is_archived", Boolean, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Index("nahbar_documents_listed", "kind", "region_id", "is_archived"),
)

versions = Table(
    "nahbar_versions",
    metadata,
    Column("document_id", String(40), ForeignKey("nahbar_documents.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("is_archived", Boolean, nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("operation", String(64), nullable=False, unique=True),
)
