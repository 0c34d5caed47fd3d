"""The batch linkage on Spark: what `batch.link` gives, worked out by several machines."""
