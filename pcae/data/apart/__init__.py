"""Reading in a process of its own, with limits: no file takes the dashboard down."""
