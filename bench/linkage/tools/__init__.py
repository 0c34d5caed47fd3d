"""One module a tool, each started alone; those of peers use nothing of ours but `task.py`."""
