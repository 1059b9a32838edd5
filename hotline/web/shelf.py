"""Where does this installation keep its files?"""

from pathlib import Path

from flask import current_app

from hotline.services.attachments import Shelf


def shelf() -> Shelf:
    """Open the configured folder, or the one in the instance folder."""
    folder = current_app.config.get("ATTACHMENT_FOLDER") or Path(current_app.instance_path, "attachments")
    return Shelf(Path(folder))


def export_folder() -> Path:
    """Where tables that somebody may fetch lie for a day."""
    return Path(current_app.config.get("EXPORT_FOLDER") or Path(current_app.instance_path, "exports"))
