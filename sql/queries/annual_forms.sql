-- Form of the newest annual report of each company, as known at the moment.
SELECT cik, arg_max(form, row(filed, form)) AS form, max(filed) AS filed
FROM annual_report
WHERE known_at <= $moment
GROUP BY cik
ORDER BY cik
