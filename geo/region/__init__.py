"""What is there: quarters, statistics, sites, and the rule what may be shown."""
