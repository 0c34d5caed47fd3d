"""How well grouped records agree with a known truth."""
