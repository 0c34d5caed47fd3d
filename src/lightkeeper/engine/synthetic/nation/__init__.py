"""A made-up nation, of any size, as its agencies see it, with the truth.

`write_nation` writes it to a folder; `lightkeeper synth` calls that.
"""

from lightkeeper.engine.synthetic.nation.files import Written, write_nation

__all__ = ["Written", "write_nation"]
