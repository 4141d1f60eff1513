"""From the rules' answer today to the probability of what rank day will show."""
