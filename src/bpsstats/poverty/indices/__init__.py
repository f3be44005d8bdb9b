"""Poverty indices: the Foster-Greer-Thorbecke family, Watts, Sen, Sen-Shorrocks-Thon."""
