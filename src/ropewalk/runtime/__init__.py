"""Drives runs: engine, driver, attempt, clock, dispatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.runtime.attempt import Attempts as Attempts
    from ropewalk.runtime.briefing import Briefing as Briefing
    from ropewalk.runtime.cache import CachedDispatch as CachedDispatch
    from ropewalk.runtime.clock import SystemClock as SystemClock
    from ropewalk.runtime.descriptors import slots_that_fit as slots_that_fit
    from ropewalk.runtime.driver import Driver as Driver, EventListener as EventListener
    from ropewalk.runtime.engine import Engine as Engine, is_at_rest as is_at_rest
    from ropewalk.runtime.engine import until_ended as until_ended
    from ropewalk.runtime.ids import new_run_id as new_run_id
    from ropewalk.runtime.inputs import call_faults as call_faults
    from ropewalk.runtime.inputs import changed_inputs as changed_inputs, checked_facts as checked_facts
    from ropewalk.runtime.inputs import checked_inputs as checked_inputs
    from ropewalk.runtime.inputs import secret_values as secret_values
    from ropewalk.runtime.leases import Holder as Holder
    from ropewalk.runtime.vault import Secrets as Secrets, Vault as Vault
    from ropewalk.runtime.vault import how_to_give_secrets as how_to_give_secrets
else:
    __getattr__ = lazy(
        __name__,
        {
            "runtime.attempt": "Attempts",
            "runtime.briefing": "Briefing",
            "runtime.cache": "CachedDispatch",
            "runtime.clock": "SystemClock",
            "runtime.descriptors": "slots_that_fit",
            "runtime.driver": "Driver EventListener",
            "runtime.engine": "Engine is_at_rest until_ended",
            "runtime.ids": "new_run_id",
            "runtime.inputs": "call_faults changed_inputs checked_facts checked_inputs secret_values",
            "runtime.leases": "Holder",
            "runtime.vault": "Secrets Vault how_to_give_secrets",
        },
    )
