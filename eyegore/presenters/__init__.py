"""State to cells, without Tk: what window, console and page show. Pure."""
