"""Poverty lines as printed."""
