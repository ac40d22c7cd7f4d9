"""The one way in which child processes are started, and the proof that nothing of them is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.processes.adoption import adopt_orphans as adopt_orphans, spare_child as spare_child
    from ropewalk.processes.call import call_program as call_program
    from ropewalk.processes.capture import Capture as Capture
    from ropewalk.processes.child import Child as Child
    from ropewalk.processes.init import leave_init_behind as leave_init_behind
    from ropewalk.processes.limits import ProcessLimits as ProcessLimits
    from ropewalk.processes.lock import await_end as await_end
    from ropewalk.processes.run import Exit as Exit, run_process as run_process
else:
    __getattr__ = lazy(
        __name__,
        {
            "processes.adoption": "adopt_orphans spare_child",
            "processes.call": "call_program",
            "processes.capture": "Capture",
            "processes.child": "Child",
            "processes.init": "leave_init_behind",
            "processes.limits": "ProcessLimits",
            "processes.lock": "await_end",
            "processes.run": "Exit run_process",
        },
    )
