"""N6: eight worktrees of a repository of 10,000 files, against eight plain checkouts, and merging what was done in them."""

from benchmarks.workload import Measurement, Target, Workload

WORKLOAD = Workload(
    name="worktrees",
    row="N6",
    says="eight worktrees of 10,000 files set up at once, and eight branches merged",
    measurements=(Measurement("ropewalk", "worktrees", 10_000),),
    shows=("plain_seconds", "worktrees_seconds", "keep_seconds", "merge_seconds"),
    targets=(
        Target(
            "N6",
            "eight worktrees set up at once, against eight times `git checkout` at once",
            "worktrees_seconds",
            against=("ropewalk",),
            other_metric="plain_seconds",
            at_most=1.3,
        ),
        Target("N6", "merging eight branches, of 1 s", "merge_seconds", limit=1, at_most=1),
    ),
)
