"""What made an incident possible or worse, sorted into five kinds, so that many incidents can be compared."""

from enum import StrEnum


class Factor(StrEnum):
    """The kind of a contributing factor. It says what to change, never whose fault it was."""

    HUMAN = "human_error"
    TECHNICAL = "technical_failure"
    PROCESS = "process_gap"
    EXTERNAL = "external_factor"
    DESIGN = "design_flaw"


#: As people read them. The first is about what people had to go by when they acted, not about the people.
NAMES: dict[Factor, str] = {
    Factor.HUMAN: "Human error",
    Factor.TECHNICAL: "Technical failure",
    Factor.PROCESS: "Process gap",
    Factor.EXTERNAL: "External factor",
    Factor.DESIGN: "Design flaw",
}

#: What belongs to each.
MEANS: dict[Factor, str] = {
    Factor.HUMAN: "a procedure, a judgement or a skill, and what made the slip easy; never a name",
    Factor.TECHNICAL: "hardware, software or network that failed",
    Factor.PROCESS: "a runbook, a check or an owner that was missing or unclear",
    Factor.EXTERNAL: "a vendor, a third party, the environment",
    Factor.DESIGN: "architecture, capacity, resilience",
}
