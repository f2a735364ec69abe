"""The code of a run's envelopes: the one that it began with, also after a crash; for a run that begins, a new one."""

import re

from sqlalchemy.ext.asyncio import AsyncConnection

from agents.runtime.envelope import new_nonce
from bot.storage import transcripts

_ENVELOPE = re.compile(r"<untrusted ([0-9a-f]{32,})>\n")


async def nonce_of(connection: AsyncConnection, run_id: str) -> str:
    """From the first envelope that anybody in the run was shown: nothing but our own text stands before its code."""
    for row in await transcripts.openings(connection, run_id):
        for block in row.blocks:
            if found := _ENVELOPE.match(str(block.get("text", ""))):
                return found[1]
    return new_nonce()
