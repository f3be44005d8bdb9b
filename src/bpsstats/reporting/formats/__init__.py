"""What a release is handed out as: CSV, workbook, PDF, and the description for a program."""
