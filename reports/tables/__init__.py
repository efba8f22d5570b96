"""What every rendering of figures shows, and the files it leaves as."""
