"""A house whose infra repository has a stack and open items, and a Terraform that kills the bot when it is told to."""

import asyncio
import json
import stat
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from bot.change.model import Approval, Change, ChangeState, Drafted, ItemState, TrackedItem
from bot.errors import Refused
from bot.storage import approvals, audit, changes, effects, items, rounds
from bot.storage.tables import action_items
from bot.views.ids import Click
from tests import postgres
from tests.kill.harness import PATIENCE, House
from tests.ports import own_port
from tests.scenarios.published import FOLDER

PLANS = Path(__file__).parents[1] / "bot" / "change" / "plans"
DOCUMENT = "2026-02-01-disks-were-full.md"
STACK = "stacks/app"
#: So long nothing moves when everybody waits for a time. Seconds.
STILL = 2.5
#: Behaves as Terraform does, for files as resources: a plan is what there is and what is known to be there, an apply
#: makes it so, once; a plan of another state is stale. Killing its parent, it kills the bot.
SCRIPT = r"""#!/bin/sh
here=$(dirname "$0"); verb=$1; shift
dies() {
  [ -e "$here/die" ] && [ "$(cat "$here/die")" = "$verb:$1" ] || return 0
  rm "$here/die"; kill -9 $PPID
}
both() {
  [ -e "$here/die" ] && [ "$(cat "$here/die")" = "$verb:both" ] || return 0
  rm "$here/die"; kill -9 $PPID $$
}
[ "$verb" = plan ] && ls *.tf | cmp -s - "$here/state" && verb=verify
dies before
case $verb in
  plan | verify)
    for word; do case $word in -out=*) out=${word#-out=};; esac; done
    cksum < "$here/state" > "$out"; ls *.tf >> "$out"
    ls *.tf | cmp -s - "$here/state" || { dies after; exit 2; } ;;
  show)
    for word; do plan=$word; done
    if tail -n +2 "$plan" | cmp -s - "$here/state"; then cat "$here/nothing.json"; else cat "$here/create.json"; fi ;;
  apply)
    [ "$(head -n 1 "$1")" = "$(cksum < "$here/state")" ] || { echo "Error: Saved plan is stale" >&2; exit 1; }
    echo "called" >> "$here/called"
    both
    tail -n +2 "$1" | comm -13 "$here/state" - >> "$here/applied"
    dies mid
    tail -n +2 "$1" > "$here/state.new"; mv "$here/state.new" "$here/state" ;;
esac
dies after
"""


def action(number: int) -> str:
    """The words of an item."""
    return f"Add an alert on disk {number}"


def _document(rows: int) -> str:
    head = "| Action | Type | Details | Status |\n| --- | --- | --- | --- |"
    body = "\n".join(f"| {action(number)} | Alert |  | TODO |" for number in range(rows))
    about = "# Post-Mortem: Disks were full\n\n| Field | Value |\n| --- | --- |\n| **Date** | 2026-02-01 |\n"
    return f"{about}\n## Summary\n\nFull.\n\n## Prevention plan\n\n### P1\n\n{head}\n{body}\n"


