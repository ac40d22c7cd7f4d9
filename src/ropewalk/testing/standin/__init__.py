"""A stand-in for the models behind coding agents: a local server that answers as a scenario says, so that real agent
programs can be tested with no key and no network.

`with StandIn(scenario) as model: ...` in a test, or `python -m ropewalk.testing.standin scenario.json` next to one.
"""

from __future__ import annotations

from ropewalk.testing.standin.scenario import Act, Limit, Scenario, Script
from ropewalk.testing.standin.server import StandIn

__all__ = ["Act", "Limit", "Scenario", "Script", "StandIn"]
