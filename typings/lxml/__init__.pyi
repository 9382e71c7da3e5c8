"""What this project uses of lxml, which has no types."""