class Site:
    """The house, its Terraform, and the one item that is worked on."""

    def __init__(self, house: House, tools: Path) -> None:
        self.house = house
        self.tools = tools
        self.number = -1

    @classmethod
    async def build(cls, folder: Path, server: str, remediation: str = "plan", rows: int = 1) -> "Site":
        """With so many rows in the document, not started yet. `server` is that of PostgreSQL, or empty."""
        house = await House.build(folder, postgres.fresh_database(server) if server else "", "http", own_port())
        tools = folder / "tools"
        tools.mkdir()
        command = tools / "terraform"
        command.write_text(SCRIPT)
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        for name in ("create", "nothing"):
            (tools / f"{name}.json").write_text(json.dumps(json.loads((PLANS / f"{name}.json").read_text())["plan"]))
        (tools / "state").write_text("main.tf\n")
        (tools / "applied").touch()
        main = 'resource "terraform_data" "web" {\n  input = "one"\n}\n'
        files = {f"{STACK}/main.tf": main, f"{FOLDER}/{DOCUMENT}": _document(rows)}
        house.workspace.repository.commit(files, "A stack")
        keys = f"repository: {{remote: {house.workspace.remote!r}, plan: [{str(command)!r}, plan]}}"
        config = folder / "holdfast.yml"
        config.write_text(f"{config.read_text()}\n{keys}\nremediation: {remediation}\n")
        house.timing |= {"HOLDFAST_HTTP_TIMEOUT": "2", "HOLDFAST_SETTLE": "2.5"}
        return cls(house, tools)

    async def start(self, rows: int) -> None:
        """Until it has read everything."""
        self.house.start()
        await self.house.ready()
        await self.until(lambda: self._is_read(rows))

    async def _is_read(self, rows: int) -> bool:
        async with self.house.reading() as (database, _), database.read() as connection:
            return len(await items.all_of(connection, list(ItemState))) >= rows

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        """Until it is so; where everybody waits for a time, that time comes."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                seen, since = await self._moves(), loop.time()
                while not await is_so():
                    await asyncio.sleep(0.05)
                    if (now := await self._moves()) != seen:
                        seen, since = now, loop.time()
                    elif loop.time() > since + STILL:
                        self.house.clock.advance(61)
                        since = loop.time()
        except TimeoutError as error:
            raise AssertionError(f"{await self.account()}\n{self.house.account()}") from error

    async def _moves(self) -> object:
        """What moves while somebody works."""
        async with self.house.reading() as (database, _), database.read() as connection:
            row = (await connection.execute(select(action_items).order_by(action_items.c.id))).fetchall()
            return [(each.due_at, each.progress, each.state) for each in row], len(self.house.calls)

    async def account(self) -> str:
        """Where the item stands, for whoever reads a failure."""
        item, change, asked = await self.stands()
        return f"{item.state} {item.reason!r}, change {change and (change.state, change.problem)}, {asked}"

    async def stands(self) -> tuple[TrackedItem, Change | None, Approval | None]:
        """The item, its newest change, and what was asked last."""
        async with self.house.reading() as (database, _), database.read() as connection:
            found = await items.all_of(connection, list(ItemState))
            item = next(each for each in found if each.action == action(self.number))
            return item, await changes.newest(connection, item.id), await approvals.newest(connection, item.id)

    async def take_up(self) -> None:
        """The next item has a draft, and the owner has it prepared."""
        self.number += 1
        item, _, _ = await self.stands()
        path = f"{STACK}/disk{self.number}.tf"
        text = f'resource "terraform_data" "disk{self.number}" {{\n  input = "90"\n}}\n'
        drafted = item.model_copy(update={"drafted": Drafted(file=path, change=text, by="report_writer")})
        async with self.house.reading() as (database, _), database.write() as connection:
            await items.save(connection, drafted)
        await self.prepare()

    async def prepare(self) -> None:
        """The owner presses the button for it, until it is taken up."""
        before = (await self.stands())[0].state

        async def taken() -> bool:
            now = (await self.stands())[0]
            if now.state is before:
                await self._press_prepare(now)
            return now.state is not before

        await self.house.until(taken)

    async def _press_prepare(self, item: TrackedItem) -> None:
        owner = self.house.workspace.slack.person("viktor")
        if owner.view is not None:
            await owner.close_view(everything=True)
        await owner.slash("/approve-todo", item.key)
        for _ in range(20):
            with suppress(Refused):
                await owner.click(Click.PREPARE, value=item.id)
                break
            await House.moment()

    async def approve(self, asked: Approval) -> None:
        """The owner presses *Approve*, if they see it yet."""
        owner = self.house.workspace.slack.person("viktor")
        if owner.view is not None:
            await owner.close_view(everything=True)
        with suppress(Refused):
            await owner.click(Click.APPROVE, value=asked.id)

    async def carried_out(self) -> list[str]:
        """Until it is done and said, with the owner's clicks wherever it waits; why it was held meanwhile."""
        held: list[str] = []

        async def done() -> bool:
            item, change, asked = await self.stands()
            if item.state is ItemState.HELD:
                held.append(item.reason)
                await self.prepare()
            elif asked is not None and asked.is_pending and change is not None and change.state is ChangeState.AWAITING:
                await self.approve(asked)
            return item.state is ItemState.DONE and await self.is_said(item.round_id)

        await self.until(done)
        return held

    async def is_said(self, round_id: str) -> bool:
        async with self.house.reading() as (database, _), database.write() as connection:
            one, late = await rounds.shown(connection, round_id), await effects.waiting(connection)
        soon = [each for each in late if self.house.is_soon(each)]
        return one is not None and bool(one.ts) and one.shown >= one.wanted and not soon

    async def kill_at(self, state: str) -> None:
        """Kill as soon as the item or its change is seen to be so."""
        while True:
            item, change, _ = await self.stands()
            if state in (item.state, change and change.state) or (state == "landed" and change and change.landed):
                await self.house.kill()
                return
            await House.moment(0.002)

    def die(self, where: str) -> None:
        """From now on Terraform kills the bot there, once."""
        (self.tools / "die").write_text(where)

    def died(self) -> bool:
        """Whether it has."""
        return not (self.tools / "die").exists()

    def applied(self) -> list[str]:
        """What was applied, in its order."""
        return (self.tools / "applied").read_text().split()

    async def broken(self) -> str:
        """What is wrong with the audit log; empty for nothing."""
        async with self.house.reading() as (database, _):
            found = await audit.check(database)
        return found.why if found else ""
