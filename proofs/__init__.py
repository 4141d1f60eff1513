"""Proofs that take too long for the ordinary tests; each runs again with one command."""
