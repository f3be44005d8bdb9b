"""The design of a sample: records with weights, strata and PSUs; calibrated weights."""
