"""What one takes home of a run: its files, code, report and explorer."""
