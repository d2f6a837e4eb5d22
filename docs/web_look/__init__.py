"""The picture of the web page in the README."""
