"""N5: cold processes: three no-op steps with the result in hand, the help, the demo.

Cold means that nothing runs yet, so a peer that needs a server counts with the start of its server; the ratio to the
peers whose server is running already is told too, without a target.
"""

from benchmarks.workload import EVERY_PEER, Measurement, Target, Workload

WORKLOAD = Workload(
    name="cold",
    row="N5",
    says="a cold process: three no-op steps, result in hand",
    measurements=(
        *(Measurement(program, "cold", 7) for program in ("ropewalk", *EVERY_PEER)),
        Measurement("ropewalk", "help", 7, label="ropewalk --help"),
        Measurement("ropewalk", "demo", 1, label="ropewalk demo"),
    ),
    shows=("seconds", "with_server_seconds"),
    targets=(
        Target(
            "N5",
            "cold `ropewalk run`, against the best Python peer",
            "with_server_seconds",
            against=EVERY_PEER,
            at_most=0.5,
        ),
        Target(
            "N5", "cold `ropewalk run`, against peers whose server is running", "seconds", against=EVERY_PEER
        ),
        Target(
            "N5",
            "`ropewalk --help`, against the best Python peer",
            "with_server_seconds",
            ropewalk="ropewalk --help",
            against=EVERY_PEER,
            at_most=0.2,
        ),
        Target(
            "N5", "`ropewalk demo`, of 10 seconds", "seconds", ropewalk="ropewalk demo", limit=10, at_most=1
        ),
    ),
)
