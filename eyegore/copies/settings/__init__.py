"""Settings of the copies: where copies of the day folder go, and how these places are reached."""

from eyegore.copies.settings.model import CopySettings, Place
from eyegore.copies.settings.settings_file import default_path, load_settings
from eyegore.copies.settings.target_names import TargetNames

__all__ = ["CopySettings", "Place", "TargetNames", "default_path", "load_settings"]
