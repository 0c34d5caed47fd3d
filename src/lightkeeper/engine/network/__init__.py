"""Who is tied to whom, how they group, and what would take a group apart."""
