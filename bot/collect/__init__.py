"""What a person runs at home to pack a training run for support."""
