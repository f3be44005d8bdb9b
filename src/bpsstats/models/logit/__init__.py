"""The survey logit: fit, Firth's penalised fit, the gate before both, effects and tests."""
