"""How long tests wait."""

AWAITED_S = 120.0
"""How long anything may be awaited [s]: an event, an answer, the end of a thread or a process. It is only against
hanging, and far longer than a machine needs that has ten times as much to do as it can."""
