"""Going through what people looked at: what is unusual, and in a sentence why."""
