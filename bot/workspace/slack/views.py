"""Modals and Homes: what is on a person's stack, and the calls that change it."""

import json
from typing import Any

from bot.workspace.slack import forms, limits, payloads, validate
from bot.workspace.slack.call import Call, Denied, Json, said
from bot.workspace.slack.model import Surprise, View
from bot.workspace.slack.world import World


def checked(world: World, body: Any, *kinds: str) -> Json:  # Any: whatever a caller may have sent
    """The view, if Slack would take it as one of these kinds; its blocks get ids. Raises Denied."""
    if found := validate.view(body):
        raise Denied("invalid_arguments", **said(*found))
    if body["type"] not in kinds:
        raise Denied("invalid_arguments", **said("must be a valid enum value [json-pointer:/view/type]"))
    if len(json.dumps(body)) > limits.VIEW_BYTES:
        raise Denied("view_too_large")
    for block in body["blocks"]:
        block.setdefault("block_id", world.next_id("b"))
        for _, element in validate.elements(block):
            element.setdefault("action_id", world.next_id("a"))
    return dict(body)


def show(world: World, user: str, body: Json, *, push: bool = False) -> View:
    """Put a modal before this person: on top of what is open, or instead of it. Raises Denied."""
    stack = world.stacks.setdefault(user, [])
    if push and len(stack) >= limits.VIEW_STACK:
        raise Denied("push_limit_reached")
    below = stack[-1] if push and stack else None
    id = world.next_id("V")
    view = View(id, user, body, "", root_id=below.root_id if below else id, previous_id=below.id if below else None)
    if not push:
        stack.clear()
    stack.append(view)
    _renew(world, view, body)
    return view


def replace(world: World, view: View, body: Json) -> None:
    """Change what a view shows; inputs with the same ids keep what they hold."""
    _renew(world, view, body)


def close(world: World, user: str, *, everything: bool = False) -> None:
    """Take the topmost modal away, or all of them."""
    stack = world.stacks.get(user, [])
    del stack[0 if everything else -1 :]
    world.changed("view", "", "")


def answer(world: World, view: View, body: Json) -> bool:
    """Do what the bot answered to the submission of this modal; False if Slack could make nothing of it."""
    stack = world.stacks.get(view.user, [])
    try:
        match body.get("response_action"):
            case None if not body:
                stack[:] = [other for other in stack if other is not view]
            case "clear":
                stack.clear()
            case "errors" if body.get("errors") and set(body["errors"]) <= _inputs(view):
                view.errors = dict(body["errors"])
            case "update":
                replace(world, view, checked(world, body.get("view"), "modal"))
            case "push":
                show(world, view.user, checked(world, body.get("view"), "modal"), push=True)
            case _:
                world.surprises.append(Surprise("view_submission", f"unknown answer: {body}"))
                return False
    except Denied as denied:
        world.surprises.append(Surprise("view_submission", f"{denied.error}: {denied.more}"))
        return False
    return True


def _inputs(view: View) -> set[str]:
    return {block["block_id"] for block in view.blocks if block["type"] == "input"}


def _renew(world: World, view: View, body: Json) -> None:
    view.body = body
    view.state = forms.initial(body["blocks"], view.state)
    view.hash = f"{int(world.now())}.{world.next_id('')}"
    view.errors, view.trouble = {}, ""
    world.save(view)


def _given(call: Call) -> Any:  # Any: whatever a caller may have sent
    return call.json("view")


def _user(call: Call) -> str:
    """Whoever the trigger is of; it is used up. Raises Denied."""
    trigger = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger:
        raise Denied("invalid_arguments", **said("missing required field: trigger_id"))
    user = call.tickets.redeem(trigger)
    if user.endswith("_trigger_id"):
        raise Denied(user)
    return user


def open_view(call: Call) -> Json:
    body = checked(call.world, _given(call), "modal")
    return {"view": payloads.view(call.world, show(call.world, _user(call), body))}


def push_view(call: Call) -> Json:
    body = checked(call.world, _given(call), "modal")
    user = _user(call)
    if not call.world.stacks.get(user):
        raise Denied("not_found")
    return {"view": payloads.view(call.world, show(call.world, user, body, push=True))}


def update_view(call: Call) -> Json:
    world = call.world
    if external := call.text("external_id"):
        stacked = (view for stack in world.stacks.values() for view in stack)
        view = next((view for view in stacked if view.body.get("external_id") == external), None)
    else:
        view = world.view(call.text("view_id"))
    if view is None:
        raise Denied("not_found")
    body = checked(world, _given(call), view.kind)
    if (expected := call.text("hash")) and expected != view.hash:
        raise Denied("hash_conflict")
    replace(world, view, body)
    return {"view": payloads.view(world, view)}


def publish_view(call: Call) -> Json:
    world, user = call.world, call.text("user_id")
    body = checked(world, _given(call), "home")
    if user not in world.people:
        raise Denied("user_not_found")
    view = world.homes.get(user)
    if view is None:
        id = world.next_id("V")
        view = View(id, user, body, "", root_id=id)
    elif (expected := call.text("hash")) and expected != view.hash:
        raise Denied("hash_conflict")
    replace(world, view, body)
    return {"view": payloads.view(world, view)}
