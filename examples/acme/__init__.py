"""Four models, one of each library, as the people who train them would write them."""
