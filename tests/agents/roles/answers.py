"""Answers as a model gives them, for tests of what becomes of them."""

from typing import Any

TRIAGE: dict[str, Any] = {
    "symptom": "down",
    "core": False,
    "several": False,
    "data_at_risk": False,
    "security": False,
    "workaround": False,
    "share": "everyone",
    "evidence": ["E-1"],
    "domains": ["deploy"],
    "began": "2026-11-20 13:55 UTC",
    "summary": "Nextcloud answers 502 since 14:00 UTC.",
    "findings": [{"sentence": "The probe fails.", "evidence": ["E-1"]}],
    "hints": [{"specialist": "delivery", "hint": "Look at the release of 13:52 UTC."}],
}
LOOK: dict[str, Any] = {
    "summary": "The release broke it.",
    "findings": [{"sentence": "A release came 8 min before.", "evidence": ["E-1"]}],
    "causes": [
        {
            "cause": "The release changed the image.",
            "category": "deployment",
            "confidence": 0.8,
            "evidence": ["E-1", "E-2"],
        }
    ],
    "ruled_out": [{"what": "No node is in trouble.", "nothing_of": ["node"]}],
    "not_known": ["Whether the volume is slow."],
}
HISTORY: dict[str, Any] = {"first_recorded": True}
REPORT: dict[str, Any] = {
    "verdict": "The release of 13:52 UTC broke Nextcloud.",
    "evidence": ["E-1", "E-2"],
    "known": True,
    "confidence": 0.8,
    "findings": [{"sentence": "A release came 8 min before.", "evidence": ["E-1"]}],
    "causes": LOOK["causes"],
    "whys": [{"why": "Why did it fail?", "because": "The image does not start.", "evidence": ["E-1"]}],
    "factors": [{"factor": "process_gap", "sentence": "Releases are not tried first.", "evidence": ["E-1"]}],
    "items": [
        {
            "priority": "P1",
            "type": "Alert",
            "action": "Alert when a rollout of Nextcloud does not finish in 5 min.",
            "file": "stacks/nextcloud/alerts.tf",
            "change": "",
            "evidence": ["E-1"],
        }
    ],
    "commands": [
        {
            "command": "kubectl rollout undo deployment/nextcloud -n nextcloud",
            "why": "Goes back to the revision before; the same command goes forward again.",
        },
        {"command": "kubectl delete pvc data -n nextcloud", "why": "Frees space."},
    ],
    "next_steps": ["Take the release back, then see whether the probe passes."],
}
POSTMORTEM: dict[str, Any] = {
    **REPORT,
    "sections": [{"part": "Summary", "text": "It was down for ten minutes.", "evidence": ["L-1"]}],
}
