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
        *(Measurement(program, "cold", 7) for program in ("weft", *EVERY_PEER)),
        Measurement("weft", "help", 7, label="weft --help"),
        Measurement("weft", "demo", 1, label="weft demo"),
    ),
    shows=("seconds", "with_server_seconds"),
    targets=(
        Target(
            "N5",
            "cold `weft run`, against the best Python peer",
            "with_server_seconds",
            against=EVERY_PEER,
            at_most=0.5,
        ),
        Target("N5", "cold `weft run`, against peers whose server is running", "seconds", against=EVERY_PEER),
        Target(
            "N5",
            "`weft --help`, against the best Python peer",
            "with_server_seconds",
            weft="weft --help",
            against=EVERY_PEER,
            at_most=0.2,
        ),
        Target("N5", "`weft demo`, of 10 seconds", "seconds", weft="weft demo", limit=10, at_most=1),
    ),
)
