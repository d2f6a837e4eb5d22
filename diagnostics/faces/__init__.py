"""Whether the faces of samples are one person. Only where somebody asks for it; needs the extra `faces`."""
