"""Results: estimates with their errors, by domain, and curves with bands."""
