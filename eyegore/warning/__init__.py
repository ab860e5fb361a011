"""Who is told what, when and how: mail, SMS, calls, and their answers."""
