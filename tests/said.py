"""What a command says, kept for a test to look at."""

from pathlib import Path


class Said:
    """Remembers what a command said."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.files: list[tuple[str, str]] = []

    async def say(self, text: str) -> None:
        self.texts.append(text)

    async def send_file(self, path: Path, text: str) -> None:
        self.files.append((path.read_text(encoding="utf-8"), text))
