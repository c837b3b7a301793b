"""Disclosure control: which counts are withheld so that nobody can be recognised."""

from geo.region.disclosure.audit import TOTAL_COLUMNS, Audit, audit
from geo.region.disclosure.relations import undeclared_siblings
from geo.region.disclosure.releases import Release
from geo.region.disclosure.rounding import round_bound, round_people
from geo.region.disclosure.rule import RULE_FIELDS_LATER, DisclosureRule
from geo.region.disclosure.suppression import Disclosed, disclose, is_publicly_small, violates
