"""A proposal is written once for each call, however often that is answered."""

from datetime import timedelta

from bot.storage import proposals
from bot.storage.db import Database
from tests.clock import START

BODY = {"action": "Raise the limit", "pieces": ["E-1"]}


async def test_the_same_call_is_one_proposal(database: Database) -> None:
    """The first stays; another call of the same run is another one."""
    async with database.write() as connection:
        await proposals.add(connection, "run", "writer", "toolu_1", "incident", "action_item", BODY, START)
    async with database.write() as connection:
        again = {"action": "Something else"}
        later = START + timedelta(hours=1)
        await proposals.add(connection, "run", "writer", "toolu_1", "incident", "action_item", again, later)
        await proposals.add(connection, "run", "writer", "toolu_2", "incident", "fix", {"what": "Restart"}, later)
        await proposals.add(connection, "run", "historian", "toolu_1", "incident", "fix", {"what": "Wait"}, later)
        await proposals.add(connection, "other", "writer", "toolu_1", "other incident", "fix", {}, later)
    async with database.read() as connection:
        found = await proposals.of_incident(connection, "incident")
        assert [(each.agent, each.tool_use_id) for each in found] == [
            ("writer", "toolu_1"),
            ("historian", "toolu_1"),
            ("writer", "toolu_2"),
        ]
        assert found[0].body == BODY
        assert found[0].at == START
        assert await proposals.count(connection, "run") == 3


async def test_a_call_is_looked_up_by_its_key(database: Database) -> None:
    """None where it proposed nothing."""
    async with database.write() as connection:
        await proposals.add(connection, "run", "writer", "toolu_1", "incident", "fix", BODY, START)
    async with database.read() as connection:
        found = await proposals.get(connection, "run", "writer", "toolu_1")
        assert found is not None
        assert found.body == BODY
        assert await proposals.get(connection, "run", "writer", "toolu_2") is None
