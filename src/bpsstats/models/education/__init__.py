"""How education goes with poverty: the pooled model, its specifications, the welfare model."""
