"""What adapters share below what is shown: files to disk, links, how far a platform was read, each event once."""
