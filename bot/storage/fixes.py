"""What agents proposed to end an incident: read from what they wrote down while they looked into it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import Drafted
from bot.incident.model import Frozen
from bot.storage import investigations, proposals
from bot.storage.proposals import Proposal


class Fix(Frozen):
    """What would end an incident, as agents proposed it."""

    id: str
    what: str
    why: str = ""
    draft: Drafted | None = None


async def fixes(connection: AsyncConnection, incident_id: str, investigation_id: str) -> Sequence[Fix]:
    """What agents proposed in this investigation: as a fix, or as an action item with its change drafted."""
    of_it = await proposals.of_incident(connection, incident_id)
    mine = [each for each in of_it if each.run_id == investigation_id and each.kind == "fix"]
    found = [_proposed(each) for each in mine]
    one = await investigations.get(connection, investigation_id)
    drafted = one.findings.items if one is not None and one.incident_id == incident_id and one.findings else ()
    for number, item in enumerate(drafted):
        if item.file and item.change:
            draft = Drafted(file=item.file, change=item.change, by="report_writer")
            found.append(Fix(id=f"{investigation_id}:{number}", what=item.action, draft=draft))
    return found


def _proposed(proposal: Proposal) -> Fix:
    body = proposal.body
    draft = Drafted(file=body.get("file", ""), change=body["change"], by=proposal.agent) if body.get("change") else None
    why = f"{body.get('why', '')} {body.get('risk', '')}".strip()
    return Fix(id=f"{proposal.run_id}:{proposal.tool_use_id}", what=str(body["what"]), why=why, draft=draft)
