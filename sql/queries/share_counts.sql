-- The newest count of each company by each counter, known at the moment, of a day from $first to
-- $last. Of one day the cover goes before the balance sheet, a later statement before an earlier.
SELECT company, as_of, counted_by, measure, shares, origin, known_at
FROM share_count
WHERE known_at <= $moment AND as_of BETWEEN $first AND $last
QUALIFY row_number() OVER (
    PARTITION BY company, counted_by
    ORDER BY as_of DESC, measure = 'balance_sheet', known_at DESC, batch_id DESC, origin
) = 1
ORDER BY company, counted_by
