"""Where the written record of an incident stands: a word of its own, since an incident carries it and rules move it."""

from enum import StrEnum


class PostmortemState(StrEnum):
    """An incident that needs no record has none of them."""

    DUE = "due"
    DRAFTING = "drafting"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    IMPLEMENTING = "implementing"
    COMPLETE = "complete"
    WAIVED = "waived"
