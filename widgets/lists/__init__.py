"""Lists of cells: columns, sorting, filter, menus."""
