"""Benches: each is a script, ``python -m bench.<name>``, and writes bench/records/<name>.json."""
