"""Long searches beside the server: processes of their own, stopped on request."""

from geo.jobs.worker import Job, Standing, Workshop

__all__ = [
    "Job",
    "Standing",
    "Workshop",
]
