"""Pictures: opened safely, told what they are, and measured. Nothing of a picture is kept but numbers."""
