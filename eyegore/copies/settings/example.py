"""The settings a lab begins with: ``eyegore settings example copies`` prints them, commented."""

EXAMPLE = """\
# Copies of Eyegore: where the day folder goes.           docs/sync.rst explains every key.
# After each change:   eyegore settings check             A host key for the first time:   eyegore trust NAME
#
# No password belongs here, and none can be typed: ssh needs a key without passphrase, readable by you alone:
#   ssh-keygen -t ed25519 -N "" -f ~/.ssh/eyegore; ssh-copy-id -i ~/.ssh/eyegore lab@gateway.lab.example

[broadcast]                         # the gateway for people outside: -B NAME is the folder NAME below its root
host = "gateway.lab.example"        # as ssh knows it; what ~/.ssh/config says of it counts as well
user = "lab"                        # default: as ssh is set up; so are port and key
# port = 22
# key = "~/.ssh/eyegore"            # below the folder of this file, unless it begins with / or ~
root = "/srv/data"                  # must exist there; it is never made
bandwidth_kb = 5000                 # at most so much [KiB/s]; default: no limit

[targets.vault]                     # -r vault
host = "vault.lab.example"
user = "lab"
root = "/backup/camera"
role = "backup"                     # only for -r; "broadcast" only for -B; default: either

[targets.usb]                       # -r usb: a folder of this computer, or of a mount
root = "/mnt/usb"
"""
