"""Edits that take a leak of the preprocessing family out of a program."""
