"""Backends that compute on a GPU."""
