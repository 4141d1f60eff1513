"""Bad input: every reader fed with mutated real files, and what became of each.

`python -m proofs.input` is the long form (`make prove-input`); the tests run a short one. A file is
made from a small cut-out of a real one (`seeds`), changed (`mutate`, or `hostile` for what is built
to do harm), read in a process of its own (`workers`), and judged (`judge`): no traceback, no end of
the process, no row that the original does not hold where the change is known to make it wrong.
"""
