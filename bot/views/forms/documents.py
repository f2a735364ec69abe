"""The form that searches the published post-mortems."""

from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    words = text_input(
        Form.DOCUMENTS,
        Field.WORDS,
        "What are you looking for?",
        initial=memory.draft,
        lines=False,
        hint="Words in quotes must stand together.",
        example="certificates expired",
    )
    return form(Form.DOCUMENTS, "Search post-mortems", "Search", memory, [words])


def read(view: View) -> str:
    """The words. Raises Refused, by field."""
    answers = Answers(view)
    words = answers.text(Field.WORDS, "Say which words to look for.")
    answers.check()
    return words
