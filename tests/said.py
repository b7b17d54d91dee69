"""What a command says, kept for a test to look at."""

from pathlib import Path


class Said:
    """Remembers what a command said."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.files: list[tuple[str, str]] = []
        self.pictures: list[tuple[bytes, str, bool]] = []
        self.asked: list[tuple[str, str]] = []
        """Whose data shall be deleted, with the question that was asked first."""

    async def say(self, text: str) -> None:
        self.texts.append(text)

    async def progress(self, text: str) -> None:
        self.texts.append(text)

    async def send_file(self, path: Path, text: str) -> None:
        self.files.append((path.read_text(encoding="utf-8"), text))

    async def send_picture(self, path: Path, text: str, description: str, *, everyone: bool) -> None:
        self.texts.append(text)
        self.pictures.append((path.read_bytes(), description, everyone))

    async def confirm(self, text: str, button: str, user: str) -> None:
        self.asked.append((user, text))
