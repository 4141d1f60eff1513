-- In which place EDGAR's filers of a city say that it is, for addresses outside the United States.
-- With $slow_facts, later addresses may stand in: a city does not move.
SELECT upper(f.business_city) AS city, p.iso AS iso, count(DISTINCT f.cik) AS filers
FROM filer AS f
JOIN (SELECT DISTINCT code, type, iso FROM place WHERE known_at <= $moment) AS p
    ON p.code = f.business_state_or_country
WHERE (f.known_at <= $moment OR $slow_facts)
    AND f.happening = 'seen'
    AND f.business_city IS NOT NULL
    AND p.type <> 'US'
    AND p.iso IS NOT NULL
GROUP BY ALL
ORDER BY city, filers DESC, iso
