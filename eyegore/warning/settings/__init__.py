"""Settings of the warnings: who is told, how and when. :func:`load_settings` reads the file."""

from eyegore.warning.settings.model import Person, WarningSettings
from eyegore.warning.settings.settings_file import default_path, example, load_settings

__all__ = ["Person", "WarningSettings", "default_path", "example", "load_settings"]
