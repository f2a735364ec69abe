"""Measurements against a baseline in the same run: each prints a ratio; no test fails on a time."""
