// EventMatching
