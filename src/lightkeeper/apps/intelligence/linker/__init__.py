"""What runs with the linker's rights: it sees every record and writes only what it works out.

Nothing here answers a person; what they may see of it is for the queries.
"""

USING = "linker"
