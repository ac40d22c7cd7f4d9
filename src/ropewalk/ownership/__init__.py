"""Who a driver is and whether it still lives: what leases and the folders of attempts are judged by.

Dead is said only of what is proved dead; what cannot be told is never dead.
"""

from ropewalk.ownership.life import Judge, Life, judge_in, life_of
from ropewalk.ownership.lifelock import LifeLock
from ropewalk.ownership.owner import Owner, describe, new_owner, parse_owner, pid_space

__all__ = [
    "Judge",
    "Life",
    "LifeLock",
    "Owner",
    "describe",
    "judge_in",
    "life_of",
    "new_owner",
    "parse_owner",
    "pid_space",
]
