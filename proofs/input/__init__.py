"""Bad input: every reader fed with mutated real files, and what became of each.

`python -m proofs.input` is the long form (`make prove-input`); the tests run a short one. A file is
made from a small cut-out of a real one (`seeds`), changed (`mutate`), read in a process of its own
(`workers`), and judged (`judge`): no traceback, no end of the process, no row that the original
does not hold where the change is known to make it wrong. What is built to do harm is made from
nothing (`hostile_files`, `hostile_git`), and held to bounds of time and memory besides (`hostile`).
"""
