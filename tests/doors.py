"""An import contract: whoever stands outside a wing uses its door.

A wing is a package whose ``__init__`` imports what it gives. Modules outside may import the package and the modules
that it gives (those that are a namespace of their own), and nothing else below it. Wings are found, not listed, so a
new one is held from its first day. Halls that hold wings only (``geo.siting``) have doors too, for
the modules that lie in them directly.
"""

from __future__ import annotations

import ast
from pathlib import Path

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

ROOT = Path(__file__).resolve().parents[1]


class DoorContract(Contract):
    """Forbid imports that reach past the door of a wing."""

    type_name = "doors"
    within = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Compare every import between modules with the door it should have used."""
        del verbose
        past: list[tuple[str, str, int]] = []
        wings = doors(self.within)
        for wing, given in wings.items():
            for module in graph.find_descendants(wing):
                first = module.removeprefix(f"{wing}.").split(".")[0]
                if first in given or f"{wing}.{first}" in wings:
                    continue
                for importer in graph.find_modules_that_directly_import(module):
                    if importer != wing and not importer.startswith(f"{wing}."):
                        lines = graph.get_import_details(importer=importer, imported=module)
                        past += [(importer, module, int(line["line_number"])) for line in lines]
        return ContractCheck(kept=not past, metadata={"past": sorted(past)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that passes a door, with its line."""
        for importer, module, line in check.metadata["past"]:
            output.print_error(f"{importer} imports {module} past its door (line {line})", bold=False)


def doors(within: list[str]) -> dict[str, set[str]]:
    """Return each wing below the given packages with the names its door gives."""
    found = {}
    for top in within:
        for file in sorted(ROOT.joinpath(*top.split(".")).rglob("__init__.py")):
            wing = ".".join(file.parent.relative_to(ROOT).parts)
            given: set[str] = set()
            for statement in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(wing):
                    given |= {name.asname or name.name for name in statement.names}
            if given:
                found[wing] = given
    return found
