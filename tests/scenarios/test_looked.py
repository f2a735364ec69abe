"""Who looked at what, and who was refused what, stands in the log: a line each, and never a text."""

from structlog.testing import capture_logs

from tests.scenarios.story import Story

SAID = "an unusual word such as xylophone"


async def test_refusals_and_reads_are_lines_in_the_log(story: Story) -> None:
    """Actor, verb, incident and rule; by command, by click, by being spoken to."""
    await story.declare(flags=["private"])
    await story.declare(service="immich")
    room = await story.room(2)
    carla, gina = story.person("carla"), story.person("gina")
    with capture_logs() as lines:
        await carla.slash("/incident", "list")
        await carla.slash("/incident", "show 2")
        await carla.slash("/incident", f"update 1 {SAID}")
        await carla.slash("/incident", f"status 2 monitoring {SAID}", room)
        await carla.slash("/incident", f"reopen 2 {SAID}", room)
        await gina.slash("/incident", f"update 2 {SAID}")
        await carla.say("@holdfast show inc-1", "alerts")
        await story.settle()
    found = [{key: line.get(key, "") for key in ("event", "actor", "verb", "incident", "rule")} for line in lines]
    told = [tuple(line.values()) for line in found if line["event"] in ("read", "refused")]
    assert told == [
        ("read", "U0CARLA", "list", "INC-2", ""),
        ("read", "U0CARLA", "show", "INC-2", ""),
        ("refused", "U0CARLA", "update", "INC-1", "unseen"),
        ("refused", "U0CARLA", "reopen", "INC-2", "refused"),
        ("refused", "U0GINA", "update", "INC-2", "rank"),
        ("refused", "U0CARLA", "show", "INC-1", "unseen"),
    ]
    assert "xylophone" not in str(lines)
