"""The yearly profile as an office hands it out: a workbook, and CSV with its description."""
