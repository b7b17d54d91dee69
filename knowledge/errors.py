"""The one base of every error that a person may see."""


class FrontdeskError(Exception):
    """A failure told so that a person can act on it.

    `str(error)` is one whole sentence saying what happened; `fix` is what to do next, as a
    sentence in the imperative, or empty where nothing can be done.
    """

    for_askers = False
    """Whether whoever asked a question is told it too: of most only an admin makes sense."""

    def __init__(self, sentence: str, fix: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.sentence} {self.fix}".strip()


def install(extra: str) -> str:
    """Return the command that installs what an extra of Frontdesk needs, in the folder that it was set up in."""
    return f".venv/bin/pip install -c constraints.txt -e '.[{extra}]'"
