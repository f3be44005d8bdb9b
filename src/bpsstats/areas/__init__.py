"""Poverty of many areas and rounds, on this machine or on a cluster."""

from bpsstats.areas.estimate import estimate_areas

__all__ = ["estimate_areas"]
