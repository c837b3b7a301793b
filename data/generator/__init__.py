"""Seeded generator of the two fictional demo regions; run as ``python -m data.generator``."""
