"""Long searches beside the server: processes of their own, stopped on request."""

from geo.jobs.worker import Job, Standing, Workshop, log_fault
