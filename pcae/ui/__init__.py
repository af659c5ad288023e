"""What the pages share: cached data and models, digit pictures, the notice about the data."""
