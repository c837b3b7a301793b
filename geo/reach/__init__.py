"""Who gets where: demand on points, and the time to sites."""
