-- What EDGAR showed of each company at the moment: the latest stated value of each attribute.
-- `live` says whether the company was still in the newest file that followed it. With
-- $slow_facts, a company of which nothing is known yet is stood in for by its earliest later rows.
-- With $until, only what was stated of days up to it counts. An address is one fact: a place code
-- counts only while the filer is in its city. Since 2025 EDGAR leaves the code of an address abroad
-- empty, so that a filer that has moved abroad would else keep its last one.
WITH known AS (
    SELECT *, FALSE AS hindsight
    FROM filer
    WHERE known_at <= $moment
      AND (CAST($until AS DATE) IS NULL OR session <= CAST($until AS DATE))
),
later AS (
    SELECT *, TRUE AS hindsight
    FROM filer
    WHERE $slow_facts AND known_at > $moment AND happening = 'seen'
      AND (CAST($until AS DATE) IS NULL OR session <= CAST($until AS DATE))
      AND cik NOT IN (SELECT cik FROM known)
    QUALIFY rank() OVER (PARTITION BY cik ORDER BY known_at, session) = 1
),
ordered AS (
    SELECT
        *,
        row(session, known_at, happening = 'seen', origin, batch_id) AS place
    FROM (FROM known UNION ALL FROM later)
),
placed AS (
    SELECT
        *,
        arg_max(upper(business_city), place) FILTER (WHERE happening = 'seen')
            OVER (PARTITION BY cik) AS city_now
    FROM ordered
)
SELECT
    cik,
    arg_max(name, place) FILTER (WHERE happening = 'seen') AS name,
    arg_max(entity_type, place) FILTER (WHERE happening = 'seen') AS entity_type,
    arg_max(sic, place) FILTER (WHERE happening = 'seen') AS sic,
    arg_max(filer_category, place) FILTER (WHERE happening = 'seen') AS filer_category,
    arg_max(state_of_incorporation, place) FILTER (WHERE happening = 'seen')
        AS state_of_incorporation,
    arg_max(business_state_or_country, place) FILTER (
        WHERE happening = 'seen'
        AND (business_city IS NULL OR city_now IS NULL OR upper(business_city) = city_now)
    ) AS business_state_or_country,
    arg_max(business_city, place) FILTER (WHERE happening = 'seen') AS business_city,
    arg_max(ein, place) FILTER (WHERE happening = 'seen') AS ein,
    arg_max(insider_transactions, place) FILTER (WHERE happening = 'seen')
        AS insider_transactions,
    max(session) FILTER (WHERE happening = 'seen') AS session,
    arg_max(happening, place) = 'seen' AS live,
    max(known_at) AS known_at,
    bool_and(hindsight) AS hindsight
FROM placed
GROUP BY cik
HAVING bool_or(happening = 'seen')
ORDER BY cik
