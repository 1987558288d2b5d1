"""Workbooks (XLSX) for officers: written row by row, whatever the number of rows."""
