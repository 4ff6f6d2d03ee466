"""Counts messages per group and hour in what read_events.py has written: the busiest, and the sum of all."""
import sys

import duckdb

path, time = sys.argv[1:3]  # serverTime, or createTime
per_hour = f"""
    SELECT groupId, date_trunc('hour', {time}::TIMESTAMP) AS hour,
           count(*) AS messages, count(DISTINCT sender) AS senders
    FROM read_json('{path}', format = 'newline_delimited', sample_size = -1)
    WHERE kind = 'message' AND groupId IS NOT NULL
    GROUP BY ALL
"""
duckdb.sql(f"{per_hour} ORDER BY messages DESC, groupId, hour LIMIT 5").show()
print(duckdb.sql(f"SELECT coalesce(sum(messages), 0)::BIGINT FROM ({per_hour})").fetchall()[0][0])
