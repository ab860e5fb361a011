"""What all documents share: the sheet, and the folder they go to."""
