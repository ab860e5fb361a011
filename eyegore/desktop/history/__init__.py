"""Windows with the history of parameters, and with trends of the images."""
