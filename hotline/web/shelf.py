"""Where does this installation keep its files?"""

from pathlib import Path

from flask import current_app

from hotline.services.attachments import Shelf
from hotline.services.file_scanner import Clamd


def shelf() -> Shelf:
    """Open the configured folder, or the one in the instance folder, with the scanner if there is one."""
    folder = current_app.config.get("ATTACHMENT_FOLDER") or Path(current_app.instance_path, "attachments")
    address = current_app.config["SETTINGS"].clamd_address
    return Shelf(Path(folder), Clamd(address).scan if address else None)


def export_folder() -> Path:
    """Where tables that somebody may fetch lie for a day."""
    return Path(current_app.config.get("EXPORT_FOLDER") or Path(current_app.instance_path, "exports"))
