"""What would have to be bought, under which rules, and the draft specification."""

from geo.output.procurement.draft import draft_of
from geo.output.procurement.files import draft_files
