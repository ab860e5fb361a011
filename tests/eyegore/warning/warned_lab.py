"""Settings of warnings that lead to providers on this machine."""

from __future__ import annotations

ANNA, BEN = "+491701234567", "+491707654321"
SETTINGS = """\
time_zone = "UTC"
poll_s = 5
[texts]
lab = "Test lab"
[people.anna]
name = "Anna Berg"
email = "anna@lab.example"
phone = "{anna}"
[people.ben]
name = "Ben Okafor"
email = "ben@lab.example"
phone = "{ben}"
[[duty]]
primary = "anna"
backup = "ben"
from = "00:00"
to = "00:00"
[routes]
CRITICAL = ["sms", "email"]
[smtp]
host = "localhost"
port = {port}
user = "{user}"
sender = "{sender}"
ca_file = "{ca}"
[twilio]
sid = "{sid}"
sender = "{number}"
base_url = "{url}"
"""
