"""Action items with their changes and approvals, for what Slack shows of them."""

from datetime import timedelta

from hypothesis import strategies as st

from bot.change.model import (
    Approval,
    ApprovalState,
    Ask,
    Attribute,
    Bound,
    Change,
    ChangeKind,
    ChangeState,
    Edit,
    Finding,
    Gate,
    ItemState,
    Planned,
    Projection,
    Result,
    Source,
    Standing,
    TrackedItem,
    Verdict,
)
from bot.postmortem.model import Kind, Priority
from bot.views.blocks import Block, Rendered
from tests.bot.views.samples import ACTORS, MAYBE, NASTY, NOW, TEXT, TIMES

BOUND = Bound(commit="c" * 40, tree="t" * 40, plan="0123456789abcdef", verdict="v", inputs="i")
PLAN = Projection(
    resources=(
        Planned(
            address="terraform_data.alert",
            type="terraform_data",
            actions=("create",),
            attributes=(Attribute(name="x"),),
        ),
        Planned(
            address="terraform_data.web",
            type="terraform_data",
            actions=("update",),
            attributes=(Attribute(name="token", before="•••", after="•••"),),
        ),
        Planned(address="terraform_data.db", type="terraform_data", actions=("update",)),
    ),
    unchanged=4,
)


def an_item(**changes: object) -> TrackedItem:
    """T-31, an alert of a post-mortem that waits for a person, unless said otherwise."""
    item = TrackedItem(
        id="item-31",
        number=31,
        document="2026-11-20-nextcloud.md",
        action="Alert on a full disk",
        kinds=(Kind.ALERT,),
        priority=Priority.P1,
        line=40,
        state=ItemState.IMPLEMENTING,
        changed_at=NOW,
    )
    return item.model_copy(update=changes)


def a_change(**changes: object) -> Change:
    """A planned change of one stack that waits for a click, unless said otherwise."""
    change = Change(
        id="change-1",
        item_id="item-31",
        number=1,
        state=ChangeState.AWAITING,
        stack="stacks/nextcloud",
        edits=(Edit(path="stacks/nextcloud/alert.tf", before=None, after="alert {\n  for = 5\n}\n"),),
        summary="Adds a rule that fires at 90%.",
        rollback="Remove the rule again.",
        verdicts=(
            Verdict(
                gate=Gate.CLASS,
                findings=(Finding(rule="class.plan", result=Result.PERSON, sentence="Changes wait for a click."),),
            ),
        ),
        projection=PLAN,
        bound=BOUND,
        made_at=NOW,
    )
    return change.model_copy(update=changes)


def an_approval(**changes: object) -> Approval:
    """A-57, which waits for a click on an exact plan for four hours, unless said otherwise."""
    approval = Approval(
        id="approval-57",
        number=57,
        ask=Ask.APPLY,
        item_id="item-31",
        change_id="change-1",
        requester="U0ANA",
        bound=BOUND,
        asked_at=NOW,
        expires_at=NOW + timedelta(hours=4),
    )
    return approval.model_copy(update=changes)


def a_standing(
    item: TrackedItem | None = None,
    change: Change | None = None,
    approval: Approval | None = None,
    **more: object,
) -> Standing:
    """All three, unless said otherwise."""
    found = Standing(
        item=item or an_item(),
        change=change or a_change(),
        approval=approval or an_approval(),
        able=("U0VIKTOR", "U0ANA"),
    )
    return found.model_copy(update=more)


def held(number: int, **changes: object) -> Standing:
    """An architecture item that waits for a click to be prepared."""
    item = an_item(
        id=f"item-{number}", number=number, kinds=(Kind.ARCHITECTURE,), state=ItemState.HELD, reason="It is a decision."
    )
    asked = an_approval(
        id=f"approval-{number}", number=number, ask=Ask.PREPARE, change_id="", bound=None, expires_at=None
    )
    return Standing(item=item.model_copy(update=changes), approval=asked, able=("U0VIKTOR",))


def pressed(shown: Rendered, label: str) -> Block:
    """The button of that name."""
    found: list[Block] = [e for b in shown.blocks for e in (*b.get("elements", ()), b.get("accessory", {}))]
    return next(e for e in found if e.get("type") == "button" and e["text"]["text"] == label)


#: A megabyte in one word, and what a fence or a mention is made of, many times over.
LONG = st.sampled_from((*NASTY, "<!channel> " * 20_000, "```" * 30_000, "&" * 100_000, "\u202e" * 50_000))
WORDS = st.one_of(TEXT, LONG)
ACTIONS = st.sampled_from((("create",), ("update",), ("delete",), ("delete", "create"), ("read",), ("forget",), ("x",)))
RESOURCES = st.builds(
    Planned,
    address=TEXT,
    type=TEXT,
    actions=ACTIONS,
    attributes=st.lists(st.builds(Attribute, name=TEXT, before=TEXT, after=TEXT), max_size=2).map(tuple),
)
FINDINGS = st.builds(Finding, rule=TEXT, result=st.sampled_from(Result), sentence=WORDS)
CHANGES = st.builds(
    Change,
    id=st.just("change-1"),
    item_id=st.just("item-31"),
    number=st.just(1),
    kind=st.sampled_from(ChangeKind),
    state=st.sampled_from(ChangeState),
    stack=TEXT,
    edits=st.lists(st.builds(Edit, path=TEXT, before=st.none() | TEXT, after=st.none() | WORDS), max_size=3).map(tuple),
    summary=WORDS,
    rollback=WORDS,
    verdicts=st.lists(FINDINGS, max_size=9).map(lambda found: (Verdict(gate=Gate.PLAN, findings=tuple(found)),)),
    projection=st.none()
    | st.builds(
        Projection,
        resources=st.lists(RESOURCES, max_size=5).map(tuple),
        outputs=st.lists(TEXT, max_size=2).map(tuple),
        unchanged=st.integers(0, 9),
    ),
    bound=st.none() | st.just(BOUND),
    landed=st.sampled_from(("", "c" * 40)),
    url=st.sampled_from(("", "https://git.example.com/1")) | TEXT,
    made_at=TIMES,
)
APPROVALS = st.builds(
    Approval,
    id=st.just("approval-57"),
    number=st.just(57),
    ask=st.sampled_from(Ask),
    item_id=st.just("item-31"),
    state=st.sampled_from(ApprovalState),
    requester=ACTORS,
    people=st.sampled_from((1, 2)),
    agreed=st.lists(ACTORS, max_size=8).map(tuple),
    bound=st.none() | st.just(BOUND),
    asked_at=TIMES,
    expires_at=MAYBE,
    decided_by=ACTORS,
    decided_at=MAYBE,
    reason=WORDS,
)
TRACKED = st.builds(
    TrackedItem,
    id=st.just("item-31"),
    number=st.just(31),
    source=st.sampled_from(Source),
    document=TEXT,
    action=WORDS,
    type=TEXT,
    kinds=st.lists(st.sampled_from(Kind), max_size=3).map(tuple),
    priority=st.none() | st.sampled_from(Priority),
    issue=st.none() | st.integers(1, 99),
    state=st.sampled_from(ItemState),
    reason=WORDS | TEXT.map(lambda text: f"<@U0ANA> said no: {text}"),
    changed_at=TIMES,
)
STANDINGS = st.builds(
    Standing,
    item=TRACKED,
    change=st.none() | CHANGES,
    approval=st.none() | APPROVALS,
    progress=st.sampled_from(("", "Planning")) | TEXT,
    able=st.lists(ACTORS, max_size=9).map(tuple),
)
