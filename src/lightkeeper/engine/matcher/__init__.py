"""One record against a million: a linkage model compiled over an index that lies on disk."""
