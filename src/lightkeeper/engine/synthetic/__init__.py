"""Made-up data with known truth: people, places and events that never were. Never graphic."""
