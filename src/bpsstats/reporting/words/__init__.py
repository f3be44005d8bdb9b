"""Sentences by rule, in both languages: another result gives another sentence."""
