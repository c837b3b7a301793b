"""Showing and handing on: map views, tables, charts, sentences."""
