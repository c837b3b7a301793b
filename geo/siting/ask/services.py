"""Which office offers what: keys of services, as the table of sites names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

    from geo.region.model import Region


def services_of(region: Region) -> tuple[str, ...]:
    """Return the services that some office or host place of a region is known to offer, in the order of the table."""
    if "services" not in region.sites.columns:
        return ()
    named = (key for text in region.sites["services"] if isinstance(text, str) for key in text.split())
    return tuple(dict.fromkeys(named))


def offering(places: pd.DataFrame, service: str) -> NDArray[np.bool_]:
    """Return which places offer a service, all for the empty one; what is not said of a place it does not offer."""
    if not service:
        return np.ones(len(places), dtype=bool)
    if "services" not in places.columns:
        return np.zeros(len(places), dtype=bool)
    return np.array([isinstance(text, str) and service in text.split() for text in places["services"]], dtype=bool)
