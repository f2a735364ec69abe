"""Slack's numbers in one place, since they change without notice. Collected on `DATE`."""

DATE = "2026-11-21"

# Messages and views.
BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100
BLOCKS_TEXT_PER_MESSAGE = 13_200  # characters over all blocks of a posted message; refusals seen from here on
MESSAGE_TEXT = 40_000  # longer text is cut when posted
EDITED_TEXT = 4_000  # longer text is refused by chat.update and chat.postEphemeral
VIEW_BYTES = 250_000
VIEW_STACK = 3
PRIVATE_METADATA = 3000

# Block Kit.
ID = 255
TEXT = 3000
FIELD = 2000
FIELDS = 10
ACTIONS = 25
CONTEXT = 10
HEADER = 150
URL = 3000
LABEL = 2000
PLACEHOLDER = 150
BUTTON = 75
VALUE = 2000
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
OPTIONS_CHECKED = 10  # checkboxes and radio buttons
OPTIONS_OVERFLOW = 5
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
VIEW_TITLE = 24
ANSWER = 3000

# Channels and what hangs on them.
CHANNEL_NAME = 80
TOPIC = 250
INVITED_AT_ONCE = 100
OPENED_AT_ONCE = 8
PINS = 100
BOOKMARKS = 100
BOOKMARK_TITLE = 256
BOOKMARK_LINK = 2048
PAGE = 1000
REACTIONS = 23

# Time, in seconds.
ACK = 3.0
TRIGGER = 3.0
RESPONSE_URL = 1800.0
RESPONSE_URL_USES = 5
RETRIES = (0.0, 60.0, 300.0)  # waits before an event is delivered again
SOCKETS = 10

#: Calls a minute, by tier; chat.postMessage has a rate of its own, one a second in a channel.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
