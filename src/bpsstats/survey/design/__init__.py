"""The design of a sample: records with weights, strata and PSUs, and weights calibrated to margins."""
