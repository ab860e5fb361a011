"""Errors that end an operation; each message says what is wrong and what to do about it, in one line."""


class EyegoreError(Exception):
    """Base of every error Eyegore raises on purpose; the command line prints it and exits with 2."""


class FormatError(EyegoreError):
    """A file is not what its name says; the message names the file and, where there is one, the line."""


class SettingsError(EyegoreError):
    """A setting or option cannot be used."""


class Ds9Error(EyegoreError):
    """DS9 is missing, did not start, did not answer in time, or refused a command."""
