-- Condition for one part of a batch, and of what it is compared with: rows known at some moments,
-- and of these the ones whose key falls into one of so many shares.
known_at IN (SELECT unnest($moments)) AND ($shares = 1 OR hash({key}) % $shares = $share)
