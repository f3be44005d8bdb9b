"""Inequality: Gini, entropy, quantiles and shares of expenditure."""
