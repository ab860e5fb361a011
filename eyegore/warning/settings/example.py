"""The settings a lab begins with: ``eyegore settings example`` prints them, commented."""

EXAMPLE = """\
# Warnings of Eyegore: who is told, how, and when.        docs/warnings.rst explains every key.
# After each change:   eyegore settings check             Who is on duty:   eyegore roster today
#
# No password, token or secret URL belongs here. They are looked for in this order:
#   1. the environment              EYEGORE_SMTP_PASSWORD, EYEGORE_TWILIO_TOKEN, EYEGORE_IMAP_PASSWORD,
#                                   EYEGORE_OTHER_<NAME>, EYEGORE_HEARTBEAT_URL
#   2. the file named here          lines such as EYEGORE_SMTP_PASSWORD="..."; only with: chmod 600 credentials
#   3. the keyring of the desktop   (pip install keyring)     keyring set eyegore EYEGORE_SMTP_PASSWORD
# credentials = "credentials"       # below the folder of this file, unless it begins with / or ~

time_zone = "Europe/Berlin"         # of all times in this file; summer time is taken care of
escalate_after_min = 10             # nobody acknowledged for so long: the backup is told too
poll_s = 20                         # so often answers (ACK 4711) are looked for

# Quiet hours hold back only what is not CRITICAL. These are for everybody; a person may have others.
quiet = [{ from = "22:00", to = "07:00" }]

[texts]
lab = "CCD lab"                     # the first words of every message
signature = "Control room: +49 30 1234500"
instructions = "Before you drive in: the camera keeps cold for 40 minutes without cooling."

# --- people: the name in brackets is used below, in the journal and on the command line ----------------------------

[people.anna]
name = "Anna Berg"
email = "anna@lab.example"
phone = "+49 170 1234567"           # answers count from this number only
# channels = ["sms", "email"]       # default: all there is an address for

[people.ben]
name = "Ben Okafor"
email = "ben@lab.example"
phone = "+49 170 7654321"
quiet = []                          # none for him

# --- duty: at every moment exactly one entry; gaps and overlaps are refused ----------------------------------------
# from and to: a time of day (a pattern; to is of the next day if it is not later than from)
#              or a date and time (one shift). days, since, until, every_weeks narrow a pattern.

[[duty]]                            # days of the working week
primary = "anna"
backup = "ben"
days = ["mon", "tue", "wed", "thu", "fri"]
from = "08:00"
to = "20:00"

[[duty]]                            # their nights
primary = "ben"
backup = "anna"
days = ["mon", "tue", "wed", "thu", "fri"]
from = "20:00"
to = "08:00"

[[duty]]                            # Saturday 08:00 to Monday 08:00
primary = "ben"
backup = "anna"
days = ["sat", "sun"]
from = "08:00"
to = "08:00"

[[duty]]                            # Ben is away: this goes before the pattern
instead = true
primary = "anna"
from = "2026-12-24 08:00"
to = "2026-12-27 08:00"

# Weeks in turn, handed over on Monday at 09:00:
#   [[duty]]                        [[duty]]
#   primary = "anna"                primary = "ben"
#   backup = "ben"                  backup = "anna"
#   from = "09:00"                  from = "09:00"
#   to = "09:00"                    to = "09:00"
#   since = 2026-11-02              since = 2026-11-09
#   every_weeks = 2                 every_weeks = 2

# --- what goes where -----------------------------------------------------------------------------------------------

[routes]                            # of "sms", "call", "email", "other"; only those a person has are used
CRITICAL = ["sms", "call", "email"] # default: all there is an account for
WARNING = ["email"]                 # default: email; [] tells nobody (it stays in the window and the journal)

[rates]                             # at most so many messages to a person within window_min; the next one
per_parameter = 6                   # tells how many were withheld
total = 30
window_min = 60
expires_min = 240                   # what could not be delivered for so long is of no use any more

# --- accounts ------------------------------------------------------------------------------------------------------

[smtp]
host = "mail.lab.example"
security = "starttls"               # or "tls"; "none" without a login only
# port = 587                        # default: 587, 465 with "tls", 25 with "none"
user = "eyegore"                    # leave it out where the server wants no login
sender = "eyegore@lab.example"
# ca_file = "lab-ca.pem"            # the certificate authority of the lab's own server

[twilio]                            # SMS and calls; leave it out if there are none
sid = "AC00000000000000000000000000000000"
sender = "+49 30 1234599"           # the number Twilio gave you

# [imap]                            # answers to mails count too
# host = "mail.lab.example"
# user = "eyegore"

# [other.lab-chat]                  # what the lab has besides (Slack, ntfy, Telegram ...); its URL is the
# about = "the chat of the lab"     # credential EYEGORE_OTHER_LAB_CHAT. And: other = ["lab-chat"] of a person

# --- does it still work? -------------------------------------------------------------------------------------------

[proof]                             # a message that wants an answer; the strip turns amber without
at = ["09:00"]                      # once a day, or the beginning of each shift
answer_min = 30
channels = ["sms"]

[heartbeat]                         # another machine notices when this one died
file = "~/.local/state/eyegore/heartbeat"
period_s = 60
"""
