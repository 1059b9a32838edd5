"""Where does a running Hotline begin: read the environment once, then build the application from it."""

import os
import sys

from dotenv import load_dotenv

from config import Settings, SettingsError
from hotline.app import create_app

load_dotenv()
try:
    app = create_app(Settings.from_env(os.environ))
except SettingsError as error:
    sys.exit(f"Hotline cannot start:\n{error}")
